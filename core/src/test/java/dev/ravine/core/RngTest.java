package dev.ravine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RngTest {
    private static final int MANY = 400_000;

    @Test
    void outputsAreThoseOfSplitMix64() {
        // The first outputs for seed 1234567 that implementations of SplitMix64 are checked with.
        Rng rng = new Rng(1234567);
        assertThat(rng.nextLong()).isEqualTo(6457827717110365317L);
        assertThat(rng.nextLong()).isEqualTo(3203168211198807973L);
        assertThat(Long.toUnsignedString(rng.nextLong())).isEqualTo("9817491932198370423");
    }

    @Test
    void theSameSeedGivesTheSameNumbers() {
        Rng a = new Rng(42);
        Rng b = new Rng(42);
        for (int i = 0; i < 100; i++) {
            assertThat(a.nextGaussian()).isEqualTo(b.nextGaussian());
            assertThat(a.nextInt(7)).isEqualTo(b.nextInt(7));
        }
        assertThat(new Rng(42).nextLong()).isNotEqualTo(new Rng(43).nextLong());
    }

    @Test
    void aRestoredStateContinuesTheSequence() {
        Rng rng = new Rng(5);
        rng.nextGaussian();
        rng.nextInt(10);
        Rng restored = new Rng(rng.state());
        for (int i = 0; i < 100; i++) {
            assertThat(restored.nextGaussian()).isEqualTo(rng.nextGaussian());
        }
    }

    @Test
    void splittingDoesNotAdvance() {
        Rng rng = new Rng(5);
        long state = rng.state();
        assertThat(rng.split(1).nextLong()).isEqualTo(rng.split(1).nextLong());
        assertThat(rng.split("w").nextLong()).isEqualTo(rng.split("w").nextLong());
        assertThat(rng.state()).isEqualTo(state);
    }

    @Test
    void splitsAreIndependent() {
        Rng rng = new Rng(5);
        Set<Long> first = new HashSet<>();
        for (long key = -500; key < 500; key++) {
            first.add(rng.split(key).nextLong());
            first.add(rng.split("layer" + key).nextLong());
        }
        first.add(rng.nextLong());
        assertThat(first).hasSize(2001);
        for (long key = 0; key < 20; key++) {
            Rng a = rng.split(key);
            Rng b = rng.split(key + 1);
            double correlation = 0;
            for (int i = 0; i < 20_000; i++) {
                correlation += a.nextGaussian() * b.nextGaussian();
            }
            // Five standard deviations of the mean of 20,000 products.
            assertThat(correlation / 20_000).isCloseTo(0, within(5 / Math.sqrt(20_000)));
        }
    }

    @Test
    void namesThatShareLettersSplitDifferently() {
        Rng rng = new Rng(5);
        assertThat(rng.split("ab").nextLong()).isNotEqualTo(rng.split("ba").nextLong());
        assertThat(rng.split("").nextLong()).isNotEqualTo(rng.split("a").nextLong());
    }

    @Test
    void momentsOfGaussianNumbers() {
        Rng rng = new Rng(20261);
        double[] sums = new double[4];
        for (int i = 0; i < MANY; i++) {
            double g = rng.nextGaussian();
            sums[0] += g;
            sums[1] += g * g;
            sums[2] += g * g * g;
            sums[3] += g * g * g * g;
        }
        // Five standard deviations: the variances of g, g^2, g^3, g^4 are 1, 2, 15, 96.
        double[] expected = {0, 1, 0, 3};
        double[] variance = {1, 2, 15, 96};
        for (int k = 0; k < 4; k++) {
            assertThat(sums[k] / MANY).isCloseTo(expected[k], within(5 * Math.sqrt(variance[k] / MANY)));
        }
    }

    @Test
    void momentsOfUniformNumbers() {
        Rng rng = new Rng(20261);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < MANY; i++) {
            double u = rng.nextDouble();
            assertThat(u >= 0 && u < 1).isTrue();
            sum += u;
            squares += u * u;
        }
        assertThat(sum / MANY).isCloseTo(0.5, within(5 * Math.sqrt(1.0 / 12 / MANY)));
        assertThat(squares / MANY).isCloseTo(1.0 / 3, within(5 * Math.sqrt(4.0 / 45 / MANY)));
    }

    @Test
    void permutationsHoldEveryNumberOnce() {
        for (int n : new int[] {0, 1, 2, 17, 1000}) {
            int[] order = new Rng(3).permutation(n);
            assertThat(Arrays.stream(order).sorted().toArray())
                    .isEqualTo(IntStream.range(0, n).toArray());
            assertThat(new Rng(3).permutation(n)).isEqualTo(order);
        }
    }

    @Test
    void permutationsAreUniform() {
        Rng rng = new Rng(20261);
        int[][] counts = new int[4][4];
        for (int i = 0; i < 40_000; i++) {
            int[] order = rng.permutation(4);
            for (int place = 0; place < 4; place++) {
                counts[place][order[place]]++;
            }
        }
        for (int[] row : counts) {
            for (int count : row) {
                assertThat((double) count).isCloseTo(10_000, within(5 * Math.sqrt(40_000 * 0.25 * 0.75)));
            }
        }
    }
}
