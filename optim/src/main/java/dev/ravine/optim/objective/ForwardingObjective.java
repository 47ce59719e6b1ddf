package dev.ravine.optim.objective;

import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.DType;
import dev.ravine.core.Workers;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A view of another objective: each method asks that objective, and a subclass overrides the methods that differ. A
 * subclass that is another function overrides {@link #value} and all three gradients. Closing the view leaves that
 * objective open, since it belongs to somebody else.
 */
public abstract class ForwardingObjective implements Objective {
    private final Objective objective;

    /**
     * For subclasses.
     *
     * @param objective is asked for everything that a subclass does not override
     */
    protected ForwardingObjective(Objective objective) {
        this.objective = Objects.requireNonNull(objective, "objective");
    }

    @Override
    public long size() {
        return objective.size();
    }

    @Override
    public DType dtype() {
        return objective.dtype();
    }

    @Override
    public int examples() {
        return objective.examples();
    }

    @Override
    public int block() {
        return objective.block();
    }

    @Override
    public double l2() {
        return objective.l2();
    }

    @Override
    public Optional<SquaredErrors> squaredErrors() {
        return objective.squaredErrors();
    }

    @Override
    public List<Span> trainable() {
        return objective.trainable();
    }

    @Override
    public Workers workers() {
        return objective.workers();
    }

    @Override
    public double weight(Scope scope) {
        return objective.weight(scope);
    }

    @Override
    public double value(INDArray theta, Scope scope) {
        return objective.value(theta, scope);
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out) {
        return objective.gradient(theta, scope, out);
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
        return objective.gradient(theta, scope, out, statistic, mean);
    }

    @Override
    public void statistic(INDArray theta, Scope scope, Statistic statistic, INDArray mean) {
        objective.statistic(theta, scope, statistic, mean);
    }

    @Override
    public ModelGraph graph(int examples) {
        return objective.graph(examples);
    }

    @Override
    public Optional<String> obstacle(Statistic statistic) {
        return objective.obstacle(statistic);
    }

    @Override
    public long statisticSize(Statistic statistic) {
        return objective.statisticSize(statistic);
    }

    @Override
    public Linearization linearize(INDArray theta, Scope scope) {
        return objective.linearize(theta, scope);
    }

    @Override
    public double gradient(Linearization at, INDArray theta, INDArray out) {
        return objective.gradient(at, theta, out);
    }

    @Override
    public void thetaChanged(INDArray theta) {
        objective.thetaChanged(theta);
    }

    @Override
    public long version() {
        return objective.version();
    }

    @Override
    public double cost() {
        return objective.cost();
    }

    @Override
    public void countWork(long operations) {
        objective.countWork(operations);
    }

    @Override
    public Optional<String> firstNonFinite(INDArray theta, Scope scope) {
        return objective.firstNonFinite(theta, scope);
    }
}
