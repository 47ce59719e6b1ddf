package dev.ravine.optim.newton;

import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.catalogue.MainSetting;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import dev.ravine.optim.kronecker.Cotangents;
import dev.ravine.optim.kronecker.FactorAveraging;
import dev.ravine.optim.kronecker.FactorDamping;
import dev.ravine.optim.kronecker.KroneckerFactors;
import java.util.List;

/** The catalogue's kind between K-FAC and Hessian-free: {@link HessianFree#kronecker}. */
final class KroneckerNewtonKind {
    private static final Range COUNT = Range.atLeast(0);
    private static final Range LIMIT = Range.atLeast(1);

    private static final Setting<Double> LAMBDA =
            Setting.number("lambda", 1.0, Range.positive(), "damping of the first step");
    private static final Setting<Integer> DATA =
            Setting.integer("data", 500, COUNT, "examples of the first gradients; 0 for all");
    private static final Setting<Integer> CHUNK = Setting.integer(
            "chunk",
            250,
            COUNT,
            "examples of the first curvatures; 0 for a tenth of the gradient's, but 2,000 if there are as many");
    private static final Setting<Double> GROWTH =
            Setting.number("growth", 1.006, LIMIT, "factor by which the numbers of examples grow at each step");
    private static final Setting<Integer> ITERATIONS = Setting.integer(
            "iterations", 20, COUNT, "limit of conjugate gradients in a step; 0 for K-FAC's step as it is");
    private static final Setting<Integer> FIRST_ITERATIONS =
            Setting.integer("first-iterations", 2, LIMIT, "limit of conjugate gradients at first");
    private static final Setting<Double> ITERATION_GROWTH = Setting.number(
            "iteration-growth", 1.0, LIMIT, "factor of that limit whenever growth has doubled the examples");
    private static final Setting<Start> START =
            Setting.constant("start", Start.KRONECKER_STEP, List.of(Start.values()), "where conjugate gradients begin");
    private static final Setting<RatioExamples> RATIO = Setting.constant(
            "ratio", RatioExamples.LOSS, List.of(RatioExamples.values()), "examples of the reduction ratio");
    private static final Setting<Double> FLOOR = Setting.number("floor", 0.01, COUNT, "damping does not go below it");
    private static final Setting<Cotangents> FISHER = Setting.constant(
            "fisher", Cotangents.RADEMACHER, List.of(Cotangents.values()), "cotangents of the output-side factors");
    private static final Setting<FactorDamping> FACTORS =
            Setting.constant("factors", FactorDamping.TRACE, List.of(FactorDamping.values()), "how factors are damped");
    private static final Setting<Double> SHARE = Setting.number(
            "share", 0.5, Range.between(0, 1), "part of the curvature's examples that factors are made from");
    private static final Setting<Double> DECAY =
            Setting.number("decay", 0.95, Range.fraction(), "weight of earlier steps in the average of factors");
    private static final Setting<Integer> INVERSE =
            Setting.integer("inverse", 20, LIMIT, "steps from one inverse of the factors to the next");

    private KroneckerNewtonKind() {}

    static OptimizerKind kind() {
        return new OptimizerKind(
                "hf-kfac",
                "K-FAC's steps, improved by conjugate gradients",
                List.of(
                        LAMBDA,
                        DATA,
                        CHUNK,
                        NewtonSettings.LOSS,
                        GROWTH,
                        ITERATIONS,
                        FIRST_ITERATIONS,
                        ITERATION_GROWTH,
                        START,
                        RATIO,
                        FLOOR,
                        NewtonSettings.FACTOR,
                        FISHER,
                        FACTORS,
                        SHARE,
                        DECAY,
                        INVERSE,
                        NewtonSettings.GAUSS_NEWTON),
                MainSetting.decades(LAMBDA),
                KroneckerNewtonKind::hybrid);
    }

    private static Optimizer hybrid(SettingValues values, Module net, long seed) {
        HessianFree.Builder builder = HessianFree.kronecker().seed(seed);
        values.ifGiven(LAMBDA, builder::damping);
        values.ifGiven(DATA, builder::gradientExamples);
        values.ifGiven(CHUNK, builder::curvatureExamples);
        values.ifGiven(NewtonSettings.LOSS, builder::lossExamples);
        values.ifGiven(GROWTH, builder::growth);
        values.ifGiven(ITERATIONS, builder::maxIterations);
        builder.growingIterations(values.get(FIRST_ITERATIONS), values.get(ITERATION_GROWTH));
        values.ifGiven(START, builder::start);
        builder.ratioExamples(values.get(RATIO));
        values.ifGiven(FLOOR, builder::smallestDamping);
        NewtonSettings.factor(values, builder);
        builder.kroneckerPreconditioner(
                KroneckerFactors.builder()
                        .cotangents(values.get(FISHER))
                        .averaging(FactorAveraging.MARTENS, values.get(DECAY)),
                values.get(FACTORS));
        values.ifGiven(SHARE, share -> builder.factorUpdates(share, values.get(INVERSE)));
        values.ifGiven(INVERSE, every -> builder.factorUpdates(values.get(SHARE), every));
        values.ifGiven(NewtonSettings.GAUSS_NEWTON, builder::curvature);
        return builder.build();
    }
}
