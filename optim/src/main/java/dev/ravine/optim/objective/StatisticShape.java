package dev.ravine.optim.objective;

import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.Statistic;
import java.util.Optional;
import java.util.function.IntFunction;

/** The number of elements of a statistic, and what stands in its way, seen in graphs of few examples. */
final class StatisticShape {
    private StatisticShape() {}

    /**
     * {@return why a statistic does not come from a batch; empty if it does} Asked at two sizes, so that an axis that
     * happens to be as long as the batch hides nothing.
     */
    static Optional<String> obstacle(Statistic statistic, IntFunction<ModelGraph> graphs) {
        try {
            count(statistic, graphs.apply(2));
            count(statistic, graphs.apply(3));
            return Optional.empty();
        } catch (NoRowsException e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * {@return the number of elements}
     *
     * @throws NoRowsException if the statistic needs rows that an operation does not name, and does not allow one
     *     example at a time
     */
    static long size(Statistic statistic, IntFunction<ModelGraph> graphs) {
        boolean isOneByOne =
                statistic.allowsOneByOne() && obstacle(statistic, graphs).isPresent();
        return count(statistic, graphs.apply(isOneByOne ? 1 : 2));
    }

    private static long count(Statistic statistic, ModelGraph graph) {
        return statistic.checkedOf(graph).stream()
                .mapToLong(part -> part.shape().count())
                .sum();
    }
}
