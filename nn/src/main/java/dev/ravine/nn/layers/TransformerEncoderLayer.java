package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.nn.Module;
import java.util.function.UnaryOperator;

/**
 * A block of a Transformer (Vaswani et al., NIPS 2017), from [examples, time, width] to the same shape, as PyTorch's
 * {@code TransformerEncoderLayer}:
 *
 * <pre>
 * post-norm: x = norm1(x + attention(x)),  y = norm2(x + feedforward(x))
 * pre-norm:  x = x + attention(norm1(x)),  y = x + feedforward(norm2(x))
 * </pre>
 *
 * <p>The feedforward net is linear1, an activation, linear2. Parts are named as in PyTorch: {@code self_attn},
 * {@code linear1}, {@code linear2}, {@code norm1}, {@code norm2}. With a causal mask it is the block of a decoder-only
 * language model.
 */
public final class TransformerEncoderLayer extends Module {
    private final long width;
    private final boolean isPreNorm;
    private final UnaryOperator<Tensor> activation;
    private final MultiheadAttention attention;
    private final Linear linear1;
    private final Linear linear2;
    private final LayerNorm norm1;
    private final LayerNorm norm2;
    private final Dropout dropout;
    private final Dropout dropout1;
    private final Dropout dropout2;

    /** Options, with PyTorch's defaults but for dropout, which is 0 here and 0.1 there. */
    public static final class Builder {
        private final long width;
        private final long heads;
        private final long feedforward;
        private boolean isPreNorm;
        private boolean isCausal;
        private double dropout;
        private double epsilon = 1e-5;
        private UnaryOperator<Tensor> activation = Tensor::relu;

        private Builder(long width, long heads, long feedforward) {
            this.width = width;
            this.heads = heads;
            this.feedforward = Check.atLeastOne("transformer: feedforward", feedforward);
        }

        /**
         * Normalizes before attention and feedforward net instead of after them (Xiong et al., ICML 2020).
         *
         * @return this
         */
        public Builder preNorm() {
            isPreNorm = true;
            return this;
        }

        /**
         * Lets each step attend only to itself and earlier steps.
         *
         * @return this
         */
        public Builder causal() {
            isCausal = true;
            return this;
        }

        /**
         * Drops weights of attention, hidden units, and outputs of both parts in training.
         *
         * @param rate from 0 to below 1; 0 by default
         * @return this
         */
        public Builder dropout(double rate) {
            dropout = rate;
            return this;
        }

        /**
         * Sets what is added to variances.
         *
         * @param newEpsilon at least 0; 1e-5 by default
         * @return this
         */
        public Builder epsilon(double newEpsilon) {
            epsilon = newEpsilon;
            return this;
        }

        /**
         * Sets the activation of the feedforward net.
         *
         * @param function an elementwise function; the default is {@code Tensor::relu}
         * @return this
         */
        public Builder activation(UnaryOperator<Tensor> function) {
            activation = function;
            return this;
        }

        /**
         * {@return the layer}
         *
         * @throws IllegalArgumentException if the heads do not divide the width, or a rate is out of range
         */
        public TransformerEncoderLayer build() {
            return new TransformerEncoderLayer(this);
        }
    }

    /**
     * Makes a post-norm layer without mask and dropout, with a rectifier.
     *
     * @param width of a step
     * @param heads divides the width
     * @param feedforward hidden units of the feedforward net
     */
    public TransformerEncoderLayer(long width, long heads, long feedforward) {
        this(builder(width, heads, feedforward));
    }

    private TransformerEncoderLayer(Builder options) {
        width = options.width;
        isPreNorm = options.isPreNorm;
        activation = options.activation;
        attention = child(
                "self_attn", new MultiheadAttention(options.width, options.heads, options.isCausal, options.dropout));
        linear1 = child("linear1", new Linear(width, options.feedforward, MultiheadAttention.uniform(width)));
        linear2 = child(
                "linear2", new Linear(options.feedforward, width, MultiheadAttention.uniform(options.feedforward)));
        norm1 = child("norm1", new LayerNorm(width, options.epsilon));
        norm2 = child("norm2", new LayerNorm(width, options.epsilon));
        dropout = child("dropout", new Dropout(options.dropout));
        dropout1 = child("dropout1", new Dropout(options.dropout));
        dropout2 = child("dropout2", new Dropout(options.dropout));
    }

    /**
     * {@return options}
     *
     * @param width of a step
     * @param heads divides the width
     * @param feedforward hidden units of the feedforward net, 2048 in PyTorch
     */
    public static Builder builder(long width, long heads, long feedforward) {
        return new Builder(width, heads, feedforward);
    }

    @Override
    public Tensor forward(Tensor x) {
        return run(x, attention::apply);
    }

    /**
     * {@return the result for sequences of different lengths, in which no step attends to padding}
     *
     * @param x [examples, time, width]
     * @param mask [examples, time], 1 at steps that count and 0 at padding
     * @throws dev.ravine.core.ShapeException if input or mask do not fit, naming the layer
     */
    public Tensor apply(Tensor x, Tensor mask) {
        return apply(x, in -> run(in, h -> attention.apply(h, mask)));
    }

    private Tensor run(Tensor x, UnaryOperator<Tensor> attend) {
        Sizes.requireSequence("transformer", x, width);
        Tensor attended = dropout1.apply(attend.apply(isPreNorm ? norm1.apply(x) : x));
        Tensor h = isPreNorm ? x.add(attended) : norm1.apply(x.add(attended));
        Tensor fed = dropout2.apply(feedforward(isPreNorm ? norm2.apply(h) : h));
        return isPreNorm ? h.add(fed) : norm2.apply(h.add(fed));
    }

    /** Dropout sees sequences, since its noise belongs to examples. */
    private Tensor feedforward(Tensor x) {
        Tensor hidden = activation.apply(linear1.apply(Sizes.rows(x)));
        Tensor kept = dropout.apply(Sizes.sequence(hidden, x));
        return Sizes.sequence(linear2.apply(Sizes.rows(kept)), x);
    }
}
