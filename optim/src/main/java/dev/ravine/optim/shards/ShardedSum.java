package dev.ravine.optim.shards;

import dev.ravine.core.Elements;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.SharedVectors;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean over examples of what shards return: added in the order of the shards, over the examples' total weight. */
public final class ShardedSum implements Consumer<List<Partial>> {
    private final double total;
    private final INDArray gradient;
    private final INDArray statistic;
    private final Workers workers;
    private boolean isFirst = true;
    private double loss;

    /**
     * A sum without terms.
     *
     * @param total the weight of all examples in all shards; their number if all count alike
     * @param gradient receives the mean gradient, or null
     * @param statistic receives the mean statistic, or null
     * @param workers which share the adding
     */
    public ShardedSum(double total, INDArray gradient, INDArray statistic, Workers workers) {
        this.total = total;
        this.gradient = gradient;
        this.statistic = statistic;
        this.workers = workers;
    }

    /** A sum as a mean. Of examples without weight it is 0, whatever they are. */
    static double mean(double sum, double total) {
        return total == 0 ? 0 : sum / total;
    }

    /** Takes parts, a few at a time, and adds them to a mean. */
    static Consumer<List<Elements>> meanInto(double total, INDArray out, Workers workers) {
        AtomicBoolean isFirst = new AtomicBoolean(true);
        return parts -> addMean(parts, total, isFirst.getAndSet(false), out, workers);
    }

    private static void addMean(List<Elements> parts, double total, boolean isFirst, INDArray out, Workers workers) {
        if (total == 0) {
            Vectors.fill(out, 0);
        } else {
            SharedVectors.sum(1 / total, parts, isFirst, out, workers);
        }
    }

    @Override
    public void accept(List<Partial> partials) {
        if (gradient != null) {
            addMean(parts(partials, Partial::gradient), total, isFirst, gradient, workers);
        }
        if (statistic != null) {
            addMean(parts(partials, Partial::statistic), total, isFirst, statistic, workers);
        }
        for (Partial partial : partials) {
            loss += partial.loss();
        }
        isFirst = false;
    }

    private static List<Elements> parts(List<Partial> partials, Function<Partial, Elements> part) {
        List<Elements> parts = new ArrayList<>(partials.size());
        for (Partial partial : partials) {
            parts.add(part.apply(partial));
        }
        return parts;
    }

    /** {@return the mean loss} */
    public double loss() {
        return mean(loss, total);
    }
}
