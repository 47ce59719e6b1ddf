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

    /** The products A v of a matrix. */
    List<Tensor> products(Curvature curvature, List<Tensor> parameters, List<Tensor> vectors) {
        return switch (curvature) {
            case HESSIAN -> Autodiff.hvp(loss, parameters, vectors);
            case STRUCTURAL -> Autodiff.through(hiddenStates(null), parameters, vectors);
            default -> Autodiff.through(List.of(throughOutputs(curvature)), parameters, vectors);
        };
    }

    /**
     * The products (A + weight S) v, with S the matrix of structural damping. Where A is J' M J, outputs and hidden
     * states share one pass forward and one backward.
     */
    List<Tensor> dampedProducts(Curvature curvature, Tensor weight, List<Tensor> parameters, List<Tensor> vectors) {
        List<Autodiff.Part> states = hiddenStates(weight);
        if (curvature.isThroughOutputs()) {
            List<Autodiff.Part> parts = new ArrayList<>(states);
            parts.add(throughOutputs(curvature));
            return Autodiff.through(parts, parameters, vectors);
        }
        List<Tensor> own = products(curvature, parameters, vectors);
        List<Tensor> structural = Autodiff.through(states, parameters, vectors);
        return IntStream.range(0, own.size())
                .mapToObj(i -> own.get(i).add(structural.get(i)))
                .toList();
    }

    private Autodiff.Part throughOutputs(Curvature curvature) {
        return new Autodiff.Part(requireOutputs(curvature), metric(curvature));
    }

    /**
     * All marked states with the diagonal matrix D of each, as a mean over examples if the loss is one, times a weight
     * unless it is null.
     */
    private List<Autodiff.Part> hiddenStates(Tensor weight) {
        List<Tensor> marked = Graph.ancestors(List.of(loss)).stream()
                .filter(t -> t.op() instanceof Preactivation)
                .toList();
        if (marked.isEmpty()) {
            throw new UnsupportedOperationException(Curvature.STRUCTURAL + " products need hidden states, and the model"
                    + " marks none: use a recurrent layer, mark them by Preactivation.activate, or do without"
                    + " structural damping");
        }
        List<Autodiff.Part> states = new ArrayList<>();
        for (Tensor state : marked) {
            // All factors are in the diagonal, which is computed once for all vectors.
            Tensor slopes = ((Preactivation) state.op()).slopes(state);
            Tensor mean = examples > 1 ? slopes.mul(1.0 / examples) : slopes;
            Tensor weighted = weighting == null ? mean : weighting.times(mean);
            Tensor diagonal = weight == null ? weighted : weighted.mul(weight);
            states.add(new Autodiff.Part(state, diagonal::mul));
        }
        return states;
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
