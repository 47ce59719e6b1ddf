package dev.ravine.optim.matrix;

import dev.ravine.nn.Module;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.OptimizerProvider;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.firstorder.FirstOrderSettings;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Parameters;
import java.util.List;
import java.util.function.BiFunction;

/** The catalogue's kinds of optimizers that see matrices, or that estimate the diagonal of the curvature. */
public final class MatrixKinds implements OptimizerProvider {
    private static final Range COUNT = Range.atLeast(1);

    private static final Setting<Double> MU = Setting.number("mu", 0.95, Range.fraction(), "momentum");
    private static final Setting<Boolean> NESTEROV = Setting.onOff("nesterov", true, "whether momentum is Nesterov's");
    private static final Setting<Integer> ITERATIONS =
            Setting.integer("iterations", 5, COUNT, "Newton-Schulz iterations of a step");
    private static final Setting<MuonAdjustment> ADJUSTMENT = Setting.constant(
            "adjustment",
            MuonAdjustment.ORIGINAL,
            List.of(MuonAdjustment.values()),
            "factor of a step by the shape of its matrix");
    private static final Setting<Which> MATRICES = Setting.constant(
            "matrices", Which.HIDDEN, List.of(Which.values()), "hidden: all but the first and the last one");
    private static final Setting<Double> OTHERS =
            Setting.number("others", 0.015, Range.atLeast(0), "learning rate of AdamW for the rest, as a factor of lr");

    private static final Setting<Integer> BASIS =
            Setting.integer("basis", 10, COUNT, "steps from one basis to the next");
    private static final Setting<Integer> ROTATED =
            Setting.integer("largest", 10_000, COUNT, "the longest side that is rotated");
    private static final Setting<SoapStart> START = Setting.constant(
            "start", SoapStart.SKIP_FIRST, List.of(SoapStart.values()), "what becomes of the first gradient");
    private static final Setting<Double> MATRIX_BETA =
            Setting.number("matrix-beta", 0.95, Range.fraction(), "decay of the matrices that the basis comes from");

    private static final Setting<Double> BETA2_OR_SUM = Setting.number(
            "beta2",
            0.99,
            new Range("above 0 and at most 1", x -> x > 0 && x <= 1),
            "decay of the matrices; 1 makes them sums");
    private static final Setting<Double> EXPONENT = Setting.number(
            "exponent", null, Range.positive(), "of the inverse of each matrix; 1 / (2 axes) without it");
    private static final Setting<Integer> ROOTS =
            Setting.integer("roots", 10, COUNT, "steps from one computation of the roots to the next");
    private static final Setting<Integer> FIRST_ROOTS =
            Setting.integer("start", null, COUNT, "the first step with roots; that of roots without it");
    private static final Setting<Integer> BLOCK =
            Setting.integer("largest", 1024, COUNT, "the longest side of a block");
    private static final Setting<Double> STEP_MU = Setting.number("mu", 0.0, Range.fraction(), "momentum of the steps");
    private static final Setting<Grafting> GRAFTING =
            Setting.constant("grafting", Grafting.ADAM, List.of(Grafting.values()), "whose length a step takes");
    private static final Setting<Double> GRAFTING_BETA =
            Setting.number("grafting-beta", 0.999, Range.fraction(), "decay of grafting's mean of squares");
    private static final Setting<Double> GRAFTING_EPSILON =
            Setting.number("grafting-epsilon", 1e-8, Range.positive(), "added to the root of grafting's squares");

    private static final Setting<Double> POWER =
            Setting.number("power", 1.0, Range.atLeast(0), "of the curvature that divides");
    private static final Setting<Double> RHO =
            Setting.number("rho", 0.04, Range.positive(), "how much curvature counts; smaller limits more elements");
    private static final Setting<Integer> ESTIMATES =
            Setting.integer("every", 10, COUNT, "steps from one estimate to the next");
    private static final Setting<SophiaEstimate> ESTIMATE = Setting.constant(
            "estimate",
            SophiaEstimate.GAUSS_NEWTON_BARTLETT,
            List.of(SophiaEstimate.values()),
            "how curvature is estimated");

    /** Which parameters Muon treats as matrices. */
    private enum Which {
        HIDDEN,
        ALL
    }

    /** For {@link java.util.ServiceLoader}. */
    public MatrixKinds() {}

    private static Setting<Double> beta1(double initial) {
        return Setting.number("beta1", initial, Range.fraction(), "decay of the mean of gradients");
    }

    private static Setting<Double> beta2(double initial, String of) {
        return Setting.number("beta2", initial, Range.fraction(), "decay of the mean of " + of);
    }

    private static Setting<Double> epsilon(double initial, String help) {
        return Setting.number("epsilon", initial, Range.positive(), help);
    }

    @Override
    public List<OptimizerKind> kinds() {
        return List.of(muon(), soap(), shampoo(), adaHessian(), sophia());
    }

    private static OptimizerKind kind(
            String name,
            String help,
            FirstOrderSettings shared,
            BiFunction<SettingValues, Module, FirstOrder.Builder<?>> builder,
            Setting<?>... own) {
        return new OptimizerKind(
                name,
                help,
                shared.with(own),
                shared.main(),
                (values, net, seed) -> shared.build(builder.apply(values, net), values, net, seed));
    }

    private static OptimizerKind muon() {
        return kind(
                "muon",
                "momentum with singular values near 1 for hidden matrices, AdamW for the rest",
                new FirstOrderSettings(0.02, 0, 500),
                (values, net) -> {
                    Muon.Builder builder = Muon.builder(net);
                    values.ifGiven(MU, builder::momentum);
                    values.ifGiven(NESTEROV, builder::nesterov);
                    values.ifGiven(ITERATIONS, builder::iterations);
                    values.ifGiven(ADJUSTMENT, builder::adjustment);
                    values.ifGiven(OTHERS, builder::othersRate);
                    if (values.get(MATRICES) == Which.ALL) {
                        builder.matrices(ParameterGroup.of(
                                "all matrices", net, Parameters.biasesAndGains().negate()));
                    }
                    return builder;
                },
                MU,
                NESTEROV,
                ITERATIONS,
                ADJUSTMENT,
                MATRICES,
                OTHERS);
    }

    private static OptimizerKind soap() {
        Setting<Double> first = beta1(0.95);
        Setting<Double> second = beta2(0.95, "squared gradients");
        Setting<Double> small = epsilon(1e-8, "added to the root of squared gradients");
        return kind(
                "soap",
                "Adam in the eigenvectors of second moments of gradients",
                new FirstOrderSettings(0.003, 0.01, 500),
                (values, net) -> {
                    Soap.Builder builder = Soap.builder(net).betas(values.get(first), values.get(second));
                    values.ifGiven(small, builder::epsilon);
                    values.ifGiven(MATRIX_BETA, builder::shampooBeta);
                    values.ifGiven(BASIS, builder::every);
                    values.ifGiven(ROTATED, builder::largest);
                    values.ifGiven(START, builder::start);
                    return builder;
                },
                first,
                second,
                small,
                MATRIX_BETA,
                BASIS,
                ROTATED,
                START);
    }

    private static OptimizerKind shampoo() {
        Setting<Double> first = beta1(0.9);
        Setting<Double> small = epsilon(1e-12, "the smallest eigenvalue of the matrices");
        return kind(
                "shampoo",
                "gradients between inverse roots of their second moments",
                new FirstOrderSettings(0.001, 0, 500),
                (values, net) -> {
                    Shampoo.Builder builder = Shampoo.builder(net)
                            .betas(values.get(first), values.get(BETA2_OR_SUM))
                            .grafting(values.get(GRAFTING), values.get(GRAFTING_BETA), values.get(GRAFTING_EPSILON));
                    values.ifGiven(small, builder::epsilon);
                    values.ifGiven(EXPONENT, builder::exponent);
                    values.ifGiven(ROOTS, builder::every);
                    values.ifGiven(FIRST_ROOTS, builder::start);
                    values.ifGiven(BLOCK, builder::largest);
                    values.ifGiven(STEP_MU, builder::momentum);
                    return builder;
                },
                first,
                BETA2_OR_SUM,
                small,
                EXPONENT,
                ROOTS,
                FIRST_ROOTS,
                BLOCK,
                STEP_MU,
                GRAFTING,
                GRAFTING_BETA,
                GRAFTING_EPSILON);
    }

    private static OptimizerKind adaHessian() {
        Setting<Double> first = beta1(0.9);
        Setting<Double> second = beta2(0.999, "the squared diagonal");
        Setting<Double> small = epsilon(1e-4, "added to the curvature");
        return kind(
                "adahessian",
                "mean gradients over estimates of the Hessian's diagonal",
                new FirstOrderSettings(0.15, 0),
                (values, net) -> {
                    AdaHessian.Builder builder = AdaHessian.builder().betas(values.get(first), values.get(second));
                    values.ifGiven(small, builder::epsilon);
                    values.ifGiven(POWER, builder::power);
                    return builder;
                },
                first,
                second,
                small,
                POWER);
    }

    private static OptimizerKind sophia() {
        Setting<Double> first = beta1(0.965);
        Setting<Double> second = beta2(0.99, "estimates");
        return kind(
                "sophia",
                "mean gradients over estimates of the curvature's diagonal, with a limit for each element",
                new FirstOrderSettings(0.001, 0.1),
                (values, net) -> {
                    Sophia.Builder builder = Sophia.builder().betas(values.get(first), values.get(second));
                    values.ifGiven(RHO, builder::rho);
                    values.ifGiven(ESTIMATES, builder::every);
                    values.ifGiven(ESTIMATE, builder::estimate);
                    return builder;
                },
                first,
                second,
                RHO,
                ESTIMATES,
                ESTIMATE);
    }
}
