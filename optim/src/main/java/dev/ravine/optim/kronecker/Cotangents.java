package dev.ravine.optim.kronecker;

import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.NoiseSampler;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.List;

/** What is sent back from the outputs to make the output-side factors of {@link KroneckerFactors}. */
public enum Cotangents {
    /**
     * The gradient of the loss at a target drawn from the model's own distribution, for each example: an unbiased
     * sample of the Fisher matrix (Martens and Grosse, ICML 2015). One backward pass.
     */
    SAMPLED {
        @Override
        List<Tensor> of(ModelGraph graph) {
            return List.of(graph.outputCurvature().sampled());
        }
    },
    /**
     * B e with random signs e, where B B' is the Hessian of an example's loss in its outputs: an unbiased sample of the
     * Gauss-Newton matrix, for any loss that has such a B. One backward pass.
     */
    RADEMACHER {
        @Override
        List<Tensor> of(ModelGraph graph) {
            return List.of(graph.outputCurvature().root(signs(graph.outputs())));
        }
    },
    /**
     * Each column of B in turn, added: the Gauss-Newton matrix itself. One backward pass for each output of the model
     * (Botev, Ritter and Barber, ICML 2017, call it KFLR).
     */
    EXACT {
        @Override
        List<Tensor> of(ModelGraph graph) {
            Tensor outputs = graph.outputs();
            long width = outputs.shape().count() / outputs.shape().size(0);
            List<Tensor> columns = new ArrayList<>();
            for (long j = 0; j < width; j++) {
                columns.add(graph.outputCurvature().root(unit(outputs, j, width)));
            }
            return columns;
        }
    },
    /**
     * The gradient of the loss at the true targets. It costs no pass of its own, but is not the Fisher matrix: it
     * vanishes where the model fits.
     */
    EMPIRICAL {
        @Override
        List<Tensor> of(ModelGraph graph) {
            return List.of();
        }
    },
    /**
     * None: output-side factors are the identity, and curvature is that of the layers' inputs alone (Benzing, ICML
     * 2022).
     */
    NONE {
        @Override
        List<Tensor> of(ModelGraph graph) {
            return List.of();
        }
    };

    private static final long SEED = 0x7369676e7321L;

    /** Cotangents of the outputs, whose results are added; none for those of the loss itself. */
    abstract List<Tensor> of(ModelGraph graph);

    private static Tensor signs(Tensor outputs) {
        NoiseSampler sampler = (out, from, to, rng) -> {
            for (int i = from; i < to; i++) {
                out.set(i, rng.nextDouble() < 0.5 ? -1 : 1);
            }
        };
        return Tensor.noisePerExample("signs", outputs.dtype(), outputs.shape(), SEED, sampler);
    }

    /** The unit vector of one output, for each example. */
    private static Tensor unit(Tensor outputs, long j, long width) {
        long[] sizes = outputs.shape().toArray();
        sizes[0] = 1;
        double[] values = new double[(int) width];
        values[(int) j] = 1;
        return Tensor.constant(outputs.dtype(), Shape.of(sizes), values).broadcastTo(outputs.shape());
    }
}
