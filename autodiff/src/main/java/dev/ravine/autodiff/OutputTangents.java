package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tangents u_i = J v_i of a model's outputs for several vectors, and the small matrix of u_i' M u_j with the matrix M
 * of a curvature J' M J. That is v_i' (J' M J) v_j, and takes no reverse pass.
 */
final class OutputTangents {
    private final Curvature curvature;
    private final LinearizationPoint point;
    private final List<Tensor> vectors;
    private final Tensor tangent;
    private final Tensor product;
    private final List<INDArray> tangents = new ArrayList<>();
    private final List<INDArray> products = new ArrayList<>();

    /**
     * Builds the graph.
     *
     * @throws UnsupportedOperationException if the matrix needs something that the model lacks, saying what
     */
    OutputTangents(Curvature curvature, LossModel model, LinearizationPoint point) {
        this.curvature = curvature;
        this.point = point;
        FlatViews parameters = point.parameters();
        this.vectors = parameters.placeholders();
        Tensor outputs = model.requireOutputs(curvature);
        List<Tensor> ends = List.of(outputs);
        this.tangent = Autodiff.jvp(ends, parameters.tensors(), vectors, Autodiff.heldInCurvature(ends))
                .get(0);
        this.product = model.metric(curvature).times(tangent);
    }

    Curvature curvature() {
        return curvature;
    }

    /** Adds the vector as an input and both results as outputs of their own. */
    void addTo(Program.Builder builder) {
        builder.inputs(vectors, point.parameters().of(point.vector())).outputs(List.of(tangent, product), null);
    }

    /** Computes the results for the point's present vector and keeps them. */
    void compute(int i, Program program) {
        program.changed(vectors.get(0));
        program.run(tangent);
        while (tangents.size() <= i) {
            tangents.add(point.allocate(tangent.shape().count()));
            products.add(point.allocate(tangent.shape().count()));
        }
        Vectors.copy(flat(program.memory(tangent)), tangents.get(i));
        Vectors.copy(flat(program.memory(product)), products.get(i));
    }

    private static INDArray flat(INDArray array) {
        return Arena.view(array, 0, Shape.of(array.length()));
    }

    /** The products of the first n kept tangents. */
    double[][] forms(int n) {
        if (n > products.size()) {
            throw new IllegalStateException("there are " + products.size()
                    + " tangents of outputs, found a request for " + n + "; call computeTangent for each vector first");
        }
        double[][] forms = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                forms[i][j] = Vectors.dot(tangents.get(i), products.get(j));
                forms[j][i] = forms[i][j];
            }
        }
        return forms;
    }
}
