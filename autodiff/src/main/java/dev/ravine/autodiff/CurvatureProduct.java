package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of one curvature matrix with the vector at a point: a program whose only changing input is the vector. */
final class CurvatureProduct {
    /** Which matrix: a curvature, and whether a multiple of the matrix of structural damping is added. */
    record Kind(Curvature curvature, boolean isDamped) {}

    private final Program program;
    private final Tensor vector;
    private final Tensor structural;
    private final INDArray structuralMemory;
    private double present;
    private final INDArray result;

    /**
     * Plans the product.
     *
     * @throws UnsupportedOperationException if the matrix needs something that the model lacks, saying what
     */
    CurvatureProduct(Kind kind, LossModel model, LinearizationPoint point) {
        FlatViews views = point.parameters();
        List<Tensor> vectors = views.placeholders();
        Tensor weight = Tensor.input("weight of structural damping", point.dtype(), Shape.of());
        List<Tensor> products = kind.isDamped
                ? model.dampedProducts(kind.curvature, weight, views.tensors(), vectors)
                : model.products(kind.curvature, views.tensors(), vectors);
        this.vector = vectors.get(0);
        this.structural = kind.isDamped ? weight : null;
        this.structuralMemory = kind.isDamped ? point.allocate(1) : null;
        this.result = point.allocate();
        Program.Builder builder = point.program().inputs(vectors, views.of(point.vector()));
        if (kind.isDamped) {
            builder.inputs(List.of(weight), List.of(Arena.view(structuralMemory, 0, Shape.of())));
        }
        this.program = point.plan(builder.outputs(products, views.of(result)));
    }

    /**
     * The product with what the vector's memory holds now, where it was computed.
     *
     * @param weight of structural damping; 0 if the program knows none
     */
    INDArray run(double weight) {
        if (structural != null && weight != present) {
            Vectors.fill(structuralMemory, weight);
            program.changed(structural);
            present = weight;
        }
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
