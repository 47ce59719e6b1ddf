package dev.ravine.optim.firstorder;

import dev.ravine.optim.Schedule;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.OptimizerProvider;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import java.util.List;
import java.util.function.Function;
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

    private static final Setting<Double> MU = Setting.number("mu", 0.9, Range.fraction(), "momentum");
    private static final Setting<Boolean> SCHEDULE =
            Setting.onOff("schedule", false, "whether momentum grows from 0.5 to mu (Sutskever et al., 2013)");
    private static final Setting<Double> BETA1 =
            Setting.number("beta1", 0.9, Range.fraction(), "decay of the mean of gradients");
    private static final Setting<Double> BETA2 =
            Setting.number("beta2", 0.999, Range.fraction(), "decay of the mean of squared gradients");
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
                kind("sgd", "stochastic gradient descent", SGD, values -> Sgd.builder()),
                kind(
                        "momentum",
                        "SGD with momentum",
                        SGD,
                        values -> Sgd.builder().momentum(mu(values)),
                        MU),
                kind("nesterov", "SGD with Nesterov's momentum", SGD, FirstOrderKinds::nesterov, MU, SCHEDULE));
    }

    private static List<OptimizerKind> roots() {
        return List.of(
                kind(
                        "adagrad",
                        "gradients over the root of the sum of their squares",
                        ROOTS,
                        values -> Adagrad.builder()),
                kind(
                        "rmsprop",
                        "gradients over the root of the mean of their squares",
                        ROOTS,
                        values -> RmsProp.builder()),
                kind(
                        "adadelta",
                        "steps in the units of parameters, from the means of squared changes and gradients",
                        ADADELTA,
                        values -> Adadelta.builder().rho(values.get(RHO)),
                        RHO));
    }

    private static List<OptimizerKind> adams() {
        return List.of(
                kind(
                        "adam",
                        "mean gradients over the root of the mean of their squares",
                        ADAM,
                        values -> adam(Adam.builder(), values),
                        BETA1,
                        BETA2,
                        AMSGRAD),
                kind(
                        "adamw",
                        "Adam with decoupled weight decay",
                        ADAMW,
                        values -> adam(Adam.adamW(), values),
                        BETA1,
                        BETA2,
                        AMSGRAD),
                kind(
                        "schedule-free",
                        "AdamW that averages its points in the place of a schedule, with decoupled weight decay",
                        SCHEDULE_FREE,
                        values -> ScheduleFreeAdamW.builder().betas(values.get(TOWARD_MEAN), values.get(BETA2)),
                        TOWARD_MEAN,
                        BETA2));
    }

    private static List<OptimizerKind> variants() {
        return List.of(
                kind(
                        "nadam",
                        "Adam with Nesterov's momentum",
                        TWICE_ADAM,
                        values -> betas(NAdam.builder(), values).momentumDecay(values.get(MOMENTUM_DECAY)),
                        BETA1,
                        BETA2,
                        MOMENTUM_DECAY),
                kind(
                        "radam",
                        "Adam whose first steps are momentum steps, in the place of a warm-up",
                        ADAM,
                        values -> betas(RAdam.builder(), values),
                        BETA1,
                        BETA2),
                kind(
                        "adamax",
                        "mean gradients over the largest of their sizes",
                        TWICE_ADAM,
                        values -> betas(Adamax.builder(), values),
                        BETA1,
                        BETA2));
    }

    private static List<OptimizerKind> signs() {
        return List.of(
                kind(
                        "rprop",
                        "steps by signs of the gradient over all examples, with a size for each parameter",
                        RPROP,
                        values -> Rprop.builder().etas(values.get(SHRINKING), values.get(GROWING)),
                        SHRINKING,
                        GROWING),
                kind(
                        "lion",
                        "steps by the signs of mean gradients, with decoupled weight decay",
                        LION,
                        values -> Lion.builder().betas(values.get(LION_BETA1), values.get(LION_BETA2)),
                        LION_BETA1,
                        LION_BETA2));
    }

    private static OptimizerKind kind(
            String name,
            String help,
            FirstOrderSettings shared,
            Function<SettingValues, FirstOrder.Builder<?>> builder,
            Setting<?>... own) {
        return new OptimizerKind(
                name,
                help,
                shared.with(own),
                shared.main(),
                (values, net, seed) -> shared.build(builder.apply(values), values, net, seed));
    }

    private static double mu(SettingValues values) {
        return values.get(MU);
    }

    private static Sgd.Builder nesterov(SettingValues values) {
        double mu = mu(values);
        return values.get(SCHEDULE)
                ? Sgd.builder().nesterov(Schedule.nesterovMomentum(mu))
                : Sgd.builder().nesterov(mu);
    }

    private static Adam.Builder adam(Adam.Builder builder, SettingValues values) {
        return betas(builder, values).amsGrad(values.get(AMSGRAD));
    }

    private static <B extends MomentsBuilder<B>> B betas(B builder, SettingValues values) {
        return builder.betas(values.get(BETA1), values.get(BETA2));
    }
}
