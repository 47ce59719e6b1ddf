package dev.ravine.optim.leastsquares;

import dev.ravine.core.Elements;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.objective.SquaredErrors;
import dev.ravine.optim.secondorder.Point;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Bayesian regularization (MacKay, "Bayesian interpolation", Neural Computation 4, 1992; Foresee and Hagan,
 * "Gauss-Newton approximation to Bayesian learning", ICNN 1997): damped Gauss-Newton steps on
 *
 * <pre>{@code
 * F = beta E_D + alpha E_W,     E_D = ||e||^2, the squared errors,     E_W = ||theta||^2
 * }</pre>
 *
 * <p>where alpha and beta are chosen anew before each step, so that the data are most probable:
 *
 * <pre>{@code
 * gamma = n - alpha trace((beta J'J + alpha I)^-1)     the effective number of parameters
 * alpha = gamma / (2 E_W),     beta = (m - gamma) / (2 E_D)
 * }</pre>
 *
 * <p>for n parameters and m errors. So the strength of the weight decay is found from the training data alone, without
 * validation. 1 / (2 beta) is the variance of the noise, 1 / (2 alpha) that of the parameters. Gamma is between 0 and
 * n: if it is close to n, a larger net may be better; if it stays the same when the net grows, the net is large enough.
 * The first step has gamma n, alpha 0 and beta m / (2 E_D), so that it fits the data before alpha shrinks anything.
 * Where m is not above gamma, beta is m / (2 E_D), too. The reports tell all of these, and {@link #gamma},
 * {@link #alpha} and {@link #beta} are those of the last step. The loss of a report is the objective's own, without
 * alpha; it may rise while F falls.
 *
 * <p>Steps and mu are those of {@link DampedGaussNewton}, with beta J'J + (alpha + mu) I in place of J'J + mu I. Where
 * the loss is not a squared error it counts as the negative logarithm of a likelihood, as cross-entropy is: E_D is
 * twice the sum of the examples' losses, and beta stays 1/2 (MacKay, "The evidence framework applied to classification
 * networks", Neural Computation 4, 1992).
 *
 * <p>The objective must have no L2 of its own, since alpha is that. Scale inputs and targets to similar sizes, because
 * one alpha is for all parameters. A step costs that of {@link DampedGaussNewton} and 9 n^3 operations for eigenvalues.
 */
public final class BayesianRegularization extends MarquardtMethod {
    private double alpha;
    private double beta;
    private double gamma;
    private double squaredErrors;
    private double squaredParameters;
    /** F / 2 times this is in units of the objective. */
    private double unit;

    private List<Span> spans = List.of();

    private BayesianRegularization(Builder builder) {
        super(builder);
    }

    /**
     * Begins with mu 0.005, factors 0.1 and 10, a largest mu of 1e10, and at most 4,096 parameters.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    void require(Objective objective) {
        if (objective.l2() != 0) {
            throw new IllegalArgumentException(
                    "Bayesian regularization chooses the weight of L2 itself, but the" + " objective has one of "
                            + objective.l2() + "; make it without l2, with --l2 0 on the command line");
        }
    }

    @Override
    Weights weights(Point at, DenseMatrix square, double scale) {
        Optional<SquaredErrors> errors = at.objective().squaredErrors();
        spans = at.objective().trainable();
        squaredErrors = at.loss() / scale;
        squaredParameters = squares(at.theta(), spans);
        int n = spans.stream().mapToInt(span -> span.to() - span.from()).sum();
        if (beta == 0) {
            gamma = n;
            beta = errors.isPresent() && squaredErrors > 0 ? errors.get().count() / (2 * squaredErrors) : 0.5;
        } else {
            gamma = alpha == 0 ? n : effective(square.eigen().values());
            choose(errors);
        }
        unit = 2 * scale / beta;
        return new Weights(beta, alpha);
    }

    private void choose(Optional<SquaredErrors> errors) {
        if (squaredParameters > 0) {
            alpha = gamma / (2 * squaredParameters);
        }
        if (errors.isPresent() && squaredErrors > 0) {
            double count = errors.get().count();
            beta = (count > gamma ? count - gamma : count) / (2 * squaredErrors);
        }
    }

    /** n - alpha trace((beta J'J + alpha I)^-1) by the eigenvalues of J'J; rounding makes some of them negative. */
    private double effective(double[] eigenvalues) {
        double sum = 0;
        for (double eigenvalue : eigenvalues) {
            double informed = beta * Math.max(0, eigenvalue);
            sum += informed == 0 ? 0 : informed / (informed + alpha);
        }
        return sum;
    }

    @Override
    Map<String, Double> telemetry(double slope) {
        Map<String, Double> told = new LinkedHashMap<>();
        told.put("alpha", alpha);
        told.put("beta", beta);
        told.put("effective_parameters", gamma);
        told.put("squared_errors", squaredErrors);
        told.put("squared_parameters", squaredParameters);
        told.put("regularized_gradient", unit * slope);
        return told;
    }

    /** {@return the effective number of parameters where the last step began; 0 before the first} */
    public double gamma() {
        return gamma;
    }

    /** {@return the weight of the squared parameters in the last step; 0 before the first} */
    public double alpha() {
        return alpha;
    }

    /** {@return the weight of the squared errors in the last step; 0 before the first} */
    public double beta() {
        return beta;
    }

    /** Makes the gradient that of F, in units of the objective. */
    @Override
    public boolean fitsAnyUnits() {
        return false;
    }

    @Override
    public void project(INDArray theta, INDArray gradient) {
        Elements x = Elements.of(theta);
        Elements g = Elements.of(gradient);
        for (Span span : spans) {
            for (int i = span.from(); i < span.to(); i++) {
                g.set(i, g.get(i) + unit * alpha * x.get(i));
            }
        }
    }

    @Override
    public String name() {
        return "bayes(mu=" + ownSettings().get("mu") + ")";
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = super.stateNumbers();
        numbers.put("alpha", alpha);
        numbers.put("beta", beta);
        numbers.put("gamma", gamma);
        return numbers;
    }

    @Override
    protected void restoreState(OptimizerState state) {
        double restoredAlpha = state.size("alpha");
        double restoredBeta = state.size("beta");
        double restoredGamma = state.size("gamma");
        super.restoreState(state);
        alpha = restoredAlpha;
        beta = restoredBeta;
        gamma = restoredGamma;
    }

    /** Settings of {@link BayesianRegularization}. */
    public static final class Builder extends MarquardtSettings<Builder> {
        private Builder() {
            super(0.005);
        }

        /** {@return an optimizer that has not stepped yet} */
        public BayesianRegularization build() {
            return new BayesianRegularization(this);
        }
    }
}
