package dev.ravine.optim.shards;

import dev.ravine.core.Elements;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean over examples of what shards return, added in the order of the shards. */
public final class ShardedSum implements Consumer<List<Partial>> {
    private final int examples;
    private final double scale;
    private final INDArray gradient;
    private final INDArray statistic;
    private final Workers workers;
    private boolean isFirst = true;
    private double loss;

    /**
     * A sum without terms.
     *
     * @param examples how many there are in all shards
     * @param gradient receives the mean gradient, or null
     * @param statistic receives the mean statistic, or null
     * @param workers which share the adding
     */
    public ShardedSum(int examples, INDArray gradient, INDArray statistic, Workers workers) {
        this.examples = examples;
        this.scale = 1.0 / examples;
        this.gradient = gradient;
        this.statistic = statistic;
        this.workers = workers;
    }

    @Override
    public void accept(List<Partial> partials) {
        if (gradient != null) {
            Vectors.sum(scale, parts(partials, Partial::gradient), isFirst, gradient, workers);
        }
        if (statistic != null) {
            Vectors.sum(scale, parts(partials, Partial::statistic), isFirst, statistic, workers);
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
        return loss / examples;
    }
}
