package dev.ravine.optim.objective;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How much native memory a shard takes, before it is made: it grows evenly with the number of examples, so plans of two small
 * shards tell that of all.
 */
final class ShardMemory {
    private static final int FEW = 2;
    private static final int MANY = 34;

    private final Shard.Source source;
    private final Map<Curvature, Line> products = new EnumMap<>(Curvature.class);
    private Line inputs;
    private Line gradient;
    private Line squares;

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

    ShardMemory(Shard.Source source) {
        this.source = source;
    }

    /** The examples and noise alone, before anything is computed. */
    long ofInputs(int examples) {
        if (inputs == null) {
            inputs = measure(false, at -> {}, false);
        }
        return inputs.at(examples);
    }

    /** What value and gradient add to that. */
    long ofGradient(int examples, boolean withSquares) {
        if (withSquares) {
            squares = squares == null ? measure(true, GraphLinearization::prepare, true) : squares;
            return squares.at(examples);
        }
        gradient = gradient == null ? measure(false, GraphLinearization::prepare, true) : gradient;
        return gradient.at(examples);
    }

    /** What products with a matrix add. */
    long ofProduct(int examples, Curvature curvature) {
        return products.computeIfAbsent(curvature, c -> measure(false, at -> at.prepare(c), true))
                .at(examples);
    }

    private Line measure(boolean withSquares, Consumer<GraphLinearization> plan, boolean isAdded) {
        long[] bytes = new long[2];
        for (int i = 0; i < 2; i++) {
            // Nothing is computed, so that the parameters may stand for the vector too.
            INDArray theta = source.parameters().array();
            try (Shard shard = new Shard(source, i == 0 ? FEW : MANY, withSquares, theta, theta)) {
                long before = isAdded ? shard.at.bytes() : 0;
                plan.accept(shard.at);
                bytes[i] = shard.at.bytes() - before;
            }
        }
        return Line.through(bytes[0], bytes[1]);
    }
}
