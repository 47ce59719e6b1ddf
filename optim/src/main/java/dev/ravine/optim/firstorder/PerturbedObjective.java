package dev.ravine.optim.firstorder;

import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.Elements;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.ForwardingObjective;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An objective whose gradient is taken a given way uphill of theta, over the same examples and with the same noise. Its
 * values, curvature and statistics are those of the objective behind it at theta, which stays open.
 */
final class PerturbedObjective extends ForwardingObjective {
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
        super(base);
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
    public Linearization linearize(INDArray theta, Scope scope) {
        pinned = base.linearize(theta, scope);
        pinnedScope = scope;
        return pinned;
    }
}
