package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Cuts a data set into parts to train on and parts to test with. Each example is in one of the parts. The parts depend
 * only on the number of examples, their labels where classes are kept in proportion, and the seed; they are copies.
 */
public final class Splits {
    private Splits() {}

    /**
     * {@return a random part of the examples to test with, and the others to train on}
     *
     * @param data at least two examples
     * @param testFraction between 0 and 1; the number of test examples is rounded up, and neither part is empty
     * @param seed the same seed gives the same parts
     * @throws IllegalArgumentException if the fraction is not between 0 and 1, or there is one example only
     */
    public static TrainTest trainTest(DataSet data, double testFraction, long seed) {
        return rows(data.size(), testFraction, seed).of(data);
    }

    /** The rows of two parts. */
    static final class Rows {
        private final int[] train;
        private final int[] test;

        private Rows(int[] train, int[] test) {
            this.train = train;
            this.test = test;
        }

        TrainTest of(DataSet data) {
            return new TrainTest(data.take(train), data.take(test));
        }

        <T> List<T> train(List<T> all) {
            return Arrays.stream(train).mapToObj(all::get).toList();
        }
    }

    /** The rows of a random split. */
    static Rows rows(int examples, double testFraction, long seed) {
        int train = examples - testSize(examples, testFraction);
        int[] order = new Rng(seed).permutation(examples);
        return new Rows(Arrays.copyOfRange(order, 0, train), Arrays.copyOfRange(order, train, examples));
    }

    /**
     * {@return a random part of each class to test with, and the others to train on} The parts of the classes are in
     * proportion to their sizes, as far as whole examples allow; a class of one example may be in either part.
     *
     * @param data at least two examples with labels
     * @param testFraction between 0 and 1; the number of test examples is rounded up, and neither part is empty
     * @param seed the same seed gives the same parts
     * @throws IllegalArgumentException if the fraction is not between 0 and 1, or there is one example only, or the
     *     data have no labels
     */
    public static TrainTest stratified(DataSet data, double testFraction, long seed) {
        return stratifiedRows(labels(data), testFraction, seed).of(data);
    }

    /** The rows of a split that keeps classes in proportion. */
    static Rows stratifiedRows(int[] labels, double testFraction, long seed) {
        int test = testSize(labels.length, testFraction);
        Rng rng = new Rng(seed);
        int[] order = spread(byClass(labels, rng), labels.length, test);
        int train = labels.length - test;
        return new Rows(
                mixed(Arrays.copyOfRange(order, 0, train), rng),
                mixed(Arrays.copyOfRange(order, train, order.length), rng));
    }

    /**
     * {@return k pairs of parts for cross-validation} Each example is in the test part of one of the pairs. Sizes of
     * test parts differ by one example at most.
     *
     * @param data at least k examples
     * @param k the number of parts, at least 2
     * @param seed the same seed gives the same parts
     * @throws IllegalArgumentException if k is less than 2 or more than the number of examples
     */
    public static List<TrainTest> folds(DataSet data, int k, long seed) {
        checkFolds(data, k);
        return folds(data, k, new Rng(seed).permutation(data.size()), rows -> rows);
    }

    /**
     * {@return k pairs of parts for cross-validation, with all classes in proportion} The numbers of a class in two
     * test parts differ by one example at most, and so do the sizes of the parts.
     *
     * @param data at least k examples with labels
     * @param k the number of parts, at least 2
     * @param seed the same seed gives the same parts
     * @throws IllegalArgumentException if k is less than 2 or more than the number of examples, or the data have no
     *     labels
     */
    public static List<TrainTest> stratifiedFolds(DataSet data, int k, long seed) {
        checkFolds(data, k);
        // Dealt out one by one, class after class, so each part gets every k-th example of a class.
        Rng rng = new Rng(seed);
        int[] dealt =
                byClass(labels(data), rng).stream().flatMapToInt(Arrays::stream).toArray();
        return folds(data, k, dealt, rows -> mixed(rows, rng));
    }

    private static int testSize(int examples, double fraction) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException(
                    "the fraction of test examples must be between 0 and 1, and neither, found " + fraction);
        }
        if (examples < 2) {
            throw new IllegalArgumentException("a split needs at least 2 examples, found " + examples);
        }
        // A product such as 0.1 * 30 may be a rounding error above a whole number.
        double size = Math.ceil(fraction * examples * (1 - 1e-12));
        return (int) Math.max(1, Math.min(examples - 1, size));
    }

    private static void checkFolds(DataSet data, int k) {
        if (k < 2 || k > data.size()) {
            throw new IllegalArgumentException(
                    "the number of folds must be from 2 to the number of examples, " + data.size() + ", found " + k);
        }
    }

    /** Position i of the order belongs to part i modulo k. */
    private static List<TrainTest> folds(DataSet data, int k, int[] order, UnaryOperator<int[]> mixing) {
        List<TrainTest> folds = new ArrayList<>();
        int n = order.length;
        for (int fold = 0; fold < k; fold++) {
            int[] train = new int[n];
            int[] test = new int[n];
            int trained = 0;
            int tested = 0;
            for (int i = 0; i < n; i++) {
                if (i % k == fold) {
                    test[tested++] = order[i];
                } else {
                    train[trained++] = order[i];
                }
            }
            folds.add(new TrainTest(
                    data.take(mixing.apply(Arrays.copyOf(train, trained))),
                    data.take(mixing.apply(Arrays.copyOf(test, tested)))));
        }
        return List.copyOf(folds);
    }

    private static int[] labels(DataSet data) {
        if (!data.hasLabels()) {
            throw new IllegalArgumentException(
                    "classes are kept in proportion by labels, the data have targets of shape " + data.targetShape()
                            + "; split them without regard to classes");
        }
        return Arrays.stream(Arena.toDoubles(data.targets()))
                .mapToInt(label -> (int) label)
                .toArray();
    }

    /** The examples of each class that occurs, in random order. */
    private static List<int[]> byClass(int[] labels, Rng rng) {
        Map<Integer, List<Integer>> classes = new TreeMap<>();
        for (int row : rng.permutation(labels.length)) {
            classes.computeIfAbsent(labels[row], label -> new ArrayList<>()).add(row);
        }
        return classes.values().stream()
                .map(rows -> rows.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    /** All rows, those to train on first: each class gives its share of the test, rounded by largest remainders. */
    private static int[] spread(List<int[]> classes, int examples, int test) {
        int[] shares = new int[classes.size()];
        double[] remainders = new double[shares.length];
        int left = test;
        for (int c = 0; c < shares.length; c++) {
            double share = (double) test * classes.get(c).length / examples;
            shares[c] = (int) share;
            remainders[c] = share - shares[c];
            left -= shares[c];
        }
        for (; left > 0; left--) {
            int most = 0;
            for (int c = 1; c < shares.length; c++) {
                most = remainders[c] > remainders[most] ? c : most;
            }
            shares[most]++;
            remainders[most] = -1;
        }
        int[] order = new int[examples];
        int trained = 0;
        int tested = examples - test;
        for (int c = 0; c < shares.length; c++) {
            int[] rows = classes.get(c);
            int kept = rows.length - shares[c];
            System.arraycopy(rows, 0, order, trained, kept);
            System.arraycopy(rows, kept, order, tested, shares[c]);
            trained += kept;
            tested += shares[c];
        }
        return order;
    }

    /** Rows in random order: classes are mixed for batches that are taken in order. */
    private static int[] mixed(int[] rows, Rng rng) {
        int[] order = rng.permutation(rows.length);
        return Arrays.stream(order).map(i -> rows[i]).toArray();
    }
}
