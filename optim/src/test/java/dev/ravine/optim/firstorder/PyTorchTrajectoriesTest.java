package dev.ravine.optim.firstorder;

import dev.ravine.optim.Optimizer;
import dev.ravine.optim.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** First-order optimizers go where PyTorch's go, step by step; the resources say how their numbers were made. */
class PyTorchTrajectoriesTest extends TrajectoryContract {
    PyTorchTrajectoriesTest() {
        super(variants(), "pytorch-trajectories.txt", "pytorch-1.13-trajectories.txt");
    }

    private static Map<String, Supplier<? extends Optimizer>> variants() {
        Map<String, Supplier<? extends Optimizer>> all = new LinkedHashMap<>();
        all.put("sgd", sgd()::build);
        all.put("sgd-momentum", sgd().momentum(0.9)::build);
        all.put("sgd-dampening", sgd().momentum(0.9).dampening(0.5)::build);
        all.put("sgd-nesterov", sgd().nesterov(0.9)::build);
        all.put("sgd-weight-decay", sgd().momentum(0.9).weightDecay(0.5)::build);
        all.put("adagrad", Adagrad.builder()::build);
        all.put("adagrad-lr-decay", Adagrad.builder().learningRate(t -> 0.1 / (1 + 0.1 * t))::build);
        all.put("adagrad-weight-decay", Adagrad.builder().learningRate(0.1).weightDecay(0.5)::build);
        all.put("rmsprop", RmsProp.builder()::build);
        all.put(
                "rmsprop-momentum",
                RmsProp.builder().learningRate(1e-3).alpha(0.9).momentum(0.9)::build);
        all.put("rmsprop-centered", RmsProp.builder().learningRate(1e-3).centered(true)::build);
        all.put(
                "rmsprop-centered-momentum",
                RmsProp.builder()
                        .learningRate(1e-3)
                        .alpha(0.9)
                        .epsilon(1e-6)
                        .centered(true)
                        .momentum(0.5)
                        .weightDecay(0.5)::build);
        all.put("adam", Adam.builder()::build);
        all.put("adam-fast", Adam.builder().learningRate(0.05).betas(0.8, 0.95).epsilon(1e-6)::build);
        all.put("adam-weight-decay", Adam.builder().learningRate(0.01).weightDecay(0.5)::build);
        all.put("adamw", Adam.adamW()::build);
        all.put("adamw-strong", Adam.adamW().learningRate(0.01).weightDecay(0.5)::build);
        all.put("clip-norm", sgd().momentum(0.9).clipNorm(50)::build);
        all.put("clip-value", sgd().momentum(0.9).clipValue(20)::build);
        all.put("step-decay", Sgd.builder().learningRate(Schedule.stepDecay(RATE, 0.5, 12))::build);
        all.put("cosine", Sgd.builder().learningRate(Schedule.cosine(RATE, 1e-5, 50))::build);
        all.put(
                "one-cycle",
                Sgd.builder()
                        .learningRate(Schedule.oneCycle(3e-4, 50))
                        .momentum(Schedule.oneCycleMomentum(0.85, 0.95, 50))::build);
        all.put("warm-up", Sgd.builder().learningRate(Schedule.warmUp(20, 0.1, Schedule.constant(RATE)))::build);
        all.put(
                "warm-up-cosine",
                Sgd.builder().learningRate(Schedule.warmUp(10, 0.1, Schedule.cosine(RATE, 1e-5, 40)))::build);
        all.put("plateau", Sgd.builder().learningRate(1e-3).plateau(new Plateau(0.5, 2, 0.05, 3, 1e-4))::build);
        all.put("plateau-rough", sgd().momentum(0.9).plateau(Plateau.of(0.3, 1))::build);
        addAdams(all);
        addOthers(all);
        return all;
    }

    private static void addAdams(Map<String, Supplier<? extends Optimizer>> all) {
        all.put("adam-amsgrad", Adam.builder().learningRate(0.05).amsGrad(true)::build);
        all.put(
                "adam-amsgrad-weight-decay",
                Adam.builder()
                        .learningRate(0.1)
                        .betas(0.8, 0.9)
                        .epsilon(1e-6)
                        .weightDecay(0.5)
                        .amsGrad(true)::build);
        all.put(
                "adamw-amsgrad",
                Adam.adamW().learningRate(0.05).weightDecay(0.5).amsGrad(true)::build);
        all.put("radam", RAdam.builder().learningRate(RATE)::build);
        all.put(
                "radam-fast",
                RAdam.builder().learningRate(2 * RATE).betas(0.8, 0.95).epsilon(1e-6)::build);
        all.put("radam-never-rectified", RAdam.builder().learningRate(1e-4).betas(0.9, 0.5)::build);
        all.put(
                "radam-weight-decay",
                RAdam.builder().learningRate(RATE).betas(0.9, 0.99).weightDecay(0.5)::build);
        all.put("adamax", Adamax.builder()::build);
        all.put(
                "adamax-fast",
                Adamax.builder().learningRate(0.05).betas(0.8, 0.9).epsilon(1e-3)::build);
        all.put("adamax-weight-decay", Adamax.builder().learningRate(0.01).weightDecay(0.5)::build);
    }

    private static void addOthers(Map<String, Supplier<? extends Optimizer>> all) {
        all.put("adadelta", Adadelta.builder()::build);
        all.put("adadelta-fast", Adadelta.builder().learningRate(0.5).rho(0.8).epsilon(1e-4)::build);
        all.put("adadelta-weight-decay", Adadelta.builder().learningRate(2).weightDecay(0.5)::build);
        all.put("rprop", Rprop.builder()::build);
        all.put("rprop-other", Rprop.builder().learningRate(1e-3).etas(0.3, 1.5).sizes(1e-4, 0.02)::build);
    }

    private static Sgd.Builder sgd() {
        return Sgd.builder().learningRate(RATE);
    }
}
