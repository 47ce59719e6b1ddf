package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sequences that a net must keep in mind and repeat at the end: the noiseless memorization tasks of Hochreiter and
 * Schmidhuber (Neural Computation 9, 1997), as Martens and Sutskever (ICML 2011) use them. Features are one-hot vectors
 * in single precision.
 *
 * <p>A sequence of T steps begins with some characters. Then come fillers, a cue just before the last steps, and
 * fillers again for as many steps as there were characters. The target at each of these last steps is a character, in
 * the order in which they were shown; at all other steps it is the filler. Filler and cue are symbols of their own, so
 * the number of symbols is that of the characters plus 2: characters are 0 to K - 1, the filler is K, the cue K + 1.
 */
public final class Memorization {
    private static final int FIVE = 5;
    private static final int TWO_SYMBOLS = 2;
    private static final int TEN = 10;
    private static final int FIVE_SYMBOLS = 5;

    private Memorization() {}

    /**
     * Five characters of two, so 5 bits: all 32 sequences.
     *
     * @param length T, at least 12
     * @return features [32, T, 4], target tokens [32, T]
     * @throws IllegalArgumentException if the length is out of range
     */
    public static DataSet fiveBits(int length) {
        int[][] shown = new int[1 << FIVE][FIVE];
        for (int i = 0; i < shown.length; i++) {
            int bits = i;
            Arrays.setAll(shown[i], k -> bits >> (FIVE - 1 - k) & 1);
        }
        return of(shown, TWO_SYMBOLS, length);
    }

    /**
     * Ten characters of five, so more than 20 bits: sequences at random.
     *
     * @param n the number of sequences, at least 1
     * @param length T, at least 22
     * @param seed the same seed gives the same sequences
     * @return features [n, T, 7], target tokens [n, T]
     * @throws IllegalArgumentException if n or length is out of range
     */
    public static DataSet twentyBits(int n, int length, long seed) {
        if (n < 1) {
            throw new IllegalArgumentException("memorization: at least 1 sequence is needed, found " + n);
        }
        requireLength(n, TEN, FIVE_SYMBOLS + 2, length);
        Rng rng = new Rng(seed);
        IntUnaryOperator draw = k -> rng.nextInt(FIVE_SYMBOLS);
        int[][] shown = new int[n][TEN];
        for (int[] characters : shown) {
            Arrays.setAll(characters, draw);
        }
        return of(shown, FIVE_SYMBOLS, length);
    }

    private static void requireLength(int n, int count, int width, int length) {
        if (length < 2 * count + 2 || (long) n * length > (Integer.MAX_VALUE - 8) / width) {
            throw new IllegalArgumentException("memorization: " + n + " sequences of " + count + " characters need "
                    + (2 * count + 2) + " steps or more, and fewer than 2^31 numbers in all, found " + length
                    + " steps of " + width + " numbers");
        }
        Check.arrayLength("the targets of memorization", (long) n * length, Long.BYTES);
    }

    private static DataSet of(int[][] shown, int characters, int length) {
        int count = shown[0].length;
        int n = shown.length;
        int filler = characters;
        int cue = characters + 1;
        int width = characters + 2;
        requireLength(n, count, width, length);
        INDArray features = Arena.create(DType.FLOAT32, Shape.of(n, length, width));
        Elements symbols = Elements.of(features);
        long[] targets = new long[n * length];
        Arrays.fill(targets, filler);
        int end = length - count;
        for (int i = 0; i < n; i++) {
            for (int t = 0; t < length; t++) {
                int symbol = t < count ? shown[i][t] : t == end - 1 ? cue : filler;
                symbols.set((i * length + t) * width + symbol, 1);
            }
            for (int k = 0; k < count; k++) {
                targets[i * length + end + k] = shown[i][k];
            }
        }
        return DataSet.ofSequences(features, Arena.view(Arena.ofIntegers(targets), 0, Shape.of(n, length)));
    }
}
