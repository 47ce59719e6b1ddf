package dev.ravine.autodiff;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The loss, its gradient and, if wanted, the sum over examples of squared gradients at a point: one program, planned when
 * it is first needed.
 */
final class ValueAndGradient {
    private final Tensor loss;
    private final LinearizationPoint point;
    private final List<Tensor> squaredGradients;
    private INDArray gradient;
    private INDArray squares;
    private Program program;

    /**
     * Builds the graph of squared gradients if they are wanted, but plans nothing.
     *
     * @param withSquares whether squared gradients are wanted, if all parameters have a rule for them
     */
    ValueAndGradient(Tensor loss, LinearizationPoint point, boolean withSquares) {
        this.loss = loss;
        this.point = point;
        this.squaredGradients = withSquares
                ? Autodiff.squaredGradients(loss, point.parameters().parameters())
                        .orElse(null)
                : null;
    }

    boolean isPlanned() {
        return program != null;
    }

    Program program() {
        if (program == null) {
            FlatViews views = point.parameters();
            List<Tensor> results = new ArrayList<>(Autodiff.gradient(loss, views.parameters()));
            gradient = point.allocate();
            List<INDArray> memory = new ArrayList<>(views.of(gradient));
            if (squaredGradients != null) {
                squares = point.allocate();
                results.addAll(squaredGradients);
                memory.addAll(views.of(squares));
            }
            program = point.plan(point.program().output(loss).outputs(results, memory));
        }
        return program;
    }

    double value() {
        program().run(loss);
        return program.scalar(loss);
    }

    /** The gradient, where it was computed. */
    INDArray gradient() {
        program().run();
        return gradient;
    }

    boolean hasSquaredGradient() {
        return squaredGradients != null;
    }

    /** The sum over examples of squared gradients, where it was computed. */
    INDArray squaredGradient() {
        if (squaredGradients == null) {
            throw new UnsupportedOperationException("no squared gradients: ask for them with withSquaredGradient(), and"
                    + " use each parameter once, in a matrix product, a bias or a gain");
        }
        program().run();
        return squares;
    }
}
