package dev.ravine.optim.leastsquares;

import dev.ravine.core.Arena;
import dev.ravine.core.Elements;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Rounding;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.objective.SquaredErrors;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.SecondOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The common part of methods that damp by a number mu. They minimise beta / 2 ||e||^2 + alpha / 2 ||theta||^2, where e
 * are the errors, by steps p with (beta J'J + (alpha + mu) I) p = -(beta J'e + alpha theta). A step that makes this
 * smaller is taken, and mu falls by a factor; otherwise mu rises by another one and a new p is tried, until mu is above
 * its limit. Where rounding hides the change of the first p, it is taken if the gradient is smaller there. Frozen parameters are in none of these sums.
 *
 * <p>With squared errors, e are the differences of outputs and targets, or the residuals of a {@link
 * dev.ravine.optim.objective.LeastSquares} objective, whatever factor the objective gives their sum. With any other
 * loss, ||e||^2 / 2 is the sum of the losses of the examples, and J'J its Gauss-Newton matrix.
 */
abstract class MarquardtMethod extends SecondOrder {
    /** Mu falls no further, so that few rises lead back to a size that matters. */
    private static final double SMALLEST = 1e-20;

    private final MarquardtSettings<?> settings;
    private WrittenSquare written;
    private Objective linearized;
    private DenseMatrix damped;
    private INDArray step;
    private INDArray trial;
    private INDArray there;
    private double mu;
    private boolean canRetry = true;

    MarquardtMethod(MarquardtSettings<?> settings) {
        this.settings = settings;
        this.mu = settings.mu;
    }

    /** What is minimised: the factors of half the squared errors and of half the squared parameters. */
    record Weights(double beta, double alpha) {}

    /** A factor beside f: ||e||^2 = f / scale. */
    static double scale(Objective objective) {
        return objective.squaredErrors().map(SquaredErrors::scale).orElseGet(() -> 0.5 / objective.weight(Scope.all()));
    }

    /** The sum of squares of the parameters that are not frozen. */
    static double squares(INDArray theta, List<Span> spans) {
        Elements elements = Elements.of(theta);
        double sum = 0;
        for (Span span : spans) {
            sum += Vectors.dot(elements, elements, span.from(), span.to());
        }
        return sum;
    }

    /** From the Jacobian where it is written out. */
    @Override
    protected final double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        if (linearized != objective) {
            linearize(objective);
        }
        if (step == null || step.length() != theta.length()) {
            closeDamped();
            damped = new DenseMatrix((int) objective.size());
            step = newVector(theta);
            trial = newVector(theta);
            there = newVector(theta);
        }
        OptionalDouble value = written.evaluate(theta, out);
        return value.isPresent() ? value.getAsDouble() : super.gradient(objective, theta, scope, out);
    }

    /** What is written out is of one objective. */
    private void linearize(Objective objective) {
        if (objective.size() > settings.limit) {
            throw new IllegalArgumentException(name() + " with n = " + objective.size()
                    + " parameters would write out matrices of n x n doubles; the limit is n = " + settings.limit
                    + ": raise it with limit(n), or take LevenbergMarquardt with the solver CONJUGATE_GRADIENTS");
        }
        require(objective);
        WrittenSquare next = new WrittenSquare(objective);
        if (written != null) {
            written.close();
        }
        written = next;
        linearized = objective;
    }

    /** Refuses an objective that the method does not suit. */
    void require(Objective objective) {
        // Any will do.
    }

    /**
     * What to minimise from a point on.
     *
     * @param at the point
     * @param square J'J there
     * @param scale the factor of ||e||^2 in f
     * @return the weights
     */
    abstract Weights weights(Point at, DenseMatrix square, double scale);

    /**
     * Further numbers about the weights, for the report.
     *
     * @param slope the norm of the gradient of what is minimised
     */
    abstract Map<String, Double> telemetry(double slope);

    @Override
    protected final Attempt attempt(Point at) {
        double scale = scale(at.objective());
        written.moveTo(at);
        if (!written.matrix.isFinite()) {
            return Attempt.notFinite(at, mu, "Gauss-Newton matrix");
        }
        multiply(written.matrix, 0.5 / scale, damped);
        Weights weights = weights(at, damped, scale);
        if (weights.beta != 1) {
            multiply(damped, weights.beta, damped);
        }
        if (!Double.isFinite(weights.alpha) || !damped.isFinite()) {
            return Attempt.notFinite(at, mu, "weighted Gauss-Newton matrix");
        }
        return search(at, new Merit(at, weights, scale));
    }

    private static void multiply(DenseMatrix from, double factor, DenseMatrix to) {
        for (int i = 0; i < from.size(); i++) {
            for (int j = 0; j < from.size(); j++) {
                to.set(i, j, factor * from.get(i, j));
            }
        }
    }

    /** What is minimised, around a point. */
    private final class Merit {
        private final List<Span> spans;
        private final double perLoss;
        private final double alpha;
        private final double start;
        private final double[] slope;

        private Merit(Point at, Weights weights, double scale) {
            spans = at.objective().trainable();
            perLoss = weights.beta * 0.5 / scale;
            alpha = weights.alpha;
            start = value(at.loss(), at.theta());
            slope = slope(written.gradient.clone(), at.theta());
        }

        /** The gradient of what is minimised; that of the objective is changed in place. */
        private double[] slope(double[] gradient, INDArray point) {
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] *= perLoss;
            }
            if (alpha != 0) {
                Elements theta = Elements.of(point);
                for (Span span : spans) {
                    for (int i = span.from(); i < span.to(); i++) {
                        gradient[i] += alpha * theta.get(i);
                    }
                }
            }
            return gradient;
        }

        private double value(double loss, INDArray theta) {
            return perLoss * loss + (alpha == 0 ? 0 : alpha / 2 * squares(theta, spans));
        }
    }

    /** Turns a solution around, which is a step then, and puts the trial where it leads. */
    private void goTo(Point at, double[] p) {
        for (int i = 0; i < p.length; i++) {
            p[i] = -p[i];
        }
        Elements.of(step).write(0, p.length, p);
        Vectors.copy(at.theta(), trial);
        Vectors.axpy(1, step, trial);
    }

    /** Whether rounding hides the change at the trial, and the slope is smaller there. */
    private boolean isLessSteep(Point at, Merit merit, double change) {
        if (!(change <= Rounding.possible(merit.start, at.objective().dtype()))) {
            return false;
        }
        at.objective().gradient(trial, at.scope(), there);
        return DenseMatrix.norm(merit.slope(Arena.toDoubles(there), trial)) < DenseMatrix.norm(merit.slope);
    }

    private Attempt search(Point at, Merit merit) {
        Map<String, Double> told = new LinkedHashMap<>(telemetry(DenseMatrix.norm(merit.slope)));
        double ratio = Double.NaN;
        double used = mu;
        int tries = 0;
        boolean isJudged = false;
        while (mu <= settings.muMax) {
            tries++;
            used = mu;
            if (!damped.factorize(merit.alpha + mu)) {
                mu *= settings.muInc;
                continue;
            }
            double[] p = damped.solve(merit.slope);
            goTo(at, p);
            double loss = at.objective().value(trial, at.scope());
            double change = merit.value(loss, trial) - merit.start;
            double along = DenseMatrix.dot(merit.slope, p);
            double square = DenseMatrix.dot(p, p);
            ratio = change / ((along - mu * square) / 2);
            if (change < 0 || (!isJudged && isLessSteep(at, merit, change))) {
                mu = Math.max(SMALLEST, mu * settings.muDec);
                canRetry = true;
                told.put("mu", used);
                told.put("mus_tried", (double) tries);
                ModelReport model = new ModelReport(
                        used, ratio, tries, Stop.POSITIVE_DEFINITE, Stop.POSITIVE_DEFINITE.name(), -along / square);
                return new Attempt(step, 1, loss, "accepted at mu " + used, model, told);
            }
            isJudged = true;
            mu *= settings.muInc;
        }
        canRetry = false;
        told.put("mu", used);
        told.put("mus_tried", (double) tries);
        ModelReport model = new ModelReport(used, ratio, tries, Stop.MAX_ITERATIONS, "", Double.NaN);
        return new Attempt(step, 0, at.loss(), "rejected: no decrease up to the largest mu", model, told);
    }

    /** {@return the damping that the next step tries first} */
    public double mu() {
        return mu;
    }

    @Override
    public final boolean canRetry() {
        return canRetry;
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return new HashMap<>(Map.of(
                "mu", settings.mu, "mu_dec", settings.muDec, "mu_inc", settings.muInc, "mu_max", settings.muMax));
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        return new HashMap<>(Map.of("mu", mu));
    }

    @Override
    protected void restoreState(OptimizerState state) {
        mu = Math.max(SMALLEST, state.size("mu"));
        canRetry = true;
    }

    @Override
    public void close() {
        if (written != null) {
            written.close();
        }
        closeDamped();
        super.close();
    }

    private void closeDamped() {
        if (damped != null) {
            damped.close();
        }
    }
}
