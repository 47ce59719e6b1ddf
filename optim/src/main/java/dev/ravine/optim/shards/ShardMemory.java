package dev.ravine.optim.shards;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.Statistic;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How much native memory a shard will take. It grows linearly with the number of examples, so the plans of two small
 * shards give the line for all sizes.
 */
final class ShardMemory {
    private static final int FEW = 2;
    private static final int MANY = 34;

    private final ShardedModel model;
    private final Map<Curvature, Line> products = new EnumMap<>(Curvature.class);
    private final Map<Curvature, Line> dampedProducts = new EnumMap<>(Curvature.class);
    private Line inputs;
    private Line gradient;
    private final Map<Statistic, Line> statistics = new HashMap<>();

    /** Bytes by the number of examples. */
    private record Line(double fixed, double perExample) {
        static Line through(long atFew, long atMany) {
            double perExample = (double) (atMany - atFew) / (MANY - FEW);
            return new Line(atFew - FEW * perExample, perExample);
        }

        long at(int examples) {
            return (long) Math.ceil(fixed + examples * perExample);
        }
    }

    ShardMemory(ShardedModel model) {
        this.model = model;
    }

    /** The examples and noise alone, before anything is computed. */
    long ofInputs(int examples) {
        if (inputs == null) {
            inputs = measure(null, linearization -> {}, false);
        }
        return inputs.at(examples);
    }

    /** What value, gradient and a statistic, or none if it is null, add to that. */
    long ofGradient(int examples, Statistic statistic) {
        if (statistic != null) {
            return statistics.computeIfAbsent(statistic, this::ofStatistic).at(examples);
        }
        gradient = gradient == null ? measure(null, GraphLinearization::prepare, true) : gradient;
        return gradient.at(examples);
    }

    /** Where a statistic exists for one example only, there is one point of the line. */
    private Line ofStatistic(Statistic statistic) {
        try {
            return measure(statistic, GraphLinearization::prepare, true);
        } catch (NoRowsException e) {
            if (!statistic.allowsOneByOne()) {
                throw e;
            }
            return new Line(measure(1, statistic, GraphLinearization::prepare, true), 0);
        }
    }

    /** What products with a matrix add, with structural damping or without. */
    long ofProduct(int examples, Curvature curvature, boolean isDamped) {
        return (isDamped ? dampedProducts : products)
                .computeIfAbsent(
                        curvature, c -> measure(null, linearization -> linearization.prepare(c, isDamped), true))
                .at(examples);
    }

    private Line measure(Statistic statistic, Consumer<GraphLinearization> plan, boolean isAdded) {
        return Line.through(measure(FEW, statistic, plan, isAdded), measure(MANY, statistic, plan, isAdded));
    }

    private long measure(int rows, Statistic statistic, Consumer<GraphLinearization> plan, boolean isAdded) {
        // Nothing is computed, so that the parameters may stand for the vector too.
        INDArray theta = model.parameters().array();
        try (Shard shard = new Shard(model, new Shard.Kind(rows, true, statistic), theta, theta)) {
            GraphLinearization linearization = shard.linearization();
            long before = isAdded ? linearization.bytes() : 0;
            plan.accept(linearization);
            return linearization.bytes() - before;
        }
    }
}
