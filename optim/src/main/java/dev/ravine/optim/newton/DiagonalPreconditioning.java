package dev.ravine.optim.newton;

import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.Point;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The diagonal (g2 + damping + l2)^exponent with g2 the mean squared gradient of single examples (Martens, ICML 2010,
 * section 4.7). The squares come from the gradient's own pass. If they overflow or underflow, another pass squares
 * gradients in another unit, and the largest element of the diagonal becomes 1. Conjugate gradients do not see a factor
 * of the whole diagonal.
 */
final class DiagonalPreconditioning implements Preconditioning {
    private final double exponent;
    private final boolean allowsOneByOne;
    private final SquaredGradients statistic;
    private final Arena arena = new Arena("the preconditioner");
    private INDArray squares;
    private INDArray diagonal;
    private double unit;

    DiagonalPreconditioning(double exponent, boolean allowsOneByOne) {
        this.exponent = exponent;
        this.allowsOneByOne = allowsOneByOne;
        this.statistic = new SquaredGradients(allowsOneByOne);
    }

    @Override
    public double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        if (squares == null) {
            squares = arena.allocate(objective.dtype(), Shape.of(objective.size()));
            diagonal = arena.allocate(objective.dtype(), Shape.of(objective.size()));
        }
        double value = objective.gradient(theta, scope, out, statistic, squares);
        unit = unit(largest(squares), largest(out), objective.dtype());
        if (unit != 1) {
            objective.gradient(theta, scope, out, new SquaredGradients(allowsOneByOne, unit), squares);
        }
        return value;
    }

    /** The largest size of an element; not a number if one is. */
    private static double largest(INDArray x) {
        double[] sizes = Arena.toDoubles(x);
        double largest = 0;
        for (double size : sizes) {
            largest = Math.max(largest, Math.abs(size));
        }
        return largest;
    }

    /** A unit in which the squares neither overflow nor vanish, given the largest square in the unit 1. */
    private static double unit(double square, double gradient, DType dtype) {
        int exponent = dtype == DType.FLOAT32 ? 75 : 600;
        if (!Double.isFinite(gradient) || Double.isNaN(square)) {
            return 1;
        }
        if (Double.isInfinite(square)) {
            return Math.scalb(1.0, exponent);
        }
        double smallest = dtype == DType.FLOAT32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
        return gradient > 0 && square < smallest / Math.ulp(1f) ? Math.scalb(1.0, -exponent) : 1;
    }

    @Override
    public LinearOperator inverse(Point at, Scope examples, double shift) {
        double scaledShift = shift / unit / unit;
        double whole = unit == 1 ? 1 : largest(squares) + scaledShift;
        Vectors.map(squares, diagonal, g2 -> Math.pow((g2 + scaledShift) / whole, exponent));
        return LinearOperator.inverseOfDiagonal(diagonal);
    }

    @Override
    public String note(Objective objective) {
        return objective
                .obstacle(statistic)
                .map(why -> "squared gradients one example at a time: " + why)
                .orElse("");
    }

    @Override
    public void close() {
        arena.close();
    }
}
