package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchesTest {
    private static final long SEED = 7;

    @ParameterizedTest
    @CsvSource({"10, 3", "10, 5", "10, 1", "10, 10", "10, 99", "1, 1", "97, 10", "5, 2147483647"})
    void everyEpochHoldsEveryRowOnce(int examples, int batchSize) {
        Batches batches = new Batches(examples, batchSize, SEED);
        for (int epoch = 0; epoch < 3; epoch++) {
            List<Integer> seen = new ArrayList<>();
            for (int i = 0; i < batches.batchesPerEpoch(); i++) {
                assertThat(batches.epoch()).isEqualTo(epoch);
                assertThat(batches.position()).isEqualTo(i);
                int[] rows = batches.next();
                boolean last = i == batches.batchesPerEpoch() - 1;
                assertThat(rows.length).isEqualTo(last ? examples - seen.size() : batchSize);
                Arrays.stream(rows).forEach(seen::add);
            }
            assertThat(seen)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, examples).boxed().toList());
        }
    }

    @Test
    void theSameSeedGivesTheSameOrder() {
        Batches a = new Batches(100, 7, SEED);
        Batches b = new Batches(100, 7, SEED);
        for (int i = 0; i < 50; i++) {
            assertThat(a.next()).isEqualTo(b.next());
        }
        assertThat(new Batches(100, 100, SEED).next()).isNotEqualTo(new Batches(100, 100, SEED + 1).next());
    }

    /** 5 full blocks of 30 and one of 13 in windows of 16 blocks, and 40 blocks of 4 and one of 3. */
    @ParameterizedTest
    @CsvSource({"163, 30", "163, 4", "163, 163", "163, 500"})
    void anOrderByBlocksVisitsEveryRowOnceAndNeighboursTogether(int examples, int block) {
        Batches whole = new Batches(examples, examples, SEED, block);
        int[] first = whole.next();
        int[] second = whole.next();
        assertThat(first).isNotEqualTo(second);
        assertThat(Arrays.stream(first).sorted().toArray())
                .isEqualTo(IntStream.range(0, examples).toArray());
        assertThat(new Batches(examples, examples, SEED, block).next()).isEqualTo(first);
        // Each window has whole blocks, at most 16.
        int window = 16 * block;
        for (int from = 0; from < examples; from += window) {
            int[] rows = Arrays.copyOfRange(first, from, Math.min(examples, from + window));
            long blocks = Arrays.stream(rows).map(row -> row / block).distinct().count();
            assertThat(blocks).isLessThanOrEqualTo(16).isEqualTo((rows.length + block - 1) / block);
        }
        // Neither the size of batches nor a jump changes the order.
        Batches small = new Batches(examples, 7, SEED, block);
        int[] joined = IntStream.range(0, small.batchesPerEpoch())
                .flatMap(i -> Arrays.stream(small.next()))
                .toArray();
        assertThat(joined).isEqualTo(first);
        Batches resumed = new Batches(examples, 7, SEED, block);
        resumed.seek(1, 9);
        assertThat(resumed.next()).isEqualTo(Arrays.copyOfRange(second, 63, 70));
        resumed.seek(0, 3);
        assertThat(resumed.next()).isEqualTo(Arrays.copyOfRange(first, 21, 28));
        assertThatThrownBy(() -> new Batches(5, 5, SEED, 0)).hasMessageContaining("examples of a block");
    }

    @Test
    void everyEpochHasItsOwnOrder() {
        Batches batches = new Batches(100, 100, SEED);
        assertThat(batches.next()).isNotEqualTo(batches.next());
    }

    @Test
    void theOrderDoesNotDependOnTheBatchSize() {
        int[] whole = new Batches(10, 10, SEED).next();
        Batches halves = new Batches(10, 5, SEED);
        assertThat(IntStream.concat(Arrays.stream(halves.next()), Arrays.stream(halves.next()))
                        .toArray())
                .isEqualTo(whole);
    }

    @Test
    void seekingResumes() {
        Batches batches = new Batches(23, 4, SEED);
        for (int i = 0; i < 30; i++) {
            Batches resumed = new Batches(23, 4, SEED);
            resumed.seek(batches.epoch(), batches.position());
            assertThat(resumed.next()).isEqualTo(batches.next());
            assertThat(resumed.epoch()).isEqualTo(batches.epoch());
            assertThat(resumed.position()).isEqualTo(batches.position());
            assertThat(resumed.next()).isEqualTo(batches.next());
        }
        batches.seek(0, 0);
        assertThat(batches.next()).isEqualTo(new Batches(23, 4, SEED).next());
    }

    @Test
    void rowsAreTheCallersToChange() {
        Batches batches = new Batches(6, 6, SEED);
        Arrays.fill(batches.next(), -1);
        batches.seek(0, 0);
        assertThat(batches.next()).isEqualTo(new Batches(6, 6, SEED).next());
    }

    @Test
    void sequentialBatchesAreInOrder() {
        assertThat(Batches.sequential(5, 2)).containsExactly(new int[] {0, 1}, new int[] {2, 3}, new int[] {4});
        assertThat(Batches.sequential(4, 2)).containsExactly(new int[] {0, 1}, new int[] {2, 3});
        assertThat(Batches.sequential(2, 9)).containsExactly(new int[] {0, 1});
        assertThat(Batches.sequential(2, Integer.MAX_VALUE)).containsExactly(new int[] {0, 1});
    }

    @Test
    void sizesAndPlacesAreChecked() {
        assertThatThrownBy(() -> new Batches(0, 1, SEED)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Batches(1, 0, SEED)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Batches.sequential(1, 0)).isInstanceOf(IllegalArgumentException.class);
        Batches batches = new Batches(10, 3, SEED);
        assertThatThrownBy(() -> batches.seek(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> batches.seek(0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> batches.seek(2, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no batch 4 in epoch 2")
                .hasMessageContaining("0 to 3");
    }
}
