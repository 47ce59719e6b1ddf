package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.Window;
import dev.ravine.core.Workers;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.ConvTranspose2d;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.MaxPool2d;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.ConvolutionFigures;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Convolutions have Kronecker factors of patches and of cotangents by position (Grosse and Martens, ICML 2016). */
class KroneckerConvolutionTest {
    private static Module net() {
        return new Sequential(
                Conv2d.builder(2, 3, Window.of(3, 2).stride(2).padding(1, 0, 0, 1))
                        .build(),
                Activation.tanh(),
                new Conv2d(3, 2, 2),
                Activation.tanh(),
                new Flatten(),
                new Linear(8, 3));
    }

    private static SupervisedObjective objective(Module net, long... example) {
        ConvolutionFigures.start(net);
        return SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), ConvolutionFigures.data(example))
                .workers(new Workers(2))
                .build();
    }

    @Test
    void factorsAreThoseOfPyTorch() throws IOException {
        try (SupervisedObjective objective = objective(net(), 6, 5, 2);
                KroneckerFactors factors = KroneckerFactors.builder()
                        .cotangents(Cotangents.EMPIRICAL)
                        .build(objective)) {
            assertThat(factors.description()).hasSize(3);
            factors.update(objective, objective.theta(), Scope.all());
            for (int i = 0; i < 3; i++) {
                assertThat(Arena.toDoubles(factors.factors(i).get(0)))
                        .containsExactly(ConvolutionFigures.of("small", "A" + i), within(1e-12));
                assertThat(Arena.toDoubles(factors.factors(i).get(1)))
                        .containsExactly(ConvolutionFigures.of("small", "G" + i), within(1e-12));
            }
        }
    }

    @Test
    void stepsAreThoseOfPyTorch() throws IOException {
        try (SupervisedObjective objective = objective(net(), 6, 5, 2);
                Kfac optimizer = Kfac.builder()
                        .factors(KroneckerFactors.builder().cotangents(Cotangents.EMPIRICAL))
                        .factorShare(1)
                        .batch(0, 1)
                        .damping(0.5)
                        .fixed(0.1, 0.9)
                        .build()) {
            for (int step = 1; step <= 3; step++) {
                optimizer.step(objective, objective.theta());
                assertThat(Arena.toDoubles(objective.theta()))
                        .containsExactly(ConvolutionFigures.of("small", "theta" + step), within(1e-11));
            }
        }
    }

    /** Transposed and grouped convolutions, with pooling between them. */
    @Test
    void everyConvolutionHasFactorsAndStepsLowerTheLoss() {
        Module net = new Sequential(
                Conv2d.builder(2, 4, Window.of(3, 3)).same().groups(2).build(),
                Activation.tanh(),
                new MaxPool2d(2),
                Conv2d.builder(4, 4, Window.of(2, 2)).same().groups(4).build(),
                Activation.tanh(),
                ConvTranspose2d.builder(4, 3, Window.of(2, 2).stride(2)).build(),
                Activation.tanh(),
                new Flatten(),
                new Linear(48, 3));
        try (SupervisedObjective objective = objective(net, 4, 4, 2);
                Kfac optimizer =
                        Kfac.builder().factorShare(1).batch(0, 1).damping(0.1).build()) {
            double before = objective.value(objective.theta(), Scope.all());
            for (int step = 0; step < 10; step++) {
                optimizer.step(objective, objective.theta());
            }
            assertThat(objective.value(objective.theta(), Scope.all())).isLessThan(before / 10);
        }
    }
}
