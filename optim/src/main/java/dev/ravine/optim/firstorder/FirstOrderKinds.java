package dev.ravine.optim.firstorder;

import dev.ravine.optim.Schedule;
import dev.ravine.optim.catalogue.Binding;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.OptimizerProvider;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import java.util.List;
import java.util.stream.Stream;

/** The catalogue's kinds of first-order optimizers. */
public final class FirstOrderKinds implements OptimizerProvider {
    private static final FirstOrderSettings SGD = new FirstOrderSettings(0.1);
    private static final FirstOrderSettings ROOTS = new FirstOrderSettings(0.01);
    private static final FirstOrderSettings ADAM = new FirstOrderSettings(0.001);
    private static final FirstOrderSettings ADAMW = new FirstOrderSettings(0.001, 0.01, FirstOrderSettings.USUAL_BATCH);
    private static final FirstOrderSettings TWICE_ADAM = new FirstOrderSettings(0.002);
    private static final FirstOrderSettings ADADELTA = new FirstOrderSettings(1);
    private static final FirstOrderSettings RPROP = new FirstOrderSettings(0.01, 0, 0);
    private static final FirstOrderSettings LION = new FirstOrderSettings(1e-4);
    private static final FirstOrderSettings SCHEDULE_FREE = new FirstOrderSettings(0.0025);

    private static final double USUAL_MOMENTUM = 0.9;
    private static final Setting<Double> MU = Setting.number("mu", USUAL_MOMENTUM, Range.fraction(), "momentum");
    private static final Setting<Boolean> SCHEDULE =
            Setting.onOff("schedule", false, "whether momentum grows from 0.5 to mu (Sutskever et al., 2013)");
    private static final Setting<Double> BETA1 =
            Setting.number("beta1", 0.9, Range.fraction(), "decay of the mean of gradients");
    private static final Setting<Double> BETA2 =
            Setting.number("beta2", 0.999, Range.fraction(), "decay of the mean of squared gradients");
    private static final Binding<MomentsBuilder<?>> BETAS =
            Binding.of(BETA1, BETA2, (builder, first, second) -> builder.betas(first, second));
    private static final Setting<Boolean> AMSGRAD =
            Setting.onOff("amsgrad", false, "whether the largest mean of squares so far takes the place of the mean");
    private static final Setting<Double> MOMENTUM_DECAY = Setting.number(
            "momentum-decay", 0.004, Range.atLeast(0), "how fast momentum grows from half of beta1 to beta1");
    private static final Setting<Double> RHO =
            Setting.number("rho", 0.9, Range.fraction(), "decay of the means of squares");
    private static final Setting<Double> SHRINKING = Setting.number(
            "eta-minus", 0.5, Range.openFraction(), "factor of a size where the gradient changes its sign");
    private static final Setting<Double> GROWING =
            Setting.number("eta-plus", 1.2, Range.atLeast(1), "factor of a size where it does not");
    private static final Setting<Double> LION_BETA1 =
            Setting.number("beta1", 0.9, Range.fraction(), "part of the mean of gradients in a step");
    private static final Setting<Double> LION_BETA2 =
            Setting.number("beta2", 0.99, Range.fraction(), "decay of the mean of gradients");
    private static final Setting<Double> TOWARD_MEAN =
            Setting.number("beta1", 0.9, Range.fraction(), "part of the mean in the point where gradients are taken");

    /** For {@link java.util.ServiceLoader}. */
    public FirstOrderKinds() {}

    @Override
    public List<OptimizerKind> kinds() {
        return Stream.of(momentum(), roots(), adams(), variants(), signs())
                .flatMap(List::stream)
                .toList();
    }

    private static List<OptimizerKind> momentum() {
        return List.of(
                SGD.kind("sgd", "stochastic gradient descent", net -> Sgd.builder()),
                SGD.kind(
                        "momentum",
                        "SGD with momentum",
                        net -> Sgd.builder().momentum(USUAL_MOMENTUM),
                        Binding.of(MU, (Sgd.Builder builder, Double mu) -> builder.momentum(mu))),
                SGD.kind(
                        "nesterov",
                        "SGD with Nesterov's momentum",
                        net -> Sgd.builder(),
                        Binding.of(MU, SCHEDULE, FirstOrderKinds::setNesterov)));
    }

    private static void setNesterov(Sgd.Builder builder, double mu, boolean isScheduled) {
        if (isScheduled) {
            builder.nesterov(Schedule.nesterovMomentum(mu));
        } else {
            builder.nesterov(mu);
        }
    }

    private static List<OptimizerKind> roots() {
        return List.of(
                ROOTS.kind("adagrad", "gradients over the root of the sum of their squares", net -> Adagrad.builder()),
                ROOTS.kind("rmsprop", "gradients over the root of the mean of their squares", net -> RmsProp.builder()),
                ADADELTA.kind(
                        "adadelta",
                        "steps in the units of parameters, from the means of squared changes and gradients",
                        net -> Adadelta.builder(),
                        Binding.of(RHO, Adadelta.Builder::rho)));
    }

    private static List<OptimizerKind> adams() {
        Binding<Adam.Builder> amsGrad = Binding.of(AMSGRAD, Adam.Builder::amsGrad);
        return List.of(
                ADAM.kind(
                        "adam",
                        "mean gradients over the root of the mean of their squares",
                        net -> Adam.builder(),
                        BETAS,
                        amsGrad),
                ADAMW.kind("adamw", "Adam with decoupled weight decay", net -> Adam.adamW(), BETAS, amsGrad),
                SCHEDULE_FREE.kind(
                        "schedule-free",
                        "AdamW that averages its points in the place of a schedule, with decoupled weight decay",
                        net -> ScheduleFreeAdamW.builder(),
                        Binding.of(TOWARD_MEAN, BETA2, ScheduleFreeAdamW.Builder::betas)));
    }

    private static List<OptimizerKind> variants() {
        return List.of(
                TWICE_ADAM.kind(
                        "nadam",
                        "Adam with Nesterov's momentum",
                        net -> NAdam.builder(),
                        BETAS,
                        Binding.of(MOMENTUM_DECAY, NAdam.Builder::momentumDecay)),
                ADAM.kind(
                        "radam",
                        "Adam whose first steps are momentum steps, in the place of a warm-up",
                        net -> RAdam.builder(),
                        BETAS),
                TWICE_ADAM.kind(
                        "adamax", "mean gradients over the largest of their sizes", net -> Adamax.builder(), BETAS));
    }

    private static List<OptimizerKind> signs() {
        return List.of(
                RPROP.kind(
                        "rprop",
                        "steps by signs of the gradient over all examples, with a size for each parameter",
                        net -> Rprop.builder(),
                        Binding.of(SHRINKING, GROWING, Rprop.Builder::etas)),
                LION.kind(
                        "lion",
                        "steps by the signs of mean gradients, with decoupled weight decay",
                        net -> Lion.builder(),
                        Binding.of(LION_BETA1, LION_BETA2, Lion.Builder::betas)));
    }
}
