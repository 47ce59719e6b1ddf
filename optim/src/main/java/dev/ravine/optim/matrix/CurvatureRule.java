package dev.ravine.optim.matrix;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.firstorder.GradientStep;
import dev.ravine.optim.firstorder.UpdateRule;
import dev.ravine.optim.firstorder.WholeRule;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Steps element by element from means of gradients and of estimates of the curvature's diagonal, which are made at the
 * first step and then every few steps.
 */
abstract class CurvatureRule implements WholeRule {
    private static final Set<String> NAMES = Set.of("mean", "curvature");

    private final DiagonalEstimate estimate;
    private final int every;
    private final Arena arena = new Arena("the optimizer");
    private long steps;
    private INDArray mean;
    private INDArray curvature;
    private INDArray fresh;

    CurvatureRule(DiagonalEstimate estimate, int every) {
        this.estimate = estimate;
        this.every = every;
    }

    /**
     * Makes the rule of one step. Its state is the mean of gradients, the mean of curvature, and the estimate.
     *
     * @param number of the step, from 1
     * @param rate the learning rate
     * @param isFresh whether there is an estimate in this step
     */
    abstract UpdateRule rule(long number, double rate, boolean isFresh);

    private boolean isFresh(long number) {
        return every == 1 || number % every == 1;
    }

    @Override
    public final double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        return isFresh(steps + 1)
                ? estimate.gradient(objective, theta, scope, out)
                : objective.gradient(theta, scope, out);
    }

    @Override
    public void apply(GradientStep at) {
        prepare(at.theta());
        boolean isFresh = isFresh(at.number());
        if (isFresh) {
            estimate.estimate(at, fresh);
        }
        for (GradientStep.Part part : at.parts()) {
            UpdateRule rule = rule(at.number(), part.rate(), isFresh);
            for (Span span : part.spans()) {
                INDArray point = part(at.theta(), span);
                INDArray slope = part(at.gradient(), span);
                Elementwise.run(rule, point, slope, part(mean, span), part(curvature, span), part(fresh, span));
                Vectors.axpy(part.rate() * part.decay(), point, slope);
            }
        }
        steps = at.number();
    }

    private static INDArray part(INDArray vector, Span span) {
        return Arena.view(vector, span.from(), Shape.of(span.to() - span.from()));
    }

    private void prepare(INDArray theta) {
        if (mean == null) {
            mean = newVector(theta);
            curvature = newVector(theta);
        }
        if (fresh == null) {
            fresh = newVector(theta);
        }
        if (mean.length() != theta.length() || DType.of(mean) != DType.of(theta)) {
            throw new IllegalArgumentException("the optimizer keeps " + DType.of(mean) + " vectors of " + mean.length()
                    + " elements, found theta with " + DType.of(theta) + " and " + theta.length()
                    + "; use an optimizer for one objective");
        }
    }

    private INDArray newVector(INDArray like) {
        return arena.allocate(DType.of(like), Shape.of(like.length()));
    }

    // ---- state ------------------------------------------------------------------------------------------------

    @Override
    public final Map<String, INDArray> stateVectors() {
        return mean == null ? Map.of() : Map.of("mean", mean, "curvature", curvature);
    }

    @Override
    public final void restore(OptimizerState state) {
        Set<String> expected = state.steps() == 0 ? Set.of() : NAMES;
        if (!state.vectors().keySet().equals(expected)) {
            throw new IllegalArgumentException("the optimizer keeps the vectors " + NAMES + ", the state has "
                    + state.vectors().keySet() + "; it belongs to another kind of optimizer");
        }
        mean = expected.isEmpty() ? null : copy(state.vector("mean"));
        curvature = expected.isEmpty() ? null : copy(state.vector("curvature"));
        fresh = null;
        steps = state.steps();
    }

    private INDArray copy(INDArray vector) {
        INDArray copy = newVector(vector);
        Vectors.copy(vector, copy);
        return copy;
    }

    @Override
    public void close() {
        estimate.close();
        arena.close();
    }
}
