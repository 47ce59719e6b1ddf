package dev.ravine.optim.matrix;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.firstorder.UpdateRule;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Muon for one matrix. */
final class MuonRule implements MatrixRule {
    private final UpdateRule momentum;
    private final double factor;
    private final INDArray mean;
    private final NewtonSchulz iterations;

    /**
     * What it does.
     *
     * @param momentum decay of the mean of gradients
     * @param nesterov whether the present gradient counts once more
     * @param iterations of Newton and Schulz
     * @param adjustment of the step to the shape
     */
    record Settings(double momentum, boolean nesterov, int iterations, MuonAdjustment adjustment) {}

    MuonRule(MatrixParameter parameter, DType dtype, Arena arena, Settings settings) {
        this.momentum = settings.nesterov ? nesterov(settings.momentum) : classical(settings.momentum);
        this.factor = settings.adjustment.factor(parameter.rows(), parameter.columns());
        this.mean = arena.allocate(dtype, Shape.of(parameter.rows(), parameter.columns()));
        this.iterations = new NewtonSchulz(dtype, parameter.rows(), parameter.columns(), settings.iterations, arena);
    }

    private static UpdateRule classical(double beta) {
        return (count, theta, gradient, state) -> {
            double[] mean = state[0];
            for (int i = 0; i < count; i++) {
                mean[i] = beta * mean[i] + (1 - beta) * gradient[i];
                gradient[i] = mean[i];
            }
        };
    }

    private static UpdateRule nesterov(double beta) {
        return (count, theta, gradient, state) -> {
            double[] mean = state[0];
            for (int i = 0; i < count; i++) {
                mean[i] = beta * mean[i] + (1 - beta) * gradient[i];
                gradient[i] = (1 - beta) * gradient[i] + beta * mean[i];
            }
        };
    }

    @Override
    public long apply(MatrixStep at) {
        Elementwise.run(momentum, at.theta(), at.gradient(), mean);
        iterations.apply(at.gradient(), at.workers());
        Vectors.scale(at.rate() * factor, at.gradient());
        at.addDecay();
        return iterations.work();
    }

    @Override
    public Map<String, INDArray> arrays() {
        return Map.of("momentum", mean);
    }
}
