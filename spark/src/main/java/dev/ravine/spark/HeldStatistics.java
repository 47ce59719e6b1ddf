package dev.ravine.spark;

import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The statistics of an engine, with variables of its own for the numbers that the driver sends. They are kept, so that
 * one program serves all calls.
 */
final class HeldStatistics {
    private static final int KEPT = 8;

    /** In the order of their last use. */
    private final Map<Statistic, Held> held = new LinkedHashMap<>(16, 0.75f, true);

    /** A statistic that reads this engine's variables, and which numbers they have. */
    private static final class Held {
        private final List<INDArray> arrays;
        private final List<Tensor> variables = new ArrayList<>();
        private final Statistic statistic;
        private long numbers = -1;

        Held(SentStatistic sent) {
            this.arrays = sent.variables().stream()
                    .map(v -> Arena.create(v.dtype(), Shape.of(v.shape())))
                    .toList();
            for (int i = 0; i < arrays.size(); i++) {
                variables.add(Tensor.variable(sent.variables().get(i).name(), arrays.get(i)));
            }
            this.statistic = sent.statistic().with(variables);
        }

        void take(SentStatistic sent) {
            if (numbers == sent.numbers().id()) {
                return;
            }
            SentNumbers[] all = sent.numbers().value();
            for (int i = 0; i < all.length; i++) {
                all[i].write(0, all[i].count(), Elements.of(arrays.get(i)));
                variables.get(i).touch();
            }
            numbers = sent.numbers().id();
        }
    }

    /** The statistic to compute, whose variables have the numbers that were sent; null for null. */
    Statistic of(SentStatistic sent) {
        if (sent == null || sent.variables().isEmpty()) {
            return sent == null ? null : sent.statistic();
        }
        Held known = held.computeIfAbsent(sent.statistic(), s -> new Held(sent));
        known.take(sent);
        if (held.size() > KEPT) {
            held.remove(held.keySet().iterator().next());
        }
        return known.statistic;
    }
}
