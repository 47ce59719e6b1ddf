package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Check;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Displacement;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.PowerOfTwo;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.StepValues;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Møller's scaled conjugate gradients ("A scaled conjugate gradient algorithm for fast supervised learning", Neural
 * Networks 6, 1993): conjugate directions without a line search. The rate along a direction p is that of the quadratic
 * model,
 *
 * <pre>{@code
 * rate = -g'p / delta,     delta = p'Hp + lambda p'p,     Hp = (g(theta + sigma p / ||p||) - g(theta)) ||p|| / sigma
 * }</pre>
 *
 * <p>If delta is not positive, lambda is raised until it is. The comparison D = 2 delta (f(theta) - f(theta + rate p))
 * / (g'p)^2 judges the model: below 1/4 lambda grows by delta (1 - D) / p'p, and from 3/4 on it falls to a quarter. A
 * step that makes f larger is not taken, and the rate is computed again with the larger lambda. The next direction is
 * -g + beta p with {@code beta = (g'g - g'g0) / -g0'p}, where g0 is the gradient before; when the number of trials is a
 * multiple of n, it is -g.
 *
 * <p>Sigma is 5e-5 and the first lambda 5e-7. Sigma becomes shorter where steps are and the difference does not fit
 * them, so that parameters may have any unit. A change of f that may be rounding is taken from the slopes at both ends
 * of the step, which costs a gradient. {@link Builder#curvature} takes exact products in place of the difference
 * of gradients, which rounding spoils in single precision; a Gauss-Newton matrix keeps delta positive.
 *
 * <p>A step costs two gradients over all examples, or a gradient and a product, and a value for each trial, mostly one;
 * memory is 7 vectors. For deterministic functions. It needs no tuning.
 */
public final class ScaledConjugateGradients extends SecondOrder {
    private static final int MAX_TRIALS = 60;

    /**
     * Lambda rises by at most this times the curvature in a trial: where f explodes, a comparison says nothing of it.
     */
    private static final double LARGEST_RISE = 1e6;

    private final double sigma;
    private final double firstLambda;
    /** Null for differences of gradients. */
    private final Curvature curvature;

    private INDArray direction;
    /** The gradient over the unit. */
    private INDArray gradient;

    private INDArray lastGradient;
    private INDArray point;
    private INDArray product;
    private boolean hasLast;
    private boolean canRetry = true;
    private double lambda;
    /** How far the difference of gradients goes at most; sigma until a step is much shorter and its model poor. */
    private double reach;
    /** Of the objective; 1 where squares of gradients are in the range of numbers. Slopes and lambda are over it. */
    private double unit = 1;
    /** -g'p of the last step. */
    private double lastSlope;
    /** From 1. */
    private long trial = 1;

    private ScaledConjugateGradients(Builder builder) {
        this.sigma = builder.sigma;
        this.firstLambda = builder.lambda;
        this.curvature = builder.curvature;
        this.lambda = firstLambda;
        this.reach = sigma;
    }

    /**
     * Begins with sigma 5e-5, lambda 5e-7, and differences of gradients.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected Attempt attempt(Point at) {
        if (direction == null) {
            allocate(at.theta());
        }
        follow(at);
        boolean isSteepest = direct(at);
        double square = Vectors.dot(direction, direction);
        double descent = -Vectors.dot(gradient, direction);
        if (!(square > 0) || descent == 0) {
            forget();
            canRetry = !isSteepest;
            return rejected(at, 0, "the direction is zero, or the objective flat along it");
        }
        return search(at, isSteepest, square, descent);
    }

    /** Tries rates along the direction, with larger lambdas as long as the objective rises. */
    private Attempt search(Point at, boolean isSteepest, double square, double descent) {
        double delta = alongCurvature(at, square);
        double measured = delta / square;
        double included = 0;
        StepValues values = StepValues.around(at, point);
        for (int tries = 1; tries <= MAX_TRIALS; tries++, trial++) {
            delta += (lambda - included) * square;
            if (delta <= 0) {
                included = 2 * (lambda - delta / square);
                delta = -delta + lambda * square;
                lambda = included;
            }
            double rate = descent / delta;
            double length = rate * Math.sqrt(square);
            if (!values.moves(direction, rate)) {
                if (comesCloser(at, length, 0)) {
                    return search(at, isSteepest, square, descent);
                }
                double fitting = fitting(measured, descent / Math.sqrt(square) / LineSearchOptimizer.shortest(at));
                if (lambda > fitting) {
                    lambda = fitting;
                    included = 0;
                    delta = measured * square;
                    continue;
                }
                break;
            }
            double value = values.at(direction, rate);
            double change = values.change(direction, rate, value);
            double comparison = 2 * delta * (-change / unit) / (descent * descent);
            comesCloser(at, length, comparison);
            goFurther(length, comparison, change != value - at.loss());
            double used = lambda;
            boolean accepted = comparison >= 0;
            included = lambda;
            adapt(comparison, delta / square);
            if (accepted) {
                trial++;
                return accepted(descent, rate, value, report(used, comparison, tries, measured));
            }
        }
        forget();
        canRetry = !isSteepest;
        lambda = firstLambda;
        return rejected(at, measured, Displacement.NONE);
    }

    /**
     * Takes the gradient in a unit in which its square is in the range of numbers. What was learned in another unit is
     * forgotten, but for lambda.
     */
    private void follow(Point at) {
        if (PowerOfTwo.unitOf(at.gradientNorm() / unit) != 1) {
            double now = PowerOfTwo.unitOf(at.gradientNorm());
            lambda = trial == 1 ? lambda : Math.max(lambda * (unit / now), Double.MIN_NORMAL);
            unit = now;
            forget();
        }
        Vectors.copy(at.gradient(), gradient);
        if (unit != 1) {
            Vectors.scale(1 / unit, gradient);
        }
    }

    /**
     * A lambda in the units of the objective and the parameters, for one that is of other units: of the size of the
     * curvature, or what leads to a clear step where there is none.
     */
    private static double fitting(double measured, double clear) {
        if (measured == 0) {
            return clear;
        }
        return measured > 0 ? measured : -2 * measured;
    }

    /**
     * A difference of gradients that goes beyond a step says little of it; if the model is poor, the next one goes as
     * far as the step. Returns whether it will be shorter.
     */
    private boolean comesCloser(Point at, double length, double comparison) {
        boolean isPoor = !(Math.abs(comparison - 1) <= 0.5);
        double before = distance(at);
        if (curvature == null && isPoor && length < before) {
            reach = length;
        }
        return distance(at) < before;
    }

    /**
     * On a plateau the rounding of gradients hides their difference over a short way. Where it hides a step's change of
     * the objective as well, and the model is poor, the next difference goes as far as the step.
     */
    private void goFurther(double length, double comparison, boolean isHidden) {
        if (curvature == null && isHidden && !(Math.abs(comparison - 1) <= 0.5) && length > reach) {
            reach = length;
        }
    }

    /** How far a difference of gradients goes: at least far enough to change theta clearly. */
    private double distance(Point at) {
        return Math.max(reach, Math.min(sigma, LineSearchOptimizer.shortest(at)));
    }

    /** A comparison that is not a number, or infinite, counts as a failure of the model. */
    private void adapt(double comparison, double curvature) {
        if (comparison >= 0.75) {
            lambda /= 4;
        } else if (!(comparison >= 0.25)) {
            lambda += Double.isFinite(comparison) ? curvature * Math.min(1 - comparison, LARGEST_RISE) : 10 * curvature;
        }
    }

    private ModelReport report(double used, double comparison, int tries, double measured) {
        return new ModelReport(
                used * unit, comparison, tries, Stop.MINIMUM_ALONG, Stop.MINIMUM_ALONG.name(), measured * unit);
    }

    private Attempt accepted(double descent, double rate, double value, ModelReport model) {
        Vectors.copy(gradient, lastGradient);
        lastSlope = descent;
        hasLast = true;
        canRetry = true;
        Map<String, Double> told = new LinkedHashMap<>();
        told.put("rate", rate);
        told.put("lambda", lambda * unit);
        return new Attempt(direction, rate, value, "accepted at comparison " + model.ratio(), model, told);
    }

    private Attempt rejected(Point at, double measured, String why) {
        return new Attempt(
                direction, 0, at.loss(), "rejected: " + why, report(lambda, Double.NaN, 0, measured), Map.of());
    }

    private void allocate(INDArray like) {
        direction = newVector(like);
        gradient = newVector(like);
        lastGradient = newVector(like);
        point = newVector(like);
        product = newVector(like);
    }

    /** The next direction; returns whether it is -g. */
    private boolean direct(Point at) {
        boolean isRestart = !hasLast || (trial - 1) % at.theta().length() == 0;
        double beta =
                isRestart ? 0 : (Vectors.dot(gradient, gradient) - Vectors.dot(gradient, lastGradient)) / lastSlope;
        if (isRestart) {
            Vectors.fill(direction, 0);
        } else {
            Vectors.scale(beta, direction);
        }
        Vectors.axpy(-1, gradient, direction);
        return isRestart;
    }

    /** p'Hp. */
    private double alongCurvature(Point at, double square) {
        if (curvature != null) {
            try (Linearization linearization = at.objective().linearize(at.theta(), at.scope())) {
                linearization.product(curvature, direction, product);
            }
            if (unit != 1) {
                Vectors.scale(1 / unit, product);
            }
            return Vectors.dot(direction, product) + at.objective().l2() / unit * square;
        }
        double norm = Math.sqrt(square);
        double along = Double.NaN;
        boolean isShortest = false;
        // Sigma is in the units of theta. It may reach to where f explodes, or be too short to change theta.
        double first = Math.min(distance(at) / norm, Double.MAX_VALUE);
        for (double length = first; !Double.isFinite(along) && !isShortest && length > 0; length /= 1024) {
            Vectors.copy(at.theta(), point);
            Vectors.axpy(length, direction, point);
            isShortest = Vectors.equal(at.theta(), point);
            if (isShortest) {
                length = LineSearchOptimizer.shortest(at) / norm;
                Vectors.axpy(length, direction, point);
            }
            at.objective().gradient(point, at.scope(), product);
            Vectors.axpy(-1, at.gradient(), product);
            if (unit != 1) {
                Vectors.scale(1 / unit, product);
            }
            along = Vectors.dot(direction, product) / length;
        }
        return along;
    }

    private void forget() {
        hasLast = false;
    }

    @Override
    public boolean canRetry() {
        return canRetry;
    }

    @Override
    protected void trainableChanged(List<Span> spans) {
        forget();
    }

    /** Vectors from a time when what is frozen now was not would move it. */
    @Override
    protected void trainableRestored(List<Span> spans) {
        if (hasLast && (!Span.isZeroOutside(spans, direction) || !Span.isZeroOutside(spans, lastGradient))) {
            forget();
        }
    }

    @Override
    protected Map<String, Object> ownSettings() {
        Map<String, Object> own = new HashMap<>(Map.of("sigma", sigma, "lambda", firstLambda));
        own.put("curvature", curvature);
        return own;
    }

    @Override
    public String name() {
        return "scg(" + (curvature == null ? "sigma=" + sigma : "exact") + ", lambda=" + firstLambda + ")";
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        return Map.of(
                "lambda",
                lambda,
                "reach",
                reach,
                "unit",
                unit,
                "last_slope",
                lastSlope,
                "trial",
                (double) trial,
                "has_last",
                hasLast ? 1.0 : 0.0);
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        return hasLast ? Map.of("direction", direction, "last_gradient", lastGradient) : Map.of();
    }

    @Override
    protected void restoreState(OptimizerState state) {
        double restoredLambda = state.size("lambda");
        double restoredReach = state.numbers().containsKey("reach") ? state.size("reach") : sigma;
        double restoredUnit =
                Check.positive("the state's 'unit'", state.numbers().getOrDefault("unit", 1.0));
        double restoredSlope = state.number("last_slope");
        long restoredTrial = state.count("trial", Integer.MAX_VALUE);
        boolean hadLast = state.count("has_last", 1) == 1;
        if (hadLast) {
            if (direction == null) {
                allocate(state.vector("direction"));
            }
            Vectors.copy(state.vector("direction"), direction);
            Vectors.copy(state.vector("last_gradient"), lastGradient);
        }
        lambda = restoredLambda;
        reach = restoredReach;
        unit = restoredUnit;
        lastSlope = restoredSlope;
        trial = restoredTrial;
        hasLast = hadLast;
        canRetry = true;
    }

    /** Settings of {@link ScaledConjugateGradients}. */
    public static final class Builder {
        private double sigma = 5e-5;
        private double lambda = 5e-7;
        private Curvature curvature;

        private Builder() {}

        /**
         * The length of the step for differences of gradients.
         *
         * @param length positive; 5e-5 without it
         * @return this
         */
        public Builder sigma(double length) {
            this.sigma = Check.positive("sigma", length);
            return this;
        }

        /**
         * The first lambda.
         *
         * @param first positive; 5e-7 without it
         * @return this
         */
        public Builder lambda(double first) {
            this.lambda = Check.positive("lambda", first);
            return this;
        }

        /**
         * Takes products with a matrix in place of differences of gradients.
         *
         * @param matrix whose products; differences without it
         * @return this
         */
        public Builder curvature(Curvature matrix) {
            this.curvature = Objects.requireNonNull(matrix, "matrix");
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        public ScaledConjugateGradients build() {
            return new ScaledConjugateGradients(this);
        }
    }
}
