package dev.ravine.optim.firstorder;

import dev.ravine.optim.Optimizer;
import dev.ravine.optim.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Optimizers that PyTorch 1.13 does not have, or has with an error, go where programs in NumPy go; the resource says how its numbers were made. */
class NumpyTrajectoriesTest extends TrajectoryContract {
    private static final Schedule WARM_UP = t -> 0.05 * Math.min(1, (t + 1) / 20.0);

    NumpyTrajectoriesTest() {
        super(variants(), "numpy-trajectories.txt");
    }

    private static Map<String, Supplier<? extends Optimizer>> variants() {
        Map<String, Supplier<? extends Optimizer>> all = new LinkedHashMap<>();
        all.put("nadam", NAdam.builder()::build);
        all.put(
                "nadam-fast",
                NAdam.builder()
                        .learningRate(0.05)
                        .betas(0.8, 0.95)
                        .epsilon(1e-6)
                        .momentumDecay(0.1)::build);
        all.put("nadam-weight-decay", NAdam.builder().learningRate(0.01).weightDecay(0.5)::build);
        all.put(
                "nadam-decoupled-decay",
                NAdam.builder().learningRate(0.01).weightDecay(0.5).decoupledWeightDecay(true)::build);
        all.put("lion", Lion.builder()::build);
        all.put("lion-fast", Lion.builder().learningRate(0.01).betas(0.8, 0.9)::build);
        all.put("lion-weight-decay", Lion.builder().learningRate(0.01).weightDecay(0.5)::build);
        all.put(
                "lion-coupled-decay",
                Lion.builder().learningRate(5e-3).weightDecay(0.5).decoupledWeightDecay(false)::build);
        all.put("schedule-free", ScheduleFreeAdamW.builder()::build);
        all.put(
                "schedule-free-fast",
                ScheduleFreeAdamW.builder().learningRate(0.05).betas(0.8, 0.95).epsilon(1e-6)::build);
        all.put(
                "schedule-free-weight-decay",
                ScheduleFreeAdamW.builder().learningRate(0.02).weightDecay(0.5)::build);
        all.put(
                "schedule-free-coupled-decay",
                ScheduleFreeAdamW.builder().learningRate(0.02).weightDecay(0.5).decoupledWeightDecay(false)::build);
        all.put(
                "schedule-free-warm-up",
                ScheduleFreeAdamW.builder().learningRate(WARM_UP).weightDecay(0.1)::build);
        all.put(
                "schedule-free-weights",
                ScheduleFreeAdamW.builder().learningRate(WARM_UP).weights(1, 0.5)::build);
        return all;
    }
}
