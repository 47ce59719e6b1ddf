package dev.ravine.optim;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Vectors;
import dev.ravine.core.data.Batches;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What SGD and Adam share: a gradient over the next mini-batch, an update, a report. */
abstract class FirstOrder implements Optimizer {
    private final int batchSize;
    private final long seed;
    private final Arena arena = new Arena();
    private Batches batches;
    private INDArray gradient;
    private Elements slope;
    private Elements point;
    private long steps;
    private int epoch;
    private int position;

    /**
     * For subclasses.
     *
     * @param batchSize examples a step, or 0 for all
     * @param seed of the order of examples and of noise
     */
    FirstOrder(int batchSize, long seed) {
        this.batchSize = batchSize;
        this.seed = seed;
    }

    @Override
    public final StepReport step(Objective objective, INDArray theta) {
        if (gradient == null) {
            int size = batchSize == 0 ? objective.examples() : Math.min(batchSize, objective.examples());
            batches = new Batches(objective.examples(), size, seed);
            batches.seek(epoch, position);
            gradient = newVector(theta);
            slope = Elements.of(gradient);
        }
        if (point == null || point.owner() != theta) {
            point = Elements.of(theta);
        }
        double costBefore = objective.cost();
        int[] batch = batches.next();
        Scope scope = Scope.view(batch, new Rng(seed).split(steps).nextLong());
        double loss = objective.gradient(theta, scope, gradient);
        double gradientNorm = Vectors.norm(slope);
        if (!Double.isFinite(loss) || !Double.isFinite(gradientNorm)) {
            throw new NonFiniteLossException(name() + " step " + (steps + 1) + ": loss " + loss + ", gradient norm "
                    + gradientNorm + "; "
                    + objective.firstNonFinite(theta, scope).orElse("all operations are finite one by one")
                    + "; lower the learning rate, or look at the data");
        }
        steps++;
        epoch = batches.epoch();
        position = batches.position();
        double stepNorm = update(point, slope, gradientNorm, steps);
        objective.moved(theta);
        return new StepReport(
                steps,
                loss,
                Double.NaN,
                gradientNorm,
                stepNorm,
                batch.length,
                objective.cost() - costBefore,
                true,
                "a first-order step is always taken",
                Optional.empty(),
                Map.of());
    }

    /**
     * Changes theta.
     *
     * @param theta the point, changed in place
     * @param gradientAtTheta may be overwritten
     * @param gradientNorm its norm
     * @param step counts from 1
     * @return how far theta moved
     */
    abstract double update(Elements theta, Elements gradientAtTheta, double gradientNorm, long step);

    /**
     * The vectors that were learned, by name.
     *
     * @return none before the first step
     */
    abstract Map<String, INDArray> learned();

    /**
     * Takes over vectors that {@link #learned} gave.
     *
     * @param state of an optimizer of the same kind that has stepped
     */
    abstract void learn(OptimizerState state);

    @Override
    public final OptimizerState state() {
        return new OptimizerState(steps, Map.of("epoch", (double) epoch, "position", (double) position), learned());
    }

    @Override
    public final void restore(OptimizerState state) {
        epoch = (int) state.number("epoch");
        position = (int) state.number("position");
        if (state.steps() > 0) {
            learn(state);
        }
        steps = state.steps();
        if (batches != null) {
            batches.seek(epoch, position);
        }
    }

    /** A new vector with the numbers of another one, returned when the optimizer is closed. */
    final INDArray newCopy(INDArray of) {
        INDArray copy = newVector(of);
        Vectors.copy(of, copy);
        return copy;
    }

    /** A vector of zeros like another one, returned when the optimizer is closed. */
    final INDArray newVector(INDArray like) {
        return arena.allocate(DType.of(like), Shape.of(like.length()));
    }

    @Override
    public void close() {
        arena.close();
    }
}
