package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.nn.Fans;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * A row of numbers for each token: from INT64 tokens [examples, ...] to [examples, ..., width]. Its parameter is
 * {@code weight} [tokens, width]; as in PyTorch, it begins with numbers from N(0, 1).
 *
 * <p>A padding token gives zeros, whatever its row holds, so the gradient of this row is 0. The row begins with zeros.
 * A token outside of 0 to tokens - 1 is an {@link IndexOutOfBoundsException} that names the layer.
 */
public final class Embedding extends Module {
    private static final long NONE = -1;

    private final Parameter weight;
    private final long padding;

    /**
     * Makes a layer.
     *
     * @param tokens how many different tokens there are, at least 1
     * @param width numbers for each token, at least 1
     */
    public Embedding(long tokens, long width) {
        this(tokens, width, Initializer.normal(1));
    }

    /**
     * Makes a layer with given initial numbers.
     *
     * @param tokens how many different tokens there are, at least 1
     * @param width numbers for each token, at least 1
     * @param weights fills the table; each token has a fan-in of 1
     */
    public Embedding(long tokens, long width, Initializer weights) {
        this(tokens, width, weights, NONE);
    }

    private Embedding(long tokens, long width, Initializer weights, long padding) {
        Check.atLeastOne("embedding: tokens", tokens);
        Check.atLeastOne("embedding: width", width);
        this.padding = padding;
        Initializer filled = padding == NONE ? weights : withZeroRow(weights, padding, width);
        weight = parameter("weight", filled, new Fans(1, width), tokens, width);
    }

    /**
     * {@return a layer with a padding token}
     *
     * @param tokens how many different tokens there are, the padding included
     * @param width numbers for each token
     * @param padding the token that fills up short sequences, from 0 to tokens - 1
     * @throws IllegalArgumentException if the padding is no token
     */
    public static Embedding withPadding(long tokens, long width, long padding) {
        if (padding < 0 || padding >= tokens) {
            throw new IllegalArgumentException(
                    "embedding: the padding must be one of the tokens 0.." + (tokens - 1) + ", found " + padding);
        }
        return new Embedding(tokens, width, Initializer.normal(1), padding);
    }

    private static Initializer withZeroRow(Initializer weights, long row, long width) {
        return (parameter, fans, rng) -> {
            weights.fill(parameter, fans, rng);
            Elements numbers = Elements.of(parameter);
            for (int i = 0; i < width; i++) {
                numbers.set((int) (row * width) + i, 0);
            }
        };
    }

    /** {@return the token that gives zeros; empty if there is none} */
    public OptionalLong padding() {
        return padding == NONE ? OptionalLong.empty() : OptionalLong.of(padding);
    }

    @Override
    public Tensor forward(Tensor tokens) {
        Tensor rows = weight.tensor().gather(checked(tokens));
        if (padding == NONE) {
            return rows;
        }
        Tensor counts = mask(tokens, rows.dtype());
        long[] dims = Arrays.copyOf(counts.shape().toArray(), counts.shape().rank() + 1);
        dims[dims.length - 1] = 1;
        return rows.mul(counts.reshape(Shape.of(dims)));
    }

    /**
     * {@return 1 where a token is not the padding and 0 where it is, of the shape of the tokens} As the mask of
     * recurrent layers and attention.
     *
     * @param tokens INT64
     * @param dtype of the result
     * @throws IllegalStateException if this layer has no padding
     */
    public Tensor mask(Tensor tokens, DType dtype) {
        if (padding == NONE) {
            throw new IllegalStateException("this embedding has no padding token, which a mask is made from; make it by"
                    + " Embedding.withPadding");
        }
        double[] counts = new double[(int) weight.shape().size(0)];
        Arrays.fill(counts, 1);
        counts[(int) padding] = 0;
        return Tensor.constant(dtype, Shape.of(counts.length), counts).gather(checked(tokens));
    }

    /**
     * {@return the product of each row and each token's numbers, [..., tokens]: the logits of a model whose output
     * shares the weights of its embedding} Press and Wolf (EACL 2017).
     *
     * @param x [..., width]
     */
    public Tensor logits(Tensor x) {
        return apply(x, in -> {
            Sizes.requireLast("embedding", in, weight.shape().size(1));
            Tensor products = Sizes.rows(in).matmul(weight.tensor(), false, true);
            long[] dims = in.shape().toArray();
            dims[dims.length - 1] = weight.shape().size(0);
            return products.reshape(Shape.of(dims));
        });
    }

    private Tensor checked(Tensor tokens) {
        return Tensor.of(new TokenRange(path(), weight.shape().size(0)), tokens);
    }
}
