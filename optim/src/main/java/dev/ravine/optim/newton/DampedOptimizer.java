package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Rng;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.DampingRule;
import dev.ravine.optim.secondorder.DampingText;
import dev.ravine.optim.secondorder.ExampleCycle;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.SecondOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A damped method that takes gradients, losses and curvature over different examples, which cycle through the data. */
abstract class DampedOptimizer extends SecondOrder {
    /** The gradient is at most this times damping times step where damping is nearly all of the matrix. */
    private static final double DAMPED_ONLY = 1.01;

    final Curvature curvature;
    final DampingRule dampingRule;
    final double firstDamping;
    final ExampleCycle data;
    final Preconditioning preconditioning;
    double damping;

    private final double smallestDamping;
    private final Map<String, Object> own;
    private final long seed;

    DampedOptimizer(DampedSettings<?> settings, double growth) {
        this.curvature = settings.curvature;
        this.dampingRule = settings.dampingRule;
        this.firstDamping = settings.damping;
        this.damping = settings.damping;
        this.data = settings.cycle(growth);
        this.preconditioning = settings.preconditioning();
        this.smallestDamping = settings.smallestDamping;
        this.own = settings.own();
        this.seed = settings.seed;
    }

    @Override
    protected final Scope nextScope(Objective objective, long step) {
        Scope noisy = Scope.all().withNoise(new Rng(seed).split(step).nextLong());
        return data.gradient(objective, noisy, step);
    }

    @Override
    protected final Scope lossScope(Objective objective, Scope scope, long step) {
        return data.loss(objective, scope, step);
    }

    /** The examples of this step's curvature; the next step takes the examples that follow. */
    final Scope nextCurvatureScope(Point at) {
        Scope examples = data.curvature(at.objective(), at.scope(), at.step());
        data.advance(at.objective(), at.scope(), at.step());
        return examples;
    }

    /** {@return lambda, the damping that the next step will use} */
    public final double damping() {
        return damping;
    }

    final void moveDamping(double ratio) {
        damping = Math.max(dampingRule.next(damping, ratio), smallestDamping);
    }

    /**
     * Lowers damping that made a step too short to change theta clearly, if the curvature had no part in that: the damping then
     * belongs to an objective in larger units.
     *
     * @param at where the step begins
     * @param step that was too short
     * @param used its damping
     */
    final void loosen(Point at, INDArray step, double used) {
        double length = Vectors.norm(step);
        double shortest = LineSearchOptimizer.shortest(at);
        if (length > 0 && shortest > length && at.gradientNorm() <= DAMPED_ONLY * used * length) {
            damping = Math.max(used * (length / shortest), Math.max(smallestDamping, Double.MIN_NORMAL));
        }
    }

    @Override
    protected void trainableChanged(List<Span> spans) {
        preconditioning.trainableChanged(spans);
    }

    @Override
    protected Map<String, Object> ownSettings() {
        Map<String, Object> all = new HashMap<>(own);
        all.putAll(Map.of(
                "curvature", curvature, "first_damping", firstDamping, "damping_rule", DampingText.of(dampingRule)));
        return all;
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = new HashMap<>(data.stateNumbers());
        numbers.putAll(preconditioning.stateNumbers());
        numbers.put("damping", damping);
        numbers.put("seed", (double) seed);
        return numbers;
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        return preconditioning.stateVectors();
    }

    @Override
    public boolean hasOwnArrays() {
        return true;
    }

    @Override
    protected void restoreState(OptimizerState state) {
        double restored = state.size("damping");
        state.requireSetting("seed", (double) seed);
        data.restoreState(state);
        preconditioning.restore(state);
        damping = restored;
    }

    @Override
    public void close() {
        preconditioning.close();
        super.close();
    }
}
