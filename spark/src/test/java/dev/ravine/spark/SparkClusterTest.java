package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.catalogue.Providers;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.Cluster;
import dev.ravine.optim.training.ModelCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code ravine compare --master} asks for. */
class SparkClusterTest {
    private static final DataSet SPIRALS = Generators.spirals(90, 3, 0.1, 1).as(DType.FLOAT32);

    /** This process can have one context of Spark only. */
    @BeforeEach
    void stopOthers() {
        Frames.stop();
    }

    private static Optional<Cluster> connect(String master) {
        return Providers.load(Cluster.Provider.class).stream()
                .map(p -> p.connect(master))
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Test
    void aMasterOfThisProcessComputesTheSameSteps() {
        System.setProperty("spark.ui.enabled", "false");
        ModelCode code = new ModelCode(
                () -> new Sequential(new Linear(2, 5), Activation.tanh(), new Linear(5, 3)), Loss::softmaxCrossEntropy);
        Module one = code.net().make();
        Module other = code.net().make();
        one.initialize(DType.FLOAT32, 3);
        other.initialize(DType.FLOAT32, 3);
        try (Cluster cluster = connect("local[2]").orElseThrow()) {
            assertThat(cluster.name()).startsWith("Apache Spark 4.").endsWith(" at local[2]");
            try (Cluster.Placed placed = cluster.place(code, one, SPIRALS, 1e-3);
                    SupervisedObjective machine = SupervisedObjective.builder(
                                    other, code.loss().make(), SPIRALS)
                            .l2(1e-3)
                            .build()) {
                assertThat(placed.objective().theta())
                        .isSameAs(one.parameterVector().array());
                Pairs.requireSameSteps(() -> Adam.builder().batchSize(40).build(), placed.objective(), machine, 3);
            }
        } finally {
            System.clearProperty("spark.ui.enabled");
        }
    }

    @Test
    void otherMastersAreLeftToOthers() {
        assertThat(connect("ray://head:10001")).isEmpty();
        assertThat(connect("localhost")).isEmpty();
    }

    @Test
    void aMasterThatDoesNotAnswerIsNamed() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThatThrownBy(() -> connect("spark://127.0.0.1:" + port))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no master answers at 127.0.0.1:" + port + " (")
                .hasMessageEndingWith("expected Spark's master there; its page shows the address, and"
                        + " sbin/start-master.sh starts one");
        assertThatThrownBy(() -> connect("spark://here"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the address of a master must be spark://HOST:PORT, found spark://here");
    }
}
