package dev.ravine.optim.leastsquares;

import dev.ravine.core.Check;
import dev.ravine.core.ShapeException;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.objective.LeastSquares;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How well a fit determines its parameters: their covariance s^2 (J'J)^-1, with J the Jacobian of the residuals at the
 * solution. It holds to the extent that the residuals are linear within a few standard errors. Bounds are not taken
 * into account; with a robust loss, J and s are those of the transformed residuals.
 */
public final class FitUncertainty {
    private final double[][] covariance;
    private final double squares;
    private final double norm;
    private final int degreesOfFreedom;
    private final boolean isEstimated;

    private FitUncertainty(LeastSquares objective, INDArray theta, boolean isEstimated) {
        this.isEstimated = isEstimated;
        try (WrittenJacobian jacobian = new WrittenJacobian(objective);
                QrFactor factor = new QrFactor(jacobian.m, jacobian.n)) {
            degreesOfFreedom = jacobian.m - jacobian.n;
            if (isEstimated && degreesOfFreedom <= 0) {
                throw new IllegalArgumentException(
                        "the deviation of residuals can be estimated only from more residuals"
                                + " than parameters, found " + jacobian.m + " residuals and " + jacobian.n
                                + " parameters; if it is known, divide residuals by it and take FitUncertainty.known");
            }
            Check.vector("theta", theta, objective.dtype(), objective.size());
            double[] norms = Scales.positive(finite("the Jacobian's column", jacobian.moveTo(theta)));
            norm = DenseMatrix.norm(finite("residual", jacobian.residuals));
            squares = DenseMatrix.dot(jacobian.residuals, jacobian.residuals);
            for (int i = 0; i < norms.length; i++) {
                double norm = norms[i];
                factor.column(
                        i,
                        0,
                        Arrays.stream(jacobian.columns[i]).map(v -> v / norm).toArray());
            }
            factor.factorize();
            double deviation = isEstimated ? residualDeviation() : 1;
            covariance = covariance(
                    factor,
                    jacobian.epsilon,
                    Arrays.stream(norms).map(v -> deviation / v).toArray());
        }
    }

    /** Refuses a point at which the fit is not known. */
    private static double[] finite(String what, double... numbers) {
        for (int i = 0; i < numbers.length; i++) {
            if (!Double.isFinite(numbers[i])) {
                throw new IllegalArgumentException(what + " " + i + " is " + numbers[i]
                        + " at theta; the uncertainty needs a point at which all residuals and derivatives are finite");
            }
        }
        return numbers;
    }

    /** Rows and columns of (A'A)^-1, each times its unit; A is what was factorized. */
    private static double[][] covariance(QrFactor factor, double epsilon, double[] units) {
        int n = units.length;
        int rank = factor.rank(n * epsilon);
        boolean[] determined = factor.determined(rank, Math.sqrt(epsilon));
        double[][] roots = new double[n][];
        for (int j = 0; j < n; j++) {
            double[] unit = new double[n];
            unit[j] = units[j];
            roots[j] = factor.solveTransposed(unit, rank);
        }
        double[][] covariance = new double[n][n];
        for (int j = 0; j < n; j++) {
            for (int l = 0; l < n; l++) {
                covariance[j][l] =
                        determined[j] && determined[l] ? DenseMatrix.dot(roots[j], roots[l]) : Double.POSITIVE_INFINITY;
            }
        }
        return covariance;
    }

    /**
     * For observations whose standard deviations are equal, or known up to a common factor: s is estimated from the
     * residuals, as NIST does and SciPy's {@code curve_fit}.
     *
     * @param objective the fit
     * @param theta its solution; not changed
     * @return the uncertainty
     * @throws IllegalArgumentException if there are not more residuals than parameters, or a residual or derivative is
     *     not finite
     * @throws ShapeException if theta has another size or dtype
     */
    public static FitUncertainty estimated(LeastSquares objective, INDArray theta) {
        return new FitUncertainty(objective, theta, true);
    }

    /**
     * For residuals that are divided by the known standard deviations of their observations, as {@code curve_fit} with
     * {@code absolute_sigma}: s is 1.
     *
     * @param objective the fit
     * @param theta its solution; not changed
     * @return the uncertainty
     * @throws IllegalArgumentException if a residual or derivative is not finite
     * @throws ShapeException if theta has another size or dtype
     */
    public static FitUncertainty known(LeastSquares objective, INDArray theta) {
        return new FitUncertainty(objective, theta, false);
    }

    /**
     * {@return the covariance of parameters, [parameters][parameters]} The rows and columns of parameters that the
     * residuals do not determine, alone or together with others, are infinite.
     */
    public double[][] covariance() {
        return Arrays.stream(covariance).map(double[]::clone).toArray(double[][]::new);
    }

    /** {@return the standard errors of parameters, the square roots of the covariance's diagonal} */
    public double[] standardErrors() {
        double[] errors = new double[covariance.length];
        Arrays.setAll(errors, i -> Math.sqrt(covariance[i][i]));
        return errors;
    }

    /**
     * {@return how far the confidence interval of each parameter reaches to either side of its estimate: its standard
     * error times a quantile of Student's t} The quantile is of as many degrees of freedom as there are, or of the
     * normal distribution if the deviations of observations are known. An interval holds for its parameter alone.
     *
     * @param level the confidence, such as 0.95
     * @throws IllegalArgumentException if the level is not between 0 and 1
     */
    public double[] halfWidths(double level) {
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("the confidence level must be between 0 and 1, found " + level);
        }
        double quantile = StudentT.twoSided(level, isEstimated ? degreesOfFreedom : Double.POSITIVE_INFINITY);
        return Arrays.stream(standardErrors()).map(error -> quantile * error).toArray();
    }

    /**
     * {@return the residual standard deviation: the root of the sum of squares over the degrees of freedom}
     *
     * @throws IllegalStateException if there are not more residuals than parameters
     */
    public double residualDeviation() {
        if (degreesOfFreedom <= 0) {
            throw new IllegalStateException("the deviation of residuals can be estimated only from more residuals"
                    + " than parameters, found " + degreesOfFreedom + " degrees of freedom");
        }
        boolean isScaled = squares >= Double.MIN_NORMAL && squares < Double.POSITIVE_INFINITY;
        return isScaled ? Math.sqrt(squares / degreesOfFreedom) : norm / Math.sqrt(degreesOfFreedom);
    }

    /** {@return the number of residuals less the number of parameters} */
    public int degreesOfFreedom() {
        return degreesOfFreedom;
    }
}
