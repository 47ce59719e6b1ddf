package dev.ravine.optim;

import dev.ravine.optim.objective.Objective;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An optimizer around another one: each method asks that optimizer, and a subclass overrides the methods that differ.
 * Closing it closes the other one.
 */
public abstract class ForwardingOptimizer implements Optimizer {
    private final Optimizer optimizer;

    /**
     * For subclasses.
     *
     * @param optimizer is asked for everything that a subclass does not override
     */
    protected ForwardingOptimizer(Optimizer optimizer) {
        this.optimizer = Objects.requireNonNull(optimizer, "optimizer");
    }

    @Override
    public StepReport step(Objective objective, INDArray theta) {
        return optimizer.step(objective, theta);
    }

    @Override
    public boolean canLeave(Objective objective, INDArray theta) {
        return optimizer.canLeave(objective, theta);
    }

    @Override
    public boolean canRetry() {
        return optimizer.canRetry();
    }

    @Override
    public void project(INDArray theta, INDArray gradient) {
        optimizer.project(theta, gradient);
    }

    @Override
    public boolean fitsAnyUnits() {
        return optimizer.fitsAnyUnits();
    }

    @Override
    public void skipExamples() {
        optimizer.skipExamples();
    }

    @Override
    public void shrinkSteps(double factor) {
        optimizer.shrinkSteps(factor);
    }

    @Override
    public Optional<INDArray> averaged() {
        return optimizer.averaged();
    }

    @Override
    public String name() {
        return optimizer.name();
    }

    @Override
    public Map<String, String> settings() {
        return optimizer.settings();
    }

    @Override
    public boolean hasOwnArrays() {
        return optimizer.hasOwnArrays();
    }

    @Override
    public OptimizerState state() {
        return optimizer.state();
    }

    @Override
    public void restore(OptimizerState state) {
        optimizer.restore(state);
    }

    @Override
    public void close() {
        optimizer.close();
    }
}
