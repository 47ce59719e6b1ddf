package dev.ravine.optim.kronecker;

import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.Schedule;
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
            Setting.number("lambda", 0.1, Range.positive(), "damping of the first step");
    private static final Setting<Integer> BATCH =
            Setting.integer("batch", 500, COUNT, "examples of the first steps; 0 for all");
    private static final Setting<Double> GROWTH =
            Setting.number("growth", 1.0046, Range.atLeast(1), "factor by which their number grows at each step");
    private static final Setting<Double> SHARE =
            Setting.number("share", 0.25, Range.between(0, 1), "part of a step's examples that factors are made from");
    private static final Setting<Integer> MOST =
            Setting.integer("factor-examples", 250, Range.atLeast(1), "the most examples that factors are made from");
    private static final Setting<Double> OVERLAP =
            Setting.number("overlap", 0.5, Range.fraction(), "part of a step's examples that the next step uses again");
    private static final Setting<Double> MODEL = Setting.number(
            "model", 0.25, Range.between(0, 1), "part of the examples that rate and momentum are found on");
    private static final Setting<Double> FLOOR = Setting.number("floor", 1e-4, Range.atLeast(0), "the smallest lambda");
    private static final Setting<Cotangents> FISHER = Setting.constant(
            "fisher", Cotangents.RADEMACHER, List.of(Cotangents.values()), "cotangents of the output-side factors");
    private static final Setting<FactorDamping> FACTORS =
            Setting.constant("factors", FactorDamping.TRACE, List.of(FactorDamping.values()), "how factors are damped");
    private static final Setting<Integer> EVERY =
            Setting.integer("inverse", 20, Range.atLeast(1), "steps from one inverse of the factors to the next");
    private static final Setting<Integer> UPDATE = Setting.integer(
            "update",
            1,
            Range.atLeast(1),
            "steps from one update of the factors to the next; each inverse updates them");
    private static final Setting<Double> RATE =
            Setting.number("lr", null, Range.positive(), "a fixed rate instead of the model's; with mu");
    private static final Setting<Double> MU =
            Setting.number("mu", null, Range.fraction(), "a fixed momentum instead of the model's; with lr");
    private static final Setting<Boolean> SCHEDULE =
            Setting.onOff("schedule", false, "whether momentum grows from 0.5 to mu (Sutskever et al., 2013)");
    private static final Setting<KfacPreset> PRESET = Setting.constant(
            "preset",
            KfacPreset.NONE,
            List.of(KfacPreset.values()),
            "settings of a published program, from which those that are given differ");
    private static final Setting<Integer> CALIBRATE =
            Setting.integer("calibrate", 0, COUNT, "how often the first step may be repeated to find lambda");
    private static final Setting<Boolean> TRIDIAGONAL = Setting.onOff(
            "tridiagonal",
            false,
            "whether inverses know how each layer depends on the next one; on for preset=reference");
    private static final Setting<Boolean> CORRECT =
            Setting.onOff("correct", false, "whether eigenvalues of factors are corrected by second moments (EKFAC)");
    private static final Setting<RestRule.Kind> REST = Setting.constant(
            "rest",
            RestRule.Kind.NONE,
            List.of(RestRule.Kind.values()),
            "rule of parameters whose examples cannot be told apart; none refuses them");
    private static final Setting<Double> REST_RATE =
            Setting.number("rest-lr", 0.001, Range.positive(), "learning rate of that rule");

    /** For {@link java.util.ServiceLoader}. */
    public KroneckerKinds() {}

    @Override
    public List<OptimizerKind> kinds() {
        return List.of(new OptimizerKind(
                "kfac",
                "gradients times the inverse of Kronecker factors of the curvature",
                List.of(
                        LAMBDA,
                        BATCH,
                        GROWTH,
                        SHARE,
                        MOST,
                        OVERLAP,
                        MODEL,
                        FLOOR,
                        FISHER,
                        FACTORS,
                        EVERY,
                        UPDATE,
                        RATE,
                        MU,
                        SCHEDULE,
                        PRESET,
                        CALIBRATE,
                        TRIDIAGONAL,
                        CORRECT,
                        REST,
                        REST_RATE),
                MainSetting.decades(LAMBDA),
                KroneckerKinds::kfac));
    }

    private static Optimizer kfac(SettingValues values, Module net, long seed) {
        KfacPreset preset = values.get(PRESET);
        Kfac.Builder builder = preset.applyTo(Kfac.builder()).seed(seed);
        values.ifGiven(LAMBDA, builder::damping);
        if (preset == KfacPreset.KBFGS && values.isGiven(LAMBDA)) {
            builder.gamma(Math.sqrt(values.get(LAMBDA)));
        }
        setBatch(builder, values, preset);
        setExamples(builder, values);
        values.ifGiven(FISHER, builder.factors::cotangents);
        values.ifGiven(FACTORS, builder::factorDamping);
        values.ifGiven(EVERY, every -> builder.inverses(every, builder.invertFirst));
        values.ifGiven(UPDATE, builder::updates);
        values.ifGiven(TRIDIAGONAL, builder::tridiagonal);
        values.ifGiven(CALIBRATE, builder::calibrate);
        if (values.get(CORRECT)) {
            builder.correctEigenvalues();
        }
        double restRate = values.get(REST_RATE);
        values.get(REST).rule(restRate).ifPresent(builder::rest);
        setFixed(builder, values);
        return builder.build();
    }

    private static void setExamples(Kfac.Builder builder, SettingValues values) {
        double share = values.isGiven(SHARE) ? values.get(SHARE) : builder.factorShare;
        int most = values.isGiven(MOST) ? values.get(MOST) : builder.mostForFactors;
        builder.factorExamples(share, most);
        values.ifGiven(OVERLAP, builder::overlap);
        values.ifGiven(MODEL, model -> builder.modelExamples(model, builder.leastForModel));
        values.ifGiven(FLOOR, floor -> builder.dampingRule(builder.dampingEvery, builder.dampingRule, floor));
    }

    private static void setFixed(Kfac.Builder builder, SettingValues values) {
        boolean isGrowing = values.get(SCHEDULE);
        values.requireTogether(RATE, MU);
        if (isGrowing) {
            values.requireTogether(SCHEDULE, MU);
        }
        if (!values.isGiven(RATE)) {
            return;
        }
        if (builder.calibration > 0) {
            throw new IllegalArgumentException(
                    "the settings lr and calibrate of kfac do not go together: lambda is found"
                            + " by the model, which a fixed rate does not use; leave one out");
        }
        double rate = values.get(RATE);
        double mu = values.get(MU);
        if (isGrowing) {
            builder.fixed(Schedule.constant(rate), Schedule.nesterovMomentum(mu));
        } else {
            builder.fixed(rate, mu);
        }
    }

    /** A preset's own batch, and how it grows, hold where no other is given. */
    private static void setBatch(Kfac.Builder builder, SettingValues values, KfacPreset preset) {
        if (preset == KfacPreset.NONE || values.isGiven(GROWTH)) {
            int batch = values.isGiven(BATCH) || preset == KfacPreset.NONE ? values.get(BATCH) : builder.batch;
            builder.batch(batch, values.get(GROWTH));
        } else if (values.isGiven(BATCH) && builder.fullBatchStep > 0) {
            builder.batchReachingAll(values.get(BATCH), builder.fullBatchStep);
        } else if (values.isGiven(BATCH)) {
            builder.batch(values.get(BATCH), builder.growth);
        }
    }
}
