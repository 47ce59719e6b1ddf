package dev.ravine.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A loss on a model's outputs, and the matrices M on the outputs' space from which curvatures J' M J are made.
 *
 * @param outputs the model's outputs, or null if the loss is a plain function of the parameters
 * @param examples how many examples the loss is a mean of; 0 if that is unknown
 * @param fisher the metric of the Fisher matrix, or null for that of Gauss-Newton
 * @param hasFisher false if the loss has no Fisher matrix
 * @param weighting the weights of examples, or null if all count alike
 */
record LossModel(
        Tensor loss, Tensor outputs, long examples, OutputMetric fisher, boolean hasFisher, Weighting weighting) {
    /** The outputs, which all matrices but the Hessian need. */
    Tensor requireOutputs(Curvature curvature) {
        if (outputs == null) {
            throw new UnsupportedOperationException(curvature + " products need the model's outputs, which a"
                    + " plain function does not have; pass them to GraphLinearization.of(loss, outputs, parameters), or"
                    + " take the curvature HESSIAN");
        }
        return outputs;
    }

    /** The matrix on the outputs' space in the middle of J' M J. */
    OutputMetric metric(Curvature curvature) {
        OutputMetric gaussNewton = u -> Autodiff.outputHessian(loss, outputs, u);
        return switch (curvature) {
            case FISHER -> {
                if (!hasFisher) {
                    throw new UnsupportedOperationException(curvature + " products are not defined for this loss: its"
                            + " outputs are not the natural parameters of an exponential family; use GAUSS_NEWTON, or"
                            + " give the builder fisher(metric)");
                }
                yield fisher == null ? gaussNewton : fisher;
            }
            case EMPIRICAL_FISHER -> {
                if (examples < 1) {
                    throw new UnsupportedOperationException(curvature + " products need the number of examples that the"
                            + " loss is a mean of; tell the builder with meanOver(examples), or meanOver(1) for a sum");
                }
                yield this::squaredOutputGradient;
            }
            case STRUCTURAL ->
                throw new UnsupportedOperationException(
                        curvature + " is no matrix on the model's outputs: it belongs to"
                                + " hidden states; take its products one by one");
            default -> gaussNewton;
        };
    }

    /**
     * The products of the matrix of structural damping: J' D (J v) for all marked states, as a mean over examples if the
     * loss is one.
     */
    List<Tensor> structuralProducts(List<Tensor> parameters, List<Tensor> vectors) {
        List<Tensor> marked = Graph.ancestors(List.of(loss)).stream()
                .filter(t -> t.op() instanceof Preactivation)
                .toList();
        if (marked.isEmpty()) {
            throw new UnsupportedOperationException(Curvature.STRUCTURAL + " products need hidden states, and the model"
                    + " marks none: use a recurrent layer, mark them by Preactivation.activate, or do without"
                    + " structural damping");
        }
        List<Tensor> tangents = Autodiff.jvp(marked, parameters, vectors);
        List<Tensor> cotangents = new ArrayList<>();
        for (int i = 0; i < marked.size(); i++) {
            Preactivation mark = (Preactivation) marked.get(i).op();
            Tensor product = mark.curvatureTimes(marked.get(i), tangents.get(i));
            Tensor scaled = examples > 1 ? product.mul(1.0 / examples) : product;
            cotangents.add(weighting == null ? scaled : weighting.times(scaled));
        }
        return Autodiff.vjp(marked, parameters, cotangents);
    }

    /**
     * The sum over examples of delta delta' u, with delta an example's row of d loss / d outputs, rescaled for a mean.
     * A weight is in both factors and counts once.
     */
    private Tensor squaredOutputGradient(Tensor u) {
        Tensor delta = Autodiff.gradient(loss, outputs);
        int[] within = IntStream.range(1, outputs.shape().rank()).toArray();
        Tensor along = within.length == 0 ? delta.mul(u) : delta.mul(u).sumKeeping(within);
        Tensor product = delta.mul(along).mul((double) examples);
        return weighting == null ? product : weighting.over(product);
    }
}
