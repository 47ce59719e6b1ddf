package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.BatchNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.newton.Bfgs;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.NonlinearConjugateGradients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Statistics of batch normalization, which measurements make, change nothing that training computes. So the gradient where a
 * search ended is known after a measurement, too, and a resumed run counts the work of an undisturbed one.
 */
class BatchNormResumeTest {
    @TempDir
    Path folder;

    private static Stream<Supplier<Optimizer>> optimizers() {
        return Stream.of(
                () -> Lbfgs.builder().build(),
                () -> Bfgs.builder().build(),
                () -> LineSearchNewton.builder().build(),
                () -> NonlinearConjugateGradients.builder().build());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void goesOnExactlyWithTheSameWork(Supplier<Optimizer> optimizer) throws IOException {
        double[] whole = run(optimizer.get(), "whole", 30);
        run(optimizer.get(), "parts", 7);
        run(optimizer.get(), "parts", 16);
        assertThat(run(optimizer.get(), "parts", 30)).isEqualTo(whole);
        assertThat(steps("parts")).isEqualTo(steps("whole")).hasSizeGreaterThan(3);
    }

    /** All columns of all steps but the seconds. */
    private List<String> steps(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name).resolve("steps.csv")).stream()
                .map(line -> line.replaceFirst("^([^,]*,[^,]*,)[^,]*,", "$1"))
                .toList();
    }

    private double[] run(Optimizer optimizer, String name, int gradients) throws IOException {
        DataSet moons = Generators.twoMoons(150, 0.1, 1).as(DType.FLOAT32);
        var net = new Sequential(new Linear(2, 6), new BatchNorm(6), Activation.tanh(), new Linear(6, 2));
        net.initialize(1);
        try (optimizer) {
            Trainer.builder(net, Loss.softmaxCrossEntropy(), moons)
                    .optimizer(optimizer)
                    .validation(moons, Metric.accuracy())
                    .budget(Budget.gradients(gradients))
                    .checkpoints(new CheckpointFolder(folder.resolve(name), 1), 1000)
                    .listener(new CsvListener(folder.resolve(name)))
                    .build()
                    .train();
        }
        return Arena.toDoubles(net.parameterVector().array());
    }
}
