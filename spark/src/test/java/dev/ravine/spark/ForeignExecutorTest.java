package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.spark.data.SparkData;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Executors in processes of their own that have another build. */
@Timeout(value = 4, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForeignExecutorTest {
    @RegisterExtension
    static final LocalCluster CLUSTER = new LocalCluster(1);

    @TempDir
    private Path folder;

    @AfterEach
    @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void stopSession() {
        Frames.stop();
    }

    private static AbstractThrowableAssert<?, ?> failureWith(String classPath) {
        return failureWith(classPath, spark -> SparkData.of(Frames.of(spark, Generators.spirals(30, 3, 0.1, 1), 2)));
    }

    private static AbstractThrowableAssert<?, ?> failureWith(
            String classPath, Function<SparkSession, SparkData> source) {
        SparkSession spark = CLUSTER.home().session(classPath, "512m");
        SparkModel model =
                new SparkModel(() -> new Sequential(new Linear(2, 3)), Loss::softmaxCrossEntropy, DType.FLOAT32, 1);
        SparkData data = source.apply(spark);
        return assertThatThrownBy(() -> {
            try (SparkObjective objective = SparkObjective.of(spark.sparkContext(), model, data)) {
                objective.value(objective.theta(), Scope.all());
            }
        });
    }

    /** The class that differs is not one that the driver would look at first. */
    @Test
    void anExecutorWithAnotherBuildIsRefused() throws Exception {
        Path core = copyOfCore();
        Path changed = core.resolve("dev/ravine/core/Rng.class");
        String bytes = Files.readString(changed, StandardCharsets.ISO_8859_1);
        Files.writeString(changed, bytes.replace("Rng.java", "Rnh.java"), StandardCharsets.ISO_8859_1);
        failureWith(core + File.pathSeparator + SparkHome.classPath())
                .isInstanceOf(ExecutorException.class)
                .hasMessageMatching("executor \\d+ at 127\\.0\\.0\\.1: ravine-core differs: the executor has [0-9a-f]+,"
                        + " expected [0-9a-f]+, as on the driver; give executors the driver's jars, .*");
    }

    @Test
    void anExecutorWithoutNativesIsNamed() {
        String without = Stream.of(SparkHome.classPath().split(File.pathSeparator, -1))
                .filter(part -> !part.matches(".*-(linux|macosx|windows)-.*\\.jar"))
                .collect(Collectors.joining(File.pathSeparator));
        failureWith(without)
                .isInstanceOf(ExecutorException.class)
                .hasMessageMatching(
                        "executor \\d+ at 127\\.0\\.0\\.1: Ravine's native libraries cannot be loaded for (?s:.*)");
        Frames.stop();
        failureWith(
                        without,
                        spark -> SparkData.of(
                                new JavaSparkContext(spark.sparkContext()).parallelize(List.of(1, 2), 2),
                                seed -> Generators.spirals(30, 3, 0.1, seed)))
                .isInstanceOf(ExecutorException.class)
                .hasMessageStartingWith("Ravine's native libraries cannot be loaded for ");
    }

    private Path copyOfCore() throws Exception {
        Path place = Path.of(
                Rng.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(place)) {
            copy(place.resolve("dev/ravine/core"), place);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(place)) {
                copy(jar.getPath("/dev/ravine/core"), jar.getPath("/"));
            }
        }
        return folder;
    }

    private void copy(Path from, Path root) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(root.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
    }
}
