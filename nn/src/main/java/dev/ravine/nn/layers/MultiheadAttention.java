package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Fans;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;

/**
 * Attention with several heads (Vaswani et al., NIPS 2017), from [examples, time, width] to the same shape: each head
 * makes queries, keys and values of width / heads numbers, and gives softmax(q k' / sqrt(width / heads)) v. With one
 * input it is self-attention; keys and values of another sequence make it cross-attention.
 *
 * <p>Parameters are named as in PyTorch: {@code in_proj_weight} [width, 3 width] with queries, keys and values side by
 * side, {@code in_proj_bias} [3 width], and {@code out_proj}, a {@link Linear}. Initial numbers are PyTorch's too:
 * Xavier uniform by the whole matrix, and biases of zeros.
 *
 * <p>A masked key has the weight 0 exactly. It gets a score of -10^9 before the softmax, so derivatives of any
 * order are finite. A step without any key that counts attends to nothing: its heads give 0.
 */
public final class MultiheadAttention extends Module {
    private static final double MASKED = -1e9;

    private final long width;
    private final long heads;
    private final boolean isCausal;
    private final Parameter weight;
    private final Parameter bias;
    private final Dropout dropout;
    private final Linear output;

    /**
     * Makes a layer in which every step attends to all steps.
     *
     * @param width of a step
     * @param heads divides the width
     */
    public MultiheadAttention(long width, long heads) {
        this(width, heads, false, 0);
    }

    /**
     * Makes a layer.
     *
     * @param width of a step
     * @param heads divides the width
     * @param isCausal whether a step attends only to itself and earlier steps
     * @param dropout rate at which weights of attention are dropped in training, from 0 to below 1
     * @throws IllegalArgumentException if the heads do not divide the width, or the rate is out of range
     */
    public MultiheadAttention(long width, long heads, boolean isCausal, double dropout) {
        Check.atLeastOne("attention: width", width);
        Check.atLeastOne("attention: heads", heads);
        if (width % heads != 0) {
            throw new IllegalArgumentException("attention: " + heads + " heads do not divide a width of " + width
                    + "; each head has the same number of elements");
        }
        this.width = width;
        this.heads = heads;
        this.isCausal = isCausal;
        Fans fans = Fans.matrix(width, 3 * width);
        weight = parameter("in_proj_weight", Initializer.xavierUniform(), fans, width, 3 * width);
        bias = parameter("in_proj_bias", Initializer.zeros(), 3 * width);
        this.dropout = child("dropout", new Dropout(dropout));
        output = child("out_proj", new Linear(width, width, uniform(width)));
    }

    /** As PyTorch's linear layers begin. */
    static Initializer uniform(long inputs) {
        return Initializer.uniform(1 / Math.sqrt((double) inputs));
    }

    @Override
    public Tensor forward(Tensor x) {
        return attend(x, x, x, null);
    }

    /**
     * {@return the result for sequences of different lengths, in which no step attends to padding}
     *
     * @param x [examples, time, width]
     * @param mask [examples, time], 1 at steps that count and 0 at padding
     * @throws dev.ravine.core.ShapeException if input or mask do not fit, naming the layer
     */
    public Tensor apply(Tensor x, Tensor mask) {
        return apply(x, in -> {
            Sizes.requireMask("attention", in, mask);
            return attend(in, in, in, mask);
        });
    }

    /**
     * {@return the result of cross-attention, [examples, time, width]: each step of one sequence attends to all steps
     * of another}
     *
     * @param query [examples, time, width]
     * @param key [examples, other time, width]
     * @param value [examples, other time, width]
     * @param mask [examples, other time], 1 at keys that count and 0 at padding; null if all count
     * @throws dev.ravine.core.ShapeException if inputs or mask do not fit, naming the layer
     * @throws UnsupportedOperationException if this layer is causal, which is defined for one sequence
     */
    public Tensor apply(Tensor query, Tensor key, Tensor value, Tensor mask) {
        if (isCausal) {
            throw new UnsupportedOperationException("attention: a causal layer attends to its own sequence, whose steps"
                    + " are its keys; make a layer that is not causal for cross-attention");
        }
        return apply(query, in -> {
            Sizes.requireSequence("attention", key, width);
            if (!value.shape().equals(key.shape())
                    || key.shape().size(0) != in.shape().size(0)) {
                throw new ShapeException("attention: needs keys and values of one shape ["
                        + in.shape().size(0)
                        + ", time, " + width + "], with the examples of the queries, found keys " + key.shape()
                        + " and values " + value.shape());
            }
            if (mask != null) {
                Sizes.requireMask("attention", key, mask);
            }
            return attend(in, key, value, mask);
        });
    }

    private Tensor attend(Tensor query, Tensor key, Tensor value, Tensor mask) {
        Sizes.requireSequence("attention", query, width);
        boolean isSelf = query == key && key == value;
        Tensor all = isSelf ? project(query, 0, 3) : null;
        Tensor q = head(isSelf ? part(all, 0) : project(query, 0, 1), query);
        Tensor k = head(isSelf ? part(all, 1) : project(key, 1, 2), key);
        Tensor v = head(isSelf ? part(all, 2) : project(value, 2, 3), value);
        Tensor scores = q.matmul(k, false, true).mul(1 / Math.sqrt((double) width / heads));
        Tensor counts = counts(key, mask);
        Tensor weights = (counts == null ? scores : scores.add(penalty(counts))).softmax(-1);
        if (mask != null) {
            // Without this, a step whose keys are all masked would attend to all of them equally.
            weights = weights.mul(counts);
        }
        Tensor mixed = dropout.apply(weights).matmul(v).permute(0, 2, 1, 3);
        Tensor rows = mixed.reshape(query.shape().size(0) * query.shape().size(1), width);
        return Sizes.sequence(output.apply(rows), query);
    }

    /** Some thirds of the projections of a sequence, in rows. */
    private Tensor project(Tensor x, int from, int to) {
        Tensor columns = weight.tensor();
        Tensor shifts = bias.tensor();
        if (to - from < 3) {
            columns = columns.slice(1, from * width, to * width);
            shifts = shifts.slice(0, from * width, to * width);
        }
        return Sizes.rows(x).matmul(columns).add(shifts);
    }

    private Tensor part(Tensor all, int third) {
        return all.slice(1, third * width, (third + 1) * width);
    }

    /** One third of the projections of a sequence, [examples, heads, time, width / heads]. */
    private Tensor head(Tensor third, Tensor x) {
        return third.reshape(x.shape().size(0), x.shape().size(1), heads, width / heads)
                .permute(0, 2, 1, 3);
    }

    /**
     * 0 where a query may see a key, elsewhere so much that its weight is 0 whatever the score: a sum costs less than a
     * choice.
     */
    private static Tensor penalty(Tensor counts) {
        return counts.sub(counts.filled(1)).mul(-MASKED);
    }

    /**
     * 1 where a query may see a key of x, of a shape that broadcasts to [examples, heads, time, time]; null if all may.
     */
    private Tensor counts(Tensor x, Tensor mask) {
        int steps = (int) x.shape().size(1);
        Tensor padding = mask == null ? null : mask.step().reshape(x.shape().size(0), 1, 1, steps);
        if (!isCausal) {
            return padding;
        }
        double[] earlier = new double[steps * steps];
        for (int i = 0; i < earlier.length; i++) {
            earlier[i] = i % steps <= i / steps ? 1 : 0;
        }
        Tensor causal = Tensor.constant(x.dtype(), Shape.of(steps, steps), earlier);
        return padding == null ? causal : causal.mul(padding);
    }
}
