package dev.ravine.autodiff;

import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of one curvature matrix with the vector at a point: a program whose only changing input is the vector. */
final class CurvatureProduct {
    /**
     * What the matrices are made from.
     *
     * @param outputs the model's outputs, or null if the loss is a plain function of the parameters
     * @param examples how many examples the loss is a mean of; 0 if that is unknown
     * @param fisher the metric of the Fisher matrix, or null for that of Gauss-Newton
     * @param hasFisher false if the loss has no Fisher matrix
     * @param weighting the weights of examples, or null if all count alike
     */
    record Model(
            Tensor loss, Tensor outputs, long examples, OutputMetric fisher, boolean hasFisher, Weighting weighting) {}

    private final Model model;
    private final Program program;
    private final Tensor vector;
    private final INDArray result;

    /**
     * Plans the product.
     *
     * @throws UnsupportedOperationException if the matrix needs something that the model lacks, saying what
     */
    CurvatureProduct(Curvature curvature, Model model, LinearizationPoint point) {
        this.model = model;
        FlatViews views = point.parameters();
        List<Tensor> vectors = views.placeholders();
        List<Tensor> products = curvature == Curvature.HESSIAN
                ? Autodiff.hvp(model.loss, views.tensors(), vectors)
                : Autodiff.throughOutputs(outputs(curvature), views.tensors(), vectors, metric(curvature));
        this.vector = vectors.get(0);
        this.result = point.allocate();
        this.program = point.plan(
                point.program().inputs(vectors, views.of(point.vector())).outputs(products, views.of(result)));
    }

    private Tensor outputs(Curvature curvature) {
        if (model.outputs == null) {
            throw new UnsupportedOperationException(curvature + " products need the model's outputs, which a"
                    + " plain function does not have; pass them to GraphLinearization.of(loss, outputs, parameters), or"
                    + " take the curvature HESSIAN");
        }
        return model.outputs;
    }

    /** The matrix on the outputs' space in the middle of J' M J. */
    private OutputMetric metric(Curvature curvature) {
        OutputMetric gaussNewton = u -> Autodiff.outputHessian(model.loss, model.outputs, u);
        return switch (curvature) {
            case FISHER -> {
                if (!model.hasFisher) {
                    throw new UnsupportedOperationException(curvature + " products are not defined for this loss: its"
                            + " outputs are not the natural parameters of an exponential family; use GAUSS_NEWTON, or"
                            + " give the builder fisher(metric)");
                }
                yield model.fisher == null ? gaussNewton : model.fisher;
            }
            case EMPIRICAL_FISHER -> {
                if (model.examples < 1) {
                    throw new UnsupportedOperationException(curvature + " products need the number of examples that the"
                            + " loss is a mean of; tell the builder with meanOver(examples), or meanOver(1) for a sum");
                }
                yield this::squaredOutputGradient;
            }
            default -> gaussNewton;
        };
    }

    /**
     * The sum over examples of delta delta' u, with delta an example's row of d loss / d outputs, rescaled for a mean.
     * A weight is in both factors and counts once.
     */
    private Tensor squaredOutputGradient(Tensor u) {
        Tensor delta = Autodiff.gradient(model.loss, model.outputs);
        int[] within = IntStream.range(1, model.outputs.shape().rank()).toArray();
        Tensor along = within.length == 0 ? delta.mul(u) : delta.mul(u).sumKeeping(within);
        Tensor product = delta.mul(along).mul((double) model.examples);
        return model.weighting == null ? product : model.weighting.over(product);
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
