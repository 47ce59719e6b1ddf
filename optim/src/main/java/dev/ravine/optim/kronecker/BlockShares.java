package dev.ravine.optim.kronecker;

import dev.ravine.core.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Blocks, or parts of them, shared out among workers. Each is the work of one thread, so its bits do not depend on the
 * number of workers. Used by one thread at a time.
 */
final class BlockShares {
    /** The fewest floating-point operations for which waking another thread pays. */
    private static final double WORTH_SHARING = 2e6;

    private final double[] costs;
    private final boolean isWorthSharing;
    private int[][] shares = {};

    /**
     * Blocks that nobody has shared out yet.
     *
     * @param costs of the blocks, in floating-point operations
     */
    BlockShares(double... costs) {
        this.costs = costs.clone();
        this.isWorthSharing = Arrays.stream(costs).sum() >= WORTH_SHARING;
    }

    /**
     * Runs a task for every block and waits.
     *
     * @param workers threads; the calling one is the first
     * @param task called once with the number of each block
     */
    void run(Workers workers, IntConsumer task) {
        int count = isWorthSharing ? Math.min(workers.count(), costs.length) : 1;
        if (count < 2) {
            for (int block = 0; block < costs.length; block++) {
                task.accept(block);
            }
            return;
        }
        if (shares.length != count) {
            shares = among(count);
        }
        workers.run(count, worker -> {
            for (int block : shares[worker]) {
                task.accept(block);
            }
        });
    }

    /** The costly blocks first, each to whoever has least to do. */
    int[][] among(int count) {
        List<List<Integer>> lists = new ArrayList<>();
        IntStream.range(0, count).forEach(i -> lists.add(new ArrayList<>()));
        double[] loads = new double[count];
        IntStream.range(0, costs.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -costs[i]))
                .forEach(block -> {
                    int least = IntStream.range(0, count)
                            .boxed()
                            .min(Comparator.comparingDouble(i -> loads[i]))
                            .orElseThrow();
                    lists.get(least).add(block);
                    loads[least] += costs[block];
                });
        return lists.stream()
                .map(list -> list.stream().mapToInt(i -> i).toArray())
                .toArray(int[][]::new);
    }
}
