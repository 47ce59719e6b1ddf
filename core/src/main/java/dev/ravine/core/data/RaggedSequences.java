package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Collects sequences of different lengths, and makes a data set of them: all are filled up to the longest one with
 * padding behind their ends. A model learns where the padding is in one of two ways:
 *
 * <ul>
 *   <li>Sequences of tokens are filled with a padding token, from which {@code Embedding.mask} makes the mask.
 *   <li>Sequences of numbers are filled with zeros, and have one more column: 1 at steps that count and 0 at padding.
 * </ul>
 *
 * <p>Targets at padding are {@value #IGNORED}, which token losses and metrics leave out.
 */
public final class RaggedSequences {
    /** The target of a step that does not count. */
    public static final long IGNORED = -100;

    private final int width;
    private final long padding;
    private final List<double[]> steps = new ArrayList<>();
    private final List<long[]> targets = new ArrayList<>();
    private boolean isLabelled;
    private int longest;

    private RaggedSequences(int width, long padding) {
        this.width = width;
        this.padding = padding;
    }

    /**
     * {@return no sequences of tokens yet}
     *
     * @param padding the token behind the end of a sequence
     */
    public static RaggedSequences ofTokens(long padding) {
        return new RaggedSequences(0, padding);
    }

    /**
     * {@return no sequences of numbers yet}
     *
     * @param width the numbers of a step, at least 1
     * @throws IllegalArgumentException if the width is less than 1
     */
    public static RaggedSequences ofNumbers(int width) {
        return new RaggedSequences(Check.atLeastOne("ragged sequences: the width of a step", width), 0);
    }

    /**
     * Adds tokens with a target at each step.
     *
     * @param tokens at least one
     * @param targetTokens one for each token; {@link #IGNORED} where none counts
     * @return this
     * @throws ShapeException if there are no tokens, or another number of targets
     */
    public RaggedSequences add(long[] tokens, long[] targetTokens) {
        return add(ofTokens(tokens), targetTokens.clone(), false);
    }

    /**
     * Adds tokens with one label.
     *
     * @param tokens at least one
     * @param label the class of the whole sequence
     * @return this
     * @throws ShapeException if there are no tokens
     */
    public RaggedSequences addLabelled(long[] tokens, long label) {
        return add(ofTokens(tokens), new long[] {label}, true);
    }

    /**
     * Adds numbers with a target at each step.
     *
     * @param numbers a row for each step
     * @param targetTokens one for each step; {@link #IGNORED} where none counts
     * @return this
     * @throws ShapeException if there are no steps, a row has another width, or there is another number of targets
     */
    public RaggedSequences add(double[][] numbers, long[] targetTokens) {
        return add(ofRows(numbers), targetTokens.clone(), false);
    }

    /**
     * Adds numbers with one label.
     *
     * @param numbers a row for each step
     * @param label the class of the whole sequence
     * @return this
     * @throws ShapeException if there are no steps, or a row has another width
     */
    public RaggedSequences addLabelled(double[][] numbers, long label) {
        return add(ofRows(numbers), new long[] {label}, true);
    }

    private double[] ofTokens(long[] tokens) {
        if (width != 0) {
            throw new ShapeException("ragged sequences: these have steps of " + width + " numbers, found tokens");
        }
        return Arrays.stream(tokens).asDoubleStream().toArray();
    }

    private double[] ofRows(double[][] rows) {
        if (width == 0) {
            throw new ShapeException(
                    "ragged sequences: these have tokens, found rows of numbers; begin with ofNumbers");
        }
        Check.noNullsIn("the rows of a sequence", rows);
        for (int t = 0; t < rows.length; t++) {
            if (rows[t].length != width) {
                throw new ShapeException("ragged sequences: sequence " + steps.size() + ", step " + t + ": expected "
                        + width + " numbers, found " + rows[t].length);
            }
        }
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    private RaggedSequences add(double[] numbers, long[] target, boolean hasLabel) {
        String where = "ragged sequences: sequence " + steps.size();
        int length = numbers.length / Math.max(1, width);
        if (length == 0) {
            throw new ShapeException(where + " has no steps; leave it out");
        }
        if (!steps.isEmpty() && hasLabel != isLabelled) {
            throw new ShapeException(where + " has " + (hasLabel ? "a label" : "a target at each step")
                    + ", unlike those before; add all in one way");
        }
        if (!hasLabel && target.length != length) {
            throw new ShapeException(where + " has " + length + " steps and " + target.length
                    + " targets; give one for each step, or addLabelled for one label");
        }
        steps.add(numbers);
        targets.add(target);
        isLabelled = hasLabel;
        longest = Math.max(longest, length);
        return this;
    }

    /** {@return the number of sequences} */
    public int size() {
        return steps.size();
    }

    /** {@return the steps of the longest sequence; 0 if there are no sequences} */
    public int longest() {
        return longest;
    }

    /**
     * {@return all sequences, filled up to the longest one}
     *
     * @throws ShapeException if there are none
     */
    public DataSet build() {
        return build(longest);
    }

    /**
     * {@return all sequences, filled up to a given length: features INT64 [sequences, length] of tokens or FLOAT32
     * [sequences, length, width + 1] of numbers with the mask; targets INT64 [sequences, length], or [sequences]
     * labels}
     *
     * @param length such as that of the training data, for test data
     * @throws ShapeException if there are no sequences, or one is longer
     */
    public DataSet build(int length) {
        if (steps.isEmpty() || length < longest) {
            throw new ShapeException("ragged sequences: " + steps.size() + " sequences of up to " + longest
                    + " steps do not fill a data set of " + length + " steps; add sequences, or take a larger length");
        }
        INDArray features = width == 0 ? tokens(length) : numbers(length);
        return DataSet.ofSequences(features, isLabelled ? labels() : targetTokens(length));
    }

    private INDArray tokens(int length) {
        long[] all = new long[Math.multiplyExact(steps.size(), length)];
        Arrays.fill(all, padding);
        for (int i = 0; i < steps.size(); i++) {
            double[] tokens = steps.get(i);
            for (int t = 0; t < tokens.length; t++) {
                all[i * length + t] = (long) tokens[t];
            }
        }
        return matrix(all, length);
    }

    private INDArray numbers(int length) {
        INDArray all = Arena.create(DType.FLOAT32, Shape.of(steps.size(), length, width + 1));
        Elements elements = Elements.of(all);
        for (int i = 0; i < steps.size(); i++) {
            double[] numbers = steps.get(i);
            for (int t = 0; t < numbers.length / width; t++) {
                int row = (i * length + t) * (width + 1);
                for (int k = 0; k < width; k++) {
                    elements.set(row + k, DType.FLOAT32.checked(numbers[t * width + k]));
                }
                elements.set(row + width, 1);
            }
        }
        return all;
    }

    private INDArray targetTokens(int length) {
        long[] all = new long[Math.multiplyExact(steps.size(), length)];
        Arrays.fill(all, IGNORED);
        for (int i = 0; i < targets.size(); i++) {
            System.arraycopy(targets.get(i), 0, all, i * length, targets.get(i).length);
        }
        return matrix(all, length);
    }

    private INDArray labels() {
        return Arena.ofIntegers(targets.stream().mapToLong(t -> t[0]).toArray());
    }

    private INDArray matrix(long[] all, int length) {
        INDArray flat = Arena.ofIntegers(all);
        return Arena.view(flat, 0, Shape.of(steps.size(), length));
    }
}
