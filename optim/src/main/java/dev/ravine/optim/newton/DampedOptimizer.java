package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Rng;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.DampingRule;
import dev.ravine.optim.secondorder.DampingText;
import dev.ravine.optim.secondorder.ExampleCycle;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.SecondOrder;
import java.util.HashMap;
import java.util.Map;

/** A damped method that takes gradients, losses and curvature over different examples, which cycle through the data. */
abstract class DampedOptimizer extends SecondOrder {
    final Curvature curvature;
    final DampingRule dampingRule;
    final double firstDamping;
    final ExampleCycle data;
    double damping;

    private final long seed;

    DampedOptimizer(DampedSettings<?> settings, double growth) {
        this.curvature = settings.curvature;
        this.dampingRule = settings.dampingRule;
        this.firstDamping = settings.damping;
        this.damping = settings.damping;
        this.data = settings.cycle(growth);
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

    @Override
    protected Map<String, Object> ownSettings() {
        return new HashMap<>(Map.of(
                "curvature", curvature, "first_damping", firstDamping, "damping_rule", DampingText.of(dampingRule)));
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = new HashMap<>(data.stateNumbers());
        numbers.put("damping", damping);
        numbers.put("seed", (double) seed);
        return numbers;
    }

    @Override
    protected void restoreState(OptimizerState state) {
        double restored = state.size("damping");
        state.requireSetting("seed", (double) seed);
        data.restoreState(state);
        damping = restored;
    }
}
