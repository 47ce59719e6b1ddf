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

/** First-order optimizers go where PyTorch's go, step by step; the resources say how their numbers were made. */
class PyTorchTrajectoriesTest {
    private static final double RATE = Trajectories.RATE;

    /** The learning rate and the point of each step. */
    private static final Map<String, List<double[]>> TRAJECTORIES = read();

    private static Map<String, List<double[]>> read() {
        Map<String, List<double[]>> all = new LinkedHashMap<>(Trajectories.read("pytorch-trajectories.txt"));
        all.putAll(Trajectories.read("pytorch-1.13-trajectories.txt"));
        return all;
    }

    /** The same optimizers, in Ravine's words. */
    private static final Map<String, FirstOrder.Builder<?>> VARIANTS = variants();

    private static Map<String, FirstOrder.Builder<?>> variants() {
        Map<String, FirstOrder.Builder<?>> all = new LinkedHashMap<>();
        all.put("sgd", sgd());
        all.put("sgd-momentum", sgd().momentum(0.9));
        all.put("sgd-dampening", sgd().momentum(0.9).dampening(0.5));
        all.put("sgd-nesterov", sgd().nesterov(0.9));
        all.put("sgd-weight-decay", sgd().momentum(0.9).weightDecay(0.5));
        all.put("adagrad", Adagrad.builder());
        all.put("adagrad-lr-decay", Adagrad.builder().learningRate(t -> 0.1 / (1 + 0.1 * t)));
        all.put("adagrad-weight-decay", Adagrad.builder().learningRate(0.1).weightDecay(0.5));
        all.put("rmsprop", RmsProp.builder());
        all.put(
                "rmsprop-momentum",
                RmsProp.builder().learningRate(1e-3).alpha(0.9).momentum(0.9));
        all.put("rmsprop-centered", RmsProp.builder().learningRate(1e-3).centered(true));
        all.put(
                "rmsprop-centered-momentum",
                RmsProp.builder()
                        .learningRate(1e-3)
                        .alpha(0.9)
                        .epsilon(1e-6)
                        .centered(true)
                        .momentum(0.5)
                        .weightDecay(0.5));
        all.put("adam", Adam.builder());
        all.put("adam-fast", Adam.builder().learningRate(0.05).betas(0.8, 0.95).epsilon(1e-6));
        all.put("adam-weight-decay", Adam.builder().learningRate(0.01).weightDecay(0.5));
        all.put("adamw", Adam.adamW());
        all.put("adamw-strong", Adam.adamW().learningRate(0.01).weightDecay(0.5));
        all.put("clip-norm", sgd().momentum(0.9).clipNorm(50));
        all.put("clip-value", sgd().momentum(0.9).clipValue(20));
        all.put("step-decay", Sgd.builder().learningRate(Schedule.stepDecay(RATE, 0.5, 12)));
        all.put("cosine", Sgd.builder().learningRate(Schedule.cosine(RATE, 1e-5, 50)));
        all.put(
                "one-cycle",
                Sgd.builder()
                        .learningRate(Schedule.oneCycle(3e-4, 50))
                        .momentum(Schedule.oneCycleMomentum(0.85, 0.95, 50)));
        all.put("warm-up", Sgd.builder().learningRate(Schedule.warmUp(20, 0.1, Schedule.constant(RATE))));
        all.put(
                "warm-up-cosine",
                Sgd.builder().learningRate(Schedule.warmUp(10, 0.1, Schedule.cosine(RATE, 1e-5, 40))));
        all.put("plateau", Sgd.builder().learningRate(1e-3).plateau(new Plateau(0.5, 2, 0.05, 3, 1e-4)));
        all.put("plateau-rough", sgd().momentum(0.9).plateau(Plateau.of(0.3, 1)));
        addAdams(all);
        addOthers(all);
        return all;
    }

    private static void addAdams(Map<String, FirstOrder.Builder<?>> all) {
        all.put("adam-amsgrad", Adam.builder().learningRate(0.05).amsGrad(true));
        all.put(
                "adam-amsgrad-weight-decay",
                Adam.builder()
                        .learningRate(0.1)
                        .betas(0.8, 0.9)
                        .epsilon(1e-6)
                        .weightDecay(0.5)
                        .amsGrad(true));
        all.put(
                "adamw-amsgrad",
                Adam.adamW().learningRate(0.05).weightDecay(0.5).amsGrad(true));
        all.put("radam", RAdam.builder().learningRate(RATE));
        all.put(
                "radam-fast",
                RAdam.builder().learningRate(2 * RATE).betas(0.8, 0.95).epsilon(1e-6));
        all.put("radam-never-rectified", RAdam.builder().learningRate(1e-4).betas(0.9, 0.5));
        all.put(
                "radam-weight-decay",
                RAdam.builder().learningRate(RATE).betas(0.9, 0.99).weightDecay(0.5));
        all.put("adamax", Adamax.builder());
        all.put(
                "adamax-fast",
                Adamax.builder().learningRate(0.05).betas(0.8, 0.9).epsilon(1e-3));
        all.put("adamax-weight-decay", Adamax.builder().learningRate(0.01).weightDecay(0.5));
    }

    private static void addOthers(Map<String, FirstOrder.Builder<?>> all) {
        all.put("adadelta", Adadelta.builder());
        all.put("adadelta-fast", Adadelta.builder().learningRate(0.5).rho(0.8).epsilon(1e-4));
        all.put("adadelta-weight-decay", Adadelta.builder().learningRate(2).weightDecay(0.5));
        all.put("rprop", Rprop.builder());
        all.put("rprop-other", Rprop.builder().learningRate(1e-3).etas(0.3, 1.5).sizes(1e-4, 0.02));
    }

    private static Sgd.Builder sgd() {
        return Sgd.builder().learningRate(RATE);
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
    void goesWherePyTorchGoes(String name) {
        Trajectories.follow(TRAJECTORIES.get(name), VARIANTS.get(name).build());
    }

    @ParameterizedTest
    @MethodSource("names")
    void goesThereInSinglePrecision(String name) {
        Trajectories.followInSinglePrecision(
                TRAJECTORIES.get(name), VARIANTS.get(name).build());
    }
}
