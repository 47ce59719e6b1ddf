package dev.ravine.optim.newton;

import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.Point;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The diagonal (g2 + damping + l2)^exponent with g2 the mean squared gradient of single examples (Martens, ICML 2010,
 * section 4.7). The squares come from the gradient's own pass.
 */
final class DiagonalPreconditioning implements Preconditioning {
    private final double exponent;
    private final SquaredGradients statistic;
    private final Arena arena = new Arena();
    private INDArray squares;
    private INDArray diagonal;

    DiagonalPreconditioning(double exponent, boolean allowsOneByOne) {
        this.exponent = exponent;
        this.statistic = new SquaredGradients(allowsOneByOne);
    }

    @Override
    public double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        if (squares == null) {
            squares = arena.allocate(objective.dtype(), Shape.of(objective.size()));
            diagonal = arena.allocate(objective.dtype(), Shape.of(objective.size()));
        }
        return objective.gradient(theta, scope, out, statistic, squares);
    }

    @Override
    public LinearOperator inverse(Point at, Scope examples, double shift) {
        Vectors.map(squares, diagonal, g2 -> Math.pow(g2 + shift, exponent));
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
