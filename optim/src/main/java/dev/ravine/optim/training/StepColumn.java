package dev.ravine.optim.training;

import dev.ravine.core.Check;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.StepReport;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The columns of tables of steps. Each table takes those that it needs, so that a figure is called and written alike in
 * all.
 */
public enum StepColumn {
    /** Steps of the run so far. */
    STEP((step, progress) -> progress.steps()),
    /** Examples whose gradient was taken, over the number of training examples. */
    EPOCHS((step, progress) -> progress.epochs()),
    /** Training time so far. */
    SECONDS((step, progress) -> progress.seconds()),
    /** Work so far in gradients over all training examples. */
    GRADIENTS((step, progress) -> progress.gradients()),
    /** The loss before the step. */
    LOSS((step, progress) -> step.loss()),
    /** The loss after the step; not a number if it was not computed. */
    LOSS_AFTER((step, progress) -> step.lossAfter()),
    /** The norm of the gradient. */
    GRADIENT_NORM((step, progress) -> step.gradientNorm()),
    /** The norm of the step. */
    STEP_NORM((step, progress) -> step.stepNorm()),
    /** How many examples the step used. */
    EXAMPLES((step, progress) -> step.examples()),
    /** Whether theta changed. */
    ACCEPTED((step, progress) -> step.accepted()),
    /** Why the step was accepted or not. */
    REASON((step, progress) -> step.reason()),
    /** The damping of the quadratic model. */
    DAMPING(ModelReport::damping),
    /** Actual over predicted change. */
    RATIO(ModelReport::ratio),
    /** Iterations of the linear solver. */
    ITERATIONS(ModelReport::iterations),
    /** Why the linear solver stopped. */
    STOPPED(ModelReport::stopped),
    /** The smallest curvature that the linear solver met. */
    SMALLEST_CURVATURE(ModelReport::smallestCurvature),
    /** The trust radius. */
    RADIUS("radius"),
    /** The candidate that backtracking chose. */
    BACKTRACKED_TO("backtracked_to"),
    /** How far the line search went. */
    RATE("rate");

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final BiFunction<StepReport, Progress, Object> value;

    StepColumn(BiFunction<StepReport, Progress, Object> value) {
        this.value = value;
    }

    StepColumn(Function<ModelReport, Object> value) {
        this((step, progress) -> step.model().map(value).orElse(null));
    }

    StepColumn(String telemetry) {
        this((step, progress) -> step.telemetry().get(telemetry));
    }

    /** {@return the heading, as in {@code gradient_norm}} */
    public String heading() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * {@return a value, or null if the optimizer does not report it}
     *
     * @param step what happened
     * @param progress after the step
     */
    public Object value(StepReport step, Progress progress) {
        return value.apply(step, progress);
    }

    /**
     * {@return the headings of some columns}
     *
     * @param columns in order
     */
    public static List<String> headings(List<StepColumn> columns) {
        return Check.noNulls("the columns", columns).stream()
                .map(StepColumn::heading)
                .toList();
    }
}
