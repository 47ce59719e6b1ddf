package dev.ravine.optim;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Hold;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.Objective;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Any optimizer with an average of its points. Steps are those of the optimizer within, bit for bit; {@link #averaged}
 * is the average, which is part of the state. A training run measures the model with both. Memory: one vector.
 *
 * <pre>{@code
 * var optimizer = new Averaged(Adam.builder().build(), Averaging.exponential(0.999));
 * }</pre>
 */
public final class Averaged extends ForwardingOptimizer {
    private static final String AVERAGE = "average";
    private static final int CHUNK = 512;

    private final Averaging averaging;
    private final Arena arena = new Arena("the optimizer");
    private final double[] points = new double[CHUNK];
    private final double[] means = new double[CHUNK];
    private INDArray average;

    /**
     * Takes over an optimizer, and closes it when this is closed.
     *
     * @param within that makes the steps
     * @param averaging of its points
     * @throws IllegalArgumentException if the optimizer has an average already
     */
    public Averaged(Optimizer within, Averaging averaging) {
        super(within);
        this.averaging = Objects.requireNonNull(averaging, "averaging");
        if (within instanceof Averaged) {
            throw new IllegalArgumentException(
                    within.name() + " has an average already; average the optimizer within it in one way");
        }
    }

    @Override
    public StepReport step(Objective objective, INDArray theta) {
        return arena.lifetime().during(() -> stepOnce(objective, theta));
    }

    private StepReport stepOnce(Objective objective, INDArray theta) {
        if (average != null) {
            Check.vector("the average of " + name(), average, DType.of(theta), theta.length());
        }
        INDArray start = average == null ? Arena.copyOf(theta) : null;
        StepReport report = super.step(objective, theta);
        if (average == null) {
            average = newVector(start);
        }
        double share = averaging.share(report.step());
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalStateException("the share of step " + report.step() + " in " + averaging
                    + " must be from 0 to 1, found " + share + "; correct Averaging.share");
        }
        if (share > 0) {
            take(share, theta);
        }
        return report;
    }

    /** Toward theta, computed as a difference: factors that do not add to 1 exactly would let the average drift. */
    private void take(double share, INDArray theta) {
        Elements x = Elements.of(theta);
        Elements a = Elements.of(average);
        Hold.enter(x, a);
        try {
            for (int from = 0; from < x.size(); from += CHUNK) {
                int count = Math.min(CHUNK, x.size() - from);
                x.read(from, count, points);
                a.read(from, count, means);
                for (int i = 0; i < count; i++) {
                    means[i] = share == 1 ? points[i] : means[i] + share * (points[i] - means[i]);
                }
                a.write(from, count, means);
            }
        } finally {
            Hold.exit(x, a);
        }
    }

    private INDArray newVector(INDArray of) {
        INDArray copy = arena.allocate(DType.of(of), Shape.of(of.length()));
        Vectors.copy(of, copy);
        return copy;
    }

    /** {@return the average; empty before the first step} */
    @Override
    public Optional<INDArray> averaged() {
        arena.lifetime().require();
        return Optional.ofNullable(average);
    }

    /**
     * {@return the name of the optimizer within and the averaging, such as {@code adam(lr=0.001), average ema:0.99}}
     */
    @Override
    public String name() {
        return super.name() + ", average " + averaging;
    }

    /** {@return those of the optimizer within, and "averaging"; none if that one has none, and is known by its name} */
    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new LinkedHashMap<>(super.settings());
        if (!all.isEmpty()) {
            all.put("averaging", averaging.toString());
        }
        return all;
    }

    @Override
    public OptimizerState state() {
        return arena.lifetime().during(this::stateNow);
    }

    private OptimizerState stateNow() {
        OptimizerState state = super.state();
        Map<String, INDArray> vectors = new LinkedHashMap<>(state.vectors());
        if (average != null) {
            vectors.put(AVERAGE, average);
        }
        return new OptimizerState(state.steps(), state.numbers(), vectors);
    }

    /** Of an optimizer with the same averaging. */
    @Override
    public void restore(OptimizerState state) {
        arena.lifetime().require();
        Map<String, INDArray> vectors = new LinkedHashMap<>(state.vectors());
        INDArray saved = vectors.remove(AVERAGE);
        if ((saved == null) != (state.steps() == 0)) {
            throw new IllegalArgumentException("a state after " + state.steps() + " steps of " + name() + " has "
                    + (state.steps() == 0 ? "no '" : "an '") + AVERAGE + "', found "
                    + state.vectors().keySet()
                    + "; it belongs to another optimizer");
        }
        if (saved != null) {
            requireFit(saved, vectors);
        }
        super.restore(new OptimizerState(state.steps(), state.numbers(), vectors));
        average = saved == null ? null : newVector(saved);
    }

    /**
     * Theta's length is not known here, but that of the vectors beside it is, unless they have lengths of their own.
     */
    private void requireFit(INDArray saved, Map<String, INDArray> vectors) {
        boolean fits = saved.rank() == 1
                && (hasOwnArrays() || vectors.values().stream().allMatch(v -> v.length() == saved.length()));
        if (!fits) {
            Map<String, Shape> found = new LinkedHashMap<>();
            vectors.forEach((name, vector) -> found.put(name, Shape.of(vector)));
            throw new IllegalArgumentException(
                    "the state's '" + AVERAGE + "' must be a vector of theta's length, found " + Shape.of(saved)
                            + " beside " + found + "; it belongs to another model");
        }
    }

    @Override
    public void close() {
        arena.close();
        super.close();
    }
}
