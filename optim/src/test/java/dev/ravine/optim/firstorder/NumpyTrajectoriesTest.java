package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.optim.Schedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Optimizers that PyTorch 1.13 does not have, or has with an error, go where programs in NumPy go; the resource says how its numbers were made. */
class NumpyTrajectoriesTest {
    private static final Map<String, List<double[]>> TRAJECTORIES = Trajectories.read("numpy-trajectories.txt");
    private static final Schedule WARM_UP = t -> 0.05 * Math.min(1, (t + 1) / 20.0);
    private static final Map<String, FirstOrder.Builder<?>> VARIANTS = variants();

    private static Map<String, FirstOrder.Builder<?>> variants() {
        Map<String, FirstOrder.Builder<?>> all = new LinkedHashMap<>();
        all.put("nadam", NAdam.builder());
        all.put(
                "nadam-fast",
                NAdam.builder()
                        .learningRate(0.05)
                        .betas(0.8, 0.95)
                        .epsilon(1e-6)
                        .momentumDecay(0.1));
        all.put("nadam-weight-decay", NAdam.builder().learningRate(0.01).weightDecay(0.5));
        all.put(
                "nadam-decoupled-decay",
                NAdam.builder().learningRate(0.01).weightDecay(0.5).decoupledWeightDecay(true));
        all.put("lion", Lion.builder());
        all.put("lion-fast", Lion.builder().learningRate(0.01).betas(0.8, 0.9));
        all.put("lion-weight-decay", Lion.builder().learningRate(0.01).weightDecay(0.5));
        all.put(
                "lion-coupled-decay",
                Lion.builder().learningRate(5e-3).weightDecay(0.5).decoupledWeightDecay(false));
        all.put("schedule-free", ScheduleFreeAdamW.builder());
        all.put(
                "schedule-free-fast",
                ScheduleFreeAdamW.builder().learningRate(0.05).betas(0.8, 0.95).epsilon(1e-6));
        all.put(
                "schedule-free-weight-decay",
                ScheduleFreeAdamW.builder().learningRate(0.02).weightDecay(0.5));
        all.put(
                "schedule-free-coupled-decay",
                ScheduleFreeAdamW.builder().learningRate(0.02).weightDecay(0.5).decoupledWeightDecay(false));
        all.put(
                "schedule-free-warm-up",
                ScheduleFreeAdamW.builder().learningRate(WARM_UP).weightDecay(0.1));
        all.put(
                "schedule-free-weights",
                ScheduleFreeAdamW.builder().learningRate(WARM_UP).weights(1, 0.5));
        return all;
    }

    static Stream<String> names() {
        return VARIANTS.keySet().stream();
    }

    @Test
    void allAreCompared() {
        assertThat(VARIANTS.keySet()).containsExactlyElementsOf(TRAJECTORIES.keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void goesWhereNumpyGoes(String name) {
        Trajectories.follow(TRAJECTORIES.get(name), VARIANTS.get(name).build());
    }

    @ParameterizedTest
    @MethodSource("names")
    void goesThereInSinglePrecision(String name) {
        Trajectories.followInSinglePrecision(
                TRAJECTORIES.get(name), VARIANTS.get(name).build());
    }
}
