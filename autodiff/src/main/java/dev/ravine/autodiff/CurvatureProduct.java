package dev.ravine.autodiff;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of one curvature matrix with the vector at a point: a program whose only changing input is the vector. */
final class CurvatureProduct {
    private final Program program;
    private final Tensor vector;
    private final INDArray result;

    /**
     * Plans the product.
     *
     * @throws UnsupportedOperationException if the matrix needs something that the model lacks, saying what
     */
    CurvatureProduct(Curvature curvature, LossModel model, LinearizationPoint point) {
        FlatViews views = point.parameters();
        List<Tensor> vectors = views.placeholders();
        List<Tensor> products = switch (curvature) {
            case HESSIAN -> Autodiff.hvp(model.loss(), views.tensors(), vectors);
            case STRUCTURAL -> model.structuralProducts(views.tensors(), vectors);
            default ->
                Autodiff.throughOutputs(
                        model.requireOutputs(curvature), views.tensors(), vectors, model.metric(curvature));
        };
        this.vector = vectors.get(0);
        this.result = point.allocate();
        this.program = point.plan(
                point.program().inputs(vectors, views.of(point.vector())).outputs(products, views.of(result)));
    }

    /** The product with what the vector's memory holds now, where it was computed. */
    INDArray run() {
        program.changed(vector);
        program.run();
        return result;
    }

    long executedOps() {
        return program.executedOps();
    }

    /** How many ops depend on the vector; for tests. */
    long dependentOps() {
        return program.plannedOps(op -> true, vector);
    }
}
