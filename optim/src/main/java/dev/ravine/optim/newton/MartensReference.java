package dev.ravine.optim.newton;

import dev.ravine.core.Check;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.QuadraticModel;
import dev.ravine.optim.secondorder.StepValues;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link HessianFree} exactly as Martens' published MATLAB demonstration makes its choices, to compare with it step by
 * step. Use {@link HessianFree} to train: it is safer where a step goes wrong. The published code differs in five ways:
 *
 * <ul>
 *   <li>its line search tests Armijo's condition alone, also along a direction that does not descend, where it can
 *       accept a worse objective ({@link Acceptance#armijo});
 *   <li>after a rejection the next step begins from the rejected solution all the same;
 *   <li>after a rejection damping follows from the ratio as always, so it may fall;
 *   <li>its reduction ratio has no guard against rounding;
 *   <li>where negative curvature ends conjugate gradients at an iteration that would be stored, the last iterate is not
 *       among the candidates. If there is none at all the published code fails; this class rejects the step and raises
 *       damping.
 * </ul>
 *
 * <p>Other implementations differ in the reduction ratio: {@link RatioChoice} names their choices.
 */
public final class MartensReference extends HessianFree {
    /** A way in which the reduction ratio can differ from the published code; implementations differ in all four. */
    public enum RatioChoice {
        /** The predicted change has the damping term too. */
        WITH_DAMPING,
        /** The predicted change counts from where conjugate gradients began, not from zero. */
        FROM_WARM_START,
        /** The step that is judged is the last iterate, not the one that backtracking chose. */
        OF_LAST_ITERATE,
        /** The actual change is that over the gradient's examples, not the curvature's. */
        ON_GRADIENT_EXAMPLES
    }

    private final Set<RatioChoice> choices;

    private MartensReference(HessianFreeSettings<?> settings, Set<RatioChoice> choices) {
        super(settings);
        this.choices = choices;
    }

    /**
     * Begins with all choices of the published code. The first damping is problem specific: 45 for the deep
     * autoencoders of the paper.
     *
     * @return a builder with first damping 45
     */
    public static HessianFree.Builder builder() {
        return builder(new RatioChoice[0]);
    }

    /**
     * Begins with all choices of the published code but for the ratio that moves the damping. There it is the actual
     * change over the curvature's examples of the step that backtracking chose, over the change of the undamped model
     * from zero.
     *
     * @param differences ways in which to differ
     * @return a builder with first damping 45
     */
    public static HessianFree.Builder builder(RatioChoice... differences) {
        Set<RatioChoice> choices = Set.copyOf(List.of(Check.noNullsIn("the differences", differences)));
        return new HessianFree.Builder(settings -> new MartensReference(settings, choices))
                .damping(45)
                .lineSearch(Acceptance.armijo(0.8, 0.01, 60));
    }

    /**
     * A run of conjugate gradients with the iterates that the published code stores: all but the last one if
     * nonpositive curvature ended the run at an iteration that was due to be stored, and the last one was not due
     * itself.
     *
     * @param cg a run with all iterates
     * @param isStored whether an iterate is due after a number of updates
     * @return the run, whose iterates may be none
     */
    public static ConjugateGradient.Result asStored(ConjugateGradient.Result cg, IntPredicate isStored) {
        int last = cg.iterations();
        if (cg.stopped() != Stop.NONPOSITIVE_CURVATURE || isStored.test(last) || !isStored.test(last + 1)) {
            return cg;
        }
        List<ConjugateGradient.Iterate> fewer =
                cg.iterates().subList(0, cg.iterates().size() - 1);
        return new ConjugateGradient.Result(
                cg.x(),
                cg.direction(),
                last,
                cg.stopped(),
                cg.residual(),
                cg.smallestCurvature(),
                cg.phi(),
                List.copyOf(fewer));
    }

    @Override
    protected Map<String, Object> ownSettings() {
        Map<String, Object> own = super.ownSettings();
        own.put("ratio_choices", new TreeSet<>(choices));
        return own;
    }

    @Override
    Attempt choose(Point at, Scope examples, QuadraticModel model, ConjugateGradient.Result cg) {
        ConjugateGradient.Result stored = asStored(cg, STORED);
        if (stored.iterates().isEmpty()) {
            moveDamping(Double.NEGATIVE_INFINITY);
            return Attempt.at(at, cg).damping(model.damping()).rejected("no iterate was stored");
        }
        return super.choose(at, examples, model, stored);
    }

    @Override
    double ratio(Point at, Scope examples, QuadraticModel model, INDArray step) {
        Scope scope = choices.contains(RatioChoice.ON_GRADIENT_EXAMPLES) ? at.scope() : examples;
        INDArray judged = choices.contains(RatioChoice.OF_LAST_ITERATE) ? solution() : step;
        double origin = choices.contains(RatioChoice.FROM_WARM_START) ? predicted(model, start()) : 0;
        StepValues values = StepValues.over(scope, at, trial());
        double change = values.at(judged, 1) - values.start();
        return change > 0 ? Double.NEGATIVE_INFINITY : change / (predicted(model, judged) - origin);
    }

    private double predicted(QuadraticModel model, INDArray step) {
        return choices.contains(RatioChoice.WITH_DAMPING)
                ? model.dampedChange(step, scratch())
                : model.predictedChange(step, scratch());
    }

    @Override
    void prepareNext(ConjugateGradient.Result cg, Acceptance.Outcome outcome, double ratio) {
        moveDamping(ratio);
    }
}
