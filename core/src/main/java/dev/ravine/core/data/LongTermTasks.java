package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sequences whose answer depends on a few early steps: the tasks of Hochreiter and Schmidhuber (Neural Computation 9,
 * 1997), with the positions and lengths that Martens and Sutskever (ICML 2011) gave them. Features are in single
 * precision.
 *
 * <p>With a length T, and t = T / 100, sequences of {@link #addition}, {@link #multiplication} and
 * {@link #temporalOrder} have a length from T to below 1.1 T, and those of {@link #xor} half of it. All sequences of a
 * data set end together: shorter ones have steps of zeros before their beginning.
 */
public final class LongTermTasks {
    private static final int DISTRACTORS = 4;
    private static final int PERMUTED = 100;
    private static final int SHORTEST = 20;

    private LongTermTasks() {}

    /** Where a task marks steps: each mark is uniform between two shares of T. */
    private record Marks(double share, List<double[]> ranges) {
        int place(int i, int length, Rng rng) {
            int from = (int) Math.ceil(ranges.get(i)[0] * length);
            int to = Math.max(from + 1, (int) Math.ceil(ranges.get(i)[1] * length));
            return from + rng.nextInt(to - from);
        }
    }

    private static final Marks SUMS = new Marks(1, List.of(new double[] {0.01, 0.1}, new double[] {0.1, 0.5}));
    private static final Marks BITS = new Marks(0.5, List.of(new double[] {0.01, 0.1}, new double[] {0.15, 0.25}));
    private static final Marks TWO = new Marks(1, List.of(new double[] {0.01, 0.1}, new double[] {0.4, 0.5}));
    private static final Marks THREE =
            new Marks(1, List.of(new double[] {0.01, 0.1}, new double[] {0.3, 0.4}, new double[] {0.5, 0.6}));

    /**
     * Each step is a number from 0 to below 1 and a marker. The marker is 1 at two steps, in the first tenth of T and
     * between a tenth and half of it, -1 at the first step and at the third from the end, else 0. The target is 1/2 +
     * (a + b) / 4 for the marked numbers a and b. An answer counts as wrong if it is off by more than 0.04.
     *
     * @param n the number of sequences, at least 1
     * @param length T, at least 20
     * @param seed the same seed gives the same sequences
     * @return features [n, steps, 2], targets [n, 1]
     * @throws IllegalArgumentException if n or length is out of range
     */
    public static DataSet addition(int n, int length, long seed) {
        return marked(n, length, seed, (a, b) -> 0.5 + (a + b) / 4);
    }

    /**
     * As {@link #addition}, with the product of the marked numbers as the target.
     *
     * @param n the number of sequences, at least 1
     * @param length T, at least 20
     * @param seed the same seed gives the same sequences
     * @return features [n, steps, 2], targets [n, 1]
     * @throws IllegalArgumentException if n or length is out of range
     */
    public static DataSet multiplication(int n, int length, long seed) {
        return marked(n, length, seed, (a, b) -> a * b);
    }

    /**
     * Each step is a bit and a marker, which is 1 at two steps, from T / 100 to T / 10 and from 0.15 T to 0.25 T, -1 at
     * the first and at the third from the end, else 0. The target is 1 if the marked bits differ, else 0.
     *
     * @param n the number of sequences, at least 1
     * @param length T, at least 20
     * @param seed the same seed gives the same sequences
     * @return features [n, steps, 2], targets [n, 1] for a logistic output
     * @throws IllegalArgumentException if n or length is out of range
     */
    public static DataSet xor(int n, int length, long seed) {
        Sequences made = Sequences.ofRandomLength(n, length, BITS.share, 2, seed);
        INDArray targets = Arena.create(DType.FLOAT32, Shape.of(n, 1));
        for (int i = 0; i < n; i++) {
            int steps = made.begin(i);
            for (int s = 0; s < steps; s++) {
                made.set(s, 0, made.rng.nextBoolean() ? 1 : 0);
            }
            int[] places = made.mark(BITS, steps);
            Elements.of(targets).set(i, made.get(places[0], 0) == made.get(places[1], 0) ? 0 : 1);
        }
        return DataSet.of(made.features, targets);
    }

    /**
     * Each step is one of eight symbols, as a one-hot vector: four distractors, X, Y, a first symbol and a last one.
     * Two steps, from T / 100 to T / 10 and from 0.4 T to T / 2, or three steps, from 0.3 T to 0.4 T and from T / 2 to
     * 0.6 T beside the first, are X or Y. The class says which: bit k is 1 if the k-th of them, counted from the last,
     * is Y.
     *
     * @param n the number of sequences, at least 1
     * @param length T, at least 20
     * @param bits 2 or 3
     * @param seed the same seed gives the same sequences
     * @return features [n, steps, 8], labels 0 to 2^bits - 1
     * @throws IllegalArgumentException if n, length or bits is out of range
     */
    public static DataSet temporalOrder(int n, int length, int bits, long seed) {
        if (bits != 2 && bits != 3) {
            throw new IllegalArgumentException("temporal order is of 2 or 3 symbols, found " + bits);
        }
        Marks marks = bits == 2 ? TWO : THREE;
        Sequences made = Sequences.ofRandomLength(n, length, marks.share, DISTRACTORS + 4, seed);
        long[] labels = new long[n];
        for (int i = 0; i < n; i++) {
            int steps = made.begin(i);
            int[] symbols = made.rng.ints(steps, 0, DISTRACTORS).toArray();
            for (int k = 0; k < bits; k++) {
                int symbol = made.rng.nextInt(2);
                symbols[marks.place(k, length, made.rng)] = DISTRACTORS + symbol;
                labels[i] = 2 * labels[i] + symbol;
            }
            symbols[0] = DISTRACTORS + 2;
            symbols[steps - 1] = DISTRACTORS + 3;
            for (int s = 0; s < steps; s++) {
                made.set(s, symbols[s], 1);
            }
        }
        return DataSet.of(made.features, Arena.ofIntegers(labels));
    }

    /**
     * Each step is one of 100 symbols, as a one-hot vector. The first one is 0 or 1, and the others are drawn from 2 to
     * 99. The label is the first symbol, to be told after T steps. The published task also predicts each next symbol,
     * which cannot be known.
     *
     * @param n the number of sequences, at least 1
     * @param length T, at least 20
     * @param seed the same seed gives the same sequences
     * @return features [n, T, 100], labels 0 and 1
     * @throws IllegalArgumentException if n or length is out of range
     */
    public static DataSet randomPermutation(int n, int length, long seed) {
        Sequences made = new Sequences(n, length, length, length, PERMUTED, seed);
        long[] labels = new long[n];
        for (int i = 0; i < n; i++) {
            made.begin(i);
            labels[i] = made.rng.nextInt(2);
            made.set(0, (int) labels[i], 1);
            for (int s = 1; s < length; s++) {
                made.set(s, 2 + made.rng.nextInt(PERMUTED - 2), 1);
            }
        }
        return DataSet.of(made.features, Arena.ofIntegers(labels));
    }

    private interface Answer {
        double of(double a, double b);
    }

    private static DataSet marked(int n, int length, long seed, Answer answer) {
        Sequences made = Sequences.ofRandomLength(n, length, SUMS.share, 2, seed);
        INDArray targets = Arena.create(DType.FLOAT32, Shape.of(n, 1));
        for (int i = 0; i < n; i++) {
            int steps = made.begin(i);
            for (int s = 0; s < steps; s++) {
                made.set(s, 0, made.rng.nextDouble());
            }
            int[] places = made.mark(SUMS, steps);
            Elements.of(targets).set(i, answer.of(made.get(places[0], 0), made.get(places[1], 0)));
        }
        return DataSet.of(made.features, targets);
    }

    /** Sequences that end together, written one after the other. */
    private static final class Sequences {
        final Rng rng;
        final INDArray features;
        private final Elements elements;
        private final int length;
        private final int least;
        private final int most;
        private final int width;
        private int start;

        /** With lengths from a share of T to below 1.1 times as many. */
        static Sequences ofRandomLength(int n, int length, double share, int width, long seed) {
            int least = (int) Math.ceil(share * length);
            // 1.1 T without the rounding of 1.1.
            int most = (int) Math.ceil(share * (length + length / 10.0)) - 1;
            return new Sequences(n, length, least, Math.max(least, most), width, seed);
        }

        Sequences(int n, int length, int least, int most, int width, long seed) {
            if (n < 1 || length < SHORTEST) {
                throw new IllegalArgumentException("at least 1 sequence with a length of at least " + SHORTEST
                        + " is needed, found " + n + " of length " + length);
            }
            long numbers = (long) n * most * width;
            if (numbers > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException(n + " sequences of " + most + " steps with " + width
                        + " numbers are " + numbers + " numbers, more than an array holds: make fewer");
            }
            this.length = length;
            this.least = least;
            this.most = most;
            this.width = width;
            rng = new Rng(seed);
            features = Arena.create(DType.FLOAT32, Shape.of(n, most, width));
            elements = Elements.of(features);
        }

        /** Begins a sequence; {@return its length} */
        int begin(int i) {
            int steps = least + rng.nextInt(most + 1 - least);
            start = (i * most + most - steps) * width;
            return steps;
        }

        void set(int step, int column, double value) {
            elements.set(start + step * width + column, value);
        }

        double get(int step, int column) {
            return elements.get(start + step * width + column);
        }

        /** Sets the markers; {@return the steps that are marked with 1} */
        int[] mark(Marks marks, int steps) {
            int[] places = {marks.place(0, length, rng), marks.place(1, length, rng)};
            set(0, 1, -1);
            set(steps - 3, 1, -1);
            set(places[0], 1, 1);
            set(places[1], 1, 1);
            return places;
        }
    }
}
