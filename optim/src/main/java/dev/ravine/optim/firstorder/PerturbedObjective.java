package dev.ravine.optim.firstorder;

import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An objective whose gradient is taken a given way uphill of theta, over the same examples and with the same noise. Its
 * values, curvature and statistics are those of the objective behind it at theta, which stays open.
 */
final class PerturbedObjective implements Objective {
    private final Objective base;
    private final Ascent ascent;
    private final INDArray point;
    private boolean hasClimbed;
    private Linearization pinned;
    private Scope pinnedScope;
    private double sharpness;

    /**
     * A view of an objective.
     *
     * @param point overwritten with the point where gradients are taken
     */
    PerturbedObjective(Objective base, Ascent ascent, INDArray point) {
        this.base = base;
        this.ascent = ascent;
        this.point = point;
    }

    /** By how much the loss rose on the way to the point of the last gradient. */
    double sharpness() {
        return sharpness;
    }

    /** The loss at theta, and the gradient uphill of it. What is not finite at theta is left for the caller to see. */
    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out) {
        return uphill(base.gradient(theta, scope, out), theta, scope, out);
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
        return uphill(base.gradient(theta, scope, out, statistic, mean), theta, scope, out);
    }

    /** Of the last linearization, whose examples are known. */
    @Override
    public double gradient(Linearization at, INDArray theta, INDArray out) {
        if (at != pinned) {
            throw new IllegalArgumentException("the gradient uphill needs the last linearization of this objective,"
                    + " found another one; linearize again before its gradient");
        }
        return uphill(base.gradient(at, theta, out), theta, pinnedScope, out);
    }

    /** The gradient at theta is overwritten with the one uphill of it. */
    private double uphill(double loss, INDArray theta, Scope scope, INDArray out) {
        sharpness = 0;
        hasClimbed = Double.isFinite(loss) && ascent.climb(Elements.of(theta), Elements.of(out), Elements.of(point));
        if (!hasClimbed) {
            return loss;
        }
        double raised = base.gradient(point, scope, out);
        sharpness = raised - loss;
        return Double.isFinite(raised) ? loss : raised;
    }

    @Override
    public Optional<String> firstNonFinite(INDArray theta, Scope scope) {
        return base.firstNonFinite(theta, scope).or(() -> hasClimbed ? nonFiniteUphill(scope) : Optional.empty());
    }

    private Optional<String> nonFiniteUphill(Scope scope) {
        return Vectors.firstNonFinite(point) >= 0
                ? Optional.of("the perturbed point is not finite")
                : base.firstNonFinite(point, scope).map(what -> "at the perturbed point: " + what);
    }

    @Override
    public long size() {
        return base.size();
    }

    @Override
    public DType dtype() {
        return base.dtype();
    }

    @Override
    public int examples() {
        return base.examples();
    }

    @Override
    public double l2() {
        return base.l2();
    }

    @Override
    public List<Span> trainable() {
        return base.trainable();
    }

    @Override
    public double weight(Scope scope) {
        return base.weight(scope);
    }

    @Override
    public void statistic(INDArray theta, Scope scope, Statistic statistic, INDArray mean) {
        base.statistic(theta, scope, statistic, mean);
    }

    @Override
    public long statisticSize(Statistic statistic) {
        return base.statisticSize(statistic);
    }

    @Override
    public Optional<String> obstacle(Statistic statistic) {
        return base.obstacle(statistic);
    }

    @Override
    public ModelGraph graph(int examples) {
        return base.graph(examples);
    }

    @Override
    public double value(INDArray theta, Scope scope) {
        return base.value(theta, scope);
    }

    @Override
    public Linearization linearize(INDArray theta, Scope scope) {
        pinned = base.linearize(theta, scope);
        pinnedScope = scope;
        return pinned;
    }

    @Override
    public void thetaChanged(INDArray theta) {
        base.thetaChanged(theta);
    }

    @Override
    public long version() {
        return base.version();
    }

    @Override
    public double cost() {
        return base.cost();
    }

    @Override
    public void countWork(long operations) {
        base.countWork(operations);
    }
}
