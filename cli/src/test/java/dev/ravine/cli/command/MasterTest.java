package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Module;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.Cluster;
import dev.ravine.optim.training.ModelCode;
import dev.ravine.optim.training.TrainingListener;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --master} with a cluster that computes here. */
class MasterTest extends RunsCommands {
    private static final List<String> EVENTS = Collections.synchronizedList(new ArrayList<>());

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @BeforeEach
    void provide() throws IOException {
        EVENTS.clear();
        Path services = Files.writeString(folder.resolve("services"), Here.class.getName());
        provide(Optional.of(services.toUri().toURL()));
    }

    /** Whatever else is on the class path, this file says what clusters there are. */
    private void provide(Optional<URL> services) {
        Thread.currentThread().setContextClassLoader(new ClassLoader(before) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                return name.equals("META-INF/services/" + Cluster.Provider.class.getName())
                        ? Collections.enumeration(services.stream().toList())
                        : super.getResources(name);
            }
        });
    }

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    /** Knows the master here://1. */
    public static final class Here implements Cluster.Provider {
        /** For the service loader. */
        public Here() {}

        @Override
        public Optional<Cluster> connect(String master) {
            if (master.equals("here://closed")) {
                throw new IllegalArgumentException("no master answers at closed");
            }
            return master.equals("here://1") ? Optional.of(new Computing()) : Optional.empty();
        }
    }

    private static final class Computing implements Cluster {
        @Override
        public String name() {
            return "a cluster in this process";
        }

        @Override
        public Placed place(ModelCode code, Module net, DataSet data, double l2) {
            assertThat(code.net().make()).hasToString(net.toString());
            EVENTS.add("placed");
            SupervisedObjective objective = SupervisedObjective.builder(
                            net, code.loss().make(), data)
                    .l2(l2)
                    .build();
            return new Placed(objective, new TrainingListener() {});
        }

        @Override
        public void close() {
            EVENTS.add("closed");
        }
    }

    private String[] on(String master, String... more) {
        return Stream.concat(Stream.of("compare", "--master", master, "--quiet", "--json"), Stream.of(more))
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "classify --layers relu dense:4",
                "classify --hidden 4",
                "autoencode --hidden 4",
                "curves --hidden 4",
                "regress",
                "conditioned",
                "addition --length 20 --layers rnn:3",
                "temporal-order --length 20 --layers rnn:3",
                "characters --layers embed:3 rnn:3"
            })
    void everyProblemCanBeComputedElsewhere(String problem) {
        String[] words = ("--problem " + problem + " --gradients 0.01 --optimizer adam --out " + folder.resolve("out"))
                .split(" ");
        assertThat(printed(on("here://1", words))).isNotEmpty();
        assertThat(EVENTS).containsExactly("placed", "closed");
    }

    @Test
    void thePageNamesTheMasterAndTheNumbersStay() throws IOException {
        String out1 = folder.resolve("out").toString();
        printed(on("here://1", "--gradients", "0.1", "--hidden", "4", "--optimizer", "adam", "--out", out1));
        String out2 = folder.resolve("other").toString();
        printed(
                "compare",
                "--gradients",
                "0.1",
                "--quiet",
                "--json",
                "--hidden",
                "4",
                "--optimizer",
                "adam",
                "--out",
                out2);
        assertThat(folder.resolve("out/setup.csv")).content().contains("computed by,a cluster in this process");
        assertThat(folder.resolve("other/setup.csv")).content().contains("computed by,\"this machine, ");
        assertThat(records("out/steps").stream().map(r -> r.get("loss")))
                .isNotEmpty()
                .isEqualTo(
                        records("other/steps").stream().map(r -> r.get("loss")).toList());
    }

    @Test
    void runsThatTakeTurnsHaveAnObjectiveEach() {
        printed(
                "compare",
                "--master",
                "here://1",
                "--problem",
                "conditioned",
                "--seconds",
                "0.2",
                "--optimizer",
                "sgd",
                "--optimizer",
                "lbfgs",
                "--quiet",
                "--out",
                folder.resolve("out").toString());
        assertThat(EVENTS).containsExactly("placed", "placed", "placed", "placed", "closed");
    }

    private void assertWrong(String expected, String master) {
        assertThat(ravine(on(master, "--out", folder.resolve("out").toString())))
                .isEqualTo(2);
        assertThat(err.toString()).contains(expected);
    }

    @Test
    void aMasterThatCannotBeReachedOrIsUnknownIsNamed() {
        assertWrong("--master here://closed: no master answers at closed", "here://closed");
        assertWrong("--master ray://x is no cluster that is known; expected spark://HOST:PORT, local[N] or", "ray://x");
    }

    @Test
    void withoutTheArtifactTheErrorSaysHowToBuildIt() {
        provide(Optional.empty());
        assertWrong(
                "--master local[2] needs the artifact ravine-spark and Apache Spark on the class path, which are not"
                        + " there",
                "local[2]");
        assertThat(err.toString()).contains("mvn -B -Pspark -pl spark -am -DskipTests package");
    }
}
