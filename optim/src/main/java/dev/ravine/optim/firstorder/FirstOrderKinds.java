package dev.ravine.optim.firstorder;

import dev.ravine.optim.Schedule;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.OptimizerProvider;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import java.util.List;
import java.util.function.Function;

/** The catalogue's kinds of first-order optimizers. */
public final class FirstOrderKinds implements OptimizerProvider {
    private static final FirstOrderSettings SGD = new FirstOrderSettings(0.1);
    private static final FirstOrderSettings ROOTS = new FirstOrderSettings(0.01);
    private static final FirstOrderSettings ADAM = new FirstOrderSettings(0.001);
    private static final FirstOrderSettings ADAMW = new FirstOrderSettings(0.001, 0.01);

    private static final Setting<Double> MU = Setting.number("mu", 0.9, Range.fraction(), "momentum");
    private static final Setting<Boolean> SCHEDULE =
            Setting.onOff("schedule", false, "whether momentum grows from 0.5 to mu (Sutskever et al., 2013)");
    private static final Setting<Double> BETA1 =
            Setting.number("beta1", 0.9, Range.fraction(), "decay of the mean of gradients");
    private static final Setting<Double> BETA2 =
            Setting.number("beta2", 0.999, Range.fraction(), "decay of the mean of squared gradients");

    /** For {@link java.util.ServiceLoader}. */
    public FirstOrderKinds() {}

    @Override
    public List<OptimizerKind> kinds() {
        return List.of(
                kind("sgd", "stochastic gradient descent", SGD, values -> Sgd.builder()),
                kind(
                        "momentum",
                        "SGD with momentum",
                        SGD,
                        values -> Sgd.builder().momentum(mu(values)),
                        MU),
                kind("nesterov", "SGD with Nesterov's momentum", SGD, FirstOrderKinds::nesterov, MU, SCHEDULE),
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
                        "adam",
                        "mean gradients over the root of the mean of their squares",
                        ADAM,
                        values -> betas(Adam.builder(), values),
                        BETA1,
                        BETA2),
                kind(
                        "adamw",
                        "Adam with decoupled weight decay",
                        ADAMW,
                        values -> betas(Adam.adamW(), values),
                        BETA1,
                        BETA2));
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
                (values, net, seed) -> shared.build(builder.apply(values), values, seed));
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

    private static Adam.Builder betas(Adam.Builder builder, SettingValues values) {
        return builder.betas(values.get(BETA1), values.get(BETA2));
    }
}
