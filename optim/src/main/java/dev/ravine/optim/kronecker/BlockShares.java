package dev.ravine.optim.kronecker;

import dev.ravine.core.Workers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Blocks shared out among workers. Each block is the work of one thread, so its bits do not depend on the number of
 * workers.
 */
final class BlockShares {
    /** The fewest floating-point operations for which waking another thread pays. */
    private static final double WORTH_SHARING = 2e6;

    private BlockShares() {}

    /**
     * Runs a task for every block and waits.
     *
     * @param workers threads; the calling one is the first
     * @param costs of the blocks, in floating-point operations
     * @param task called once with the number of each block
     */
    static void run(Workers workers, double[] costs, IntConsumer task) {
        int count = Math.min(workers.count(), costs.length);
        if (count < 2
                || IntStream.range(0, costs.length).mapToDouble(i -> costs[i]).sum() < WORTH_SHARING) {
            IntStream.range(0, costs.length).forEach(task);
            return;
        }
        List<List<Integer>> shares = shares(count, costs);
        workers.run(count, worker -> shares.get(worker).forEach(task::accept));
    }

    /** The costly blocks first, each to whoever has least to do. */
    static List<List<Integer>> shares(int count, double... costs) {
        List<List<Integer>> shares = new ArrayList<>();
        IntStream.range(0, count).forEach(i -> shares.add(new ArrayList<>()));
        double[] loads = new double[count];
        IntStream.range(0, costs.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -costs[i]))
                .forEach(block -> {
                    int least = IntStream.range(0, count)
                            .boxed()
                            .min(Comparator.comparingDouble(i -> loads[i]))
                            .orElseThrow();
                    shares.get(least).add(block);
                    loads[least] += costs[block];
                });
        return shares;
    }
}
