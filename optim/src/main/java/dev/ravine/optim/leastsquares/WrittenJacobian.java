package dev.ravine.optim.leastsquares;

import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.objective.LeastSquares;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The Jacobian as its transpose, and the residuals, in double precision. */
final class WrittenJacobian implements AutoCloseable {
    private static final double FLOOR = 0.5;

    /** How far one residual may be above its own rounding where all together are below theirs. */
    private static final double MOST = 64;

    /** The number of parameters. */
    final int n;
    /** The number of residuals. */
    final int m;
    /** The relative rounding of the objective's dtype. */
    final double epsilon;
    /** J's columns. */
    final double[][] columns;

    final double[] residuals;

    private final Arena arena = new Arena("the optimizer");
    private final LeastSquares objective;
    private final INDArray ownColumns;
    private final INDArray ownResiduals;
    private final Tensor input;
    private final Tensor value;
    private final Program halfSquares;
    private double[] theta;
    private boolean isEvaluated;

    WrittenJacobian(LeastSquares objective) {
        this.objective = objective;
        n = (int) objective.size();
        m = Math.toIntExact(objective.residuals());
        epsilon = objective.dtype() == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
        ownColumns = arena.allocate(objective.dtype(), Shape.of(n, m));
        ownResiduals = arena.allocate(objective.dtype(), Shape.of(m));
        input = Tensor.input("residuals", objective.dtype(), Shape.of(m));
        value = input.square().sum().mul(0.5);
        halfSquares = Program.builder()
                .inputs(List.of(input), List.of(ownResiduals))
                .output(value)
                .build();
        columns = new double[n][m];
        residuals = new double[m];
    }

    /** See {@link LinearizedProblem#evaluate}. */
    OptionalDouble evaluate(INDArray point, INDArray gradient) {
        read(point);
        isEvaluated = true;
        if (!Arrays.stream(norms()).allMatch(Double::isFinite)) {
            return OptionalDouble.empty();
        }
        Elements to = Elements.of(gradient);
        for (int i = 0; i < n; i++) {
            to.set(i, slope(i));
        }
        // By the same operations as in ResidualObjective, so that the value is the same to the last bit.
        halfSquares.changed(input);
        halfSquares.run(value);
        return OptionalDouble.of(halfSquares.scalar(value));
    }

    /** The derivative of f by one parameter. */
    double slope(int i) {
        return DenseMatrix.dot(columns[i], residuals);
    }

    /** Evaluates both, unless {@link #evaluate} just did; returns the norms of J's columns. */
    double[] moveTo(INDArray point) {
        if (!isEvaluated) {
            read(point);
        }
        isEvaluated = false;
        return norms();
    }

    private double[] norms() {
        return Arrays.stream(columns).mapToDouble(DenseMatrix::norm).toArray();
    }

    private void read(INDArray point) {
        objective.jacobian(point, ownResiduals, ownColumns);
        theta = Arena.toDoubles(point);
        Elements.of(ownResiduals).read(0, m, residuals);
        Elements from = Elements.of(ownColumns);
        for (int i = 0; i < n; i++) {
            from.read(i * m, m, columns[i]);
        }
    }

    /** J p. */
    double[] product(double[] p) {
        double[] jp = new double[m];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < m; k++) {
                jp[k] += p[i] * columns[i][k];
            }
        }
        return jp;
    }

    /** See {@link LinearizedProblem#predictedChange}. */
    double predictedChange(INDArray step) {
        double[] jp = product(Arena.toDoubles(step));
        return DenseMatrix.dot(jp, residuals) + DenseMatrix.dot(jp, jp) / 2;
    }

    /**
     * See {@link LinearizedProblem#isWithinRounding}.
     *
     * @param damped twice what damping adds to the change of f that the model predicts
     */
    boolean isWithinRounding(INDArray step, double damped) {
        double[] changes = product(Arena.toDoubles(step));
        double[] errors = errors();
        double floor = FLOOR * DenseMatrix.norm(errors);
        if (DenseMatrix.norm(changes) > floor || Math.sqrt(damped) > floor) {
            return false;
        }
        for (int k = 0; k < m; k++) {
            if (Math.abs(changes[k]) > MOST * errors[k]) {
                return false;
            }
        }
        return true;
    }

    /** See {@link LinearizedProblem#rounding}. */
    double rounding() {
        double[] errors = errors();
        double sum = 0;
        for (int k = 0; k < m; k++) {
            sum += (Math.abs(residuals[k]) + errors[k]) * errors[k];
        }
        return sum;
    }

    /** What rounding of theta does to each residual, epsilon times the root of the sum of (J_i theta_i)^2. */
    private double[] errors() {
        double[] errors = new double[m];
        for (int k = 0; k < m; k++) {
            double[] terms = new double[n];
            for (int i = 0; i < n; i++) {
                terms[i] = columns[i][k] * theta[i];
            }
            errors[k] = epsilon * DenseMatrix.norm(terms);
        }
        return errors;
    }

    @Override
    public void close() {
        halfSquares.close();
        arena.close();
    }
}
