package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.autodiff.ZeroDerivative;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The same tokens, each of which must be from 0 to below a limit when the kernel runs.
 *
 * @param layer the path of the layer that needs them, for the error
 * @param limit the number of different tokens
 */
record TokenRange(String layer, long limit) implements ZeroDerivative {
    @Override
    public Shape infer(Tensor... in) {
        return in[0].shape();
    }

    @Override
    public DType dtype(Tensor... in) {
        if (in[0].dtype() != DType.INT64 || in[0].shape().rank() == 0) {
            throw new ShapeException("embedding: tokens must be INT64 [examples, ...], found " + in[0].dtype() + " "
                    + in[0].shape() + "; make them by RaggedSequences.ofTokens or Arena.ofIntegers");
        }
        return DType.INT64;
    }

    @Override
    public Kernel bind(INDArray[] in, INDArray out) {
        Elements tokens = Elements.of(in[0]);
        Elements same = Elements.of(out);
        Shape shape = Shape.of(in[0]);
        return () -> {
            for (int i = 0; i < tokens.size(); i++) {
                double token = tokens.get(i);
                if (!(token >= 0 && token < limit)) {
                    throw new IndexOutOfBoundsException("in layer '" + layer + "': embedding: token " + (long) token
                            + " of example " + i / (shape.count() / shape.size(0)) + ", at element " + i
                            + " of tokens " + shape + ", is outside of 0.." + (limit - 1)
                            + "; make the embedding for more tokens, or map unknown tokens to one of its own");
                }
                same.set(i, token);
            }
        };
    }

    @Override
    public boolean inPlace(int i) {
        return true;
    }

    @Override
    public String name() {
        return "tokenRange";
    }
}
