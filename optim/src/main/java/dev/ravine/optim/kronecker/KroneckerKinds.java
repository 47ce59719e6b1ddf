package dev.ravine.optim.kronecker;

import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.catalogue.MainSetting;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.OptimizerProvider;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import java.util.List;

/** The catalogue's kinds of optimizers that step with Kronecker factors. */
public final class KroneckerKinds implements OptimizerProvider {
    private static final Range COUNT = Range.atLeast(0);

    private static final Setting<Double> LAMBDA =
            Setting.number("lambda", 3.0, Range.positive(), "damping of the first step");
    private static final Setting<Integer> BATCH =
            Setting.integer("batch", 500, COUNT, "examples of the first steps; 0 for all");
    private static final Setting<Double> GROWTH =
            Setting.number("growth", 1.0046, Range.atLeast(1), "factor by which their number grows at each step");
    private static final Setting<Double> SHARE =
            Setting.number("share", 0.25, Range.between(0, 1), "part of a step's examples that factors are made from");
    private static final Setting<Cotangents> FISHER = Setting.constant(
            "fisher", Cotangents.RADEMACHER, List.of(Cotangents.values()), "cotangents of the output-side factors");
    private static final Setting<FactorDamping> FACTORS =
            Setting.constant("factors", FactorDamping.TRACE, List.of(FactorDamping.values()), "how factors are damped");
    private static final Setting<Integer> EVERY =
            Setting.integer("inverse", 20, Range.atLeast(1), "steps from one inverse of the factors to the next");
    private static final Setting<Double> RATE =
            Setting.number("lr", null, Range.positive(), "a fixed rate instead of the model's; with mu");
    private static final Setting<Double> MU =
            Setting.number("mu", null, Range.atLeast(0), "a fixed momentum instead of the model's; with lr");

    /** For {@link java.util.ServiceLoader}. */
    public KroneckerKinds() {}

    @Override
    public List<OptimizerKind> kinds() {
        return List.of(new OptimizerKind(
                "kfac",
                "gradients times the inverse of Kronecker factors of the curvature",
                List.of(LAMBDA, BATCH, GROWTH, SHARE, FISHER, FACTORS, EVERY, RATE, MU),
                MainSetting.decades(LAMBDA),
                KroneckerKinds::kfac));
    }

    private static Optimizer kfac(SettingValues values, Module net, long seed) {
        Kfac.Builder builder = Kfac.builder().seed(seed);
        values.ifGiven(LAMBDA, builder::damping);
        builder.batch(values.get(BATCH), values.get(GROWTH));
        values.ifGiven(SHARE, builder::factorShare);
        builder.factors(
                KroneckerFactors.builder().cotangents(values.get(FISHER)).averaging(FactorAveraging.MARTENS, 0.95));
        values.ifGiven(FACTORS, builder::factorDamping);
        values.ifGiven(EVERY, every -> builder.inverses(every, 3));
        values.requireTogether(RATE, MU);
        if (values.isGiven(RATE)) {
            double rate = values.get(RATE);
            builder.fixed(rate, values.get(MU));
        }
        return builder.build();
    }
}
