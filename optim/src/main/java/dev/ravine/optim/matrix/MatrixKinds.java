package dev.ravine.optim.matrix;

import dev.ravine.nn.Module;
import dev.ravine.optim.catalogue.Binding;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.OptimizerProvider;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.firstorder.FirstOrderSettings;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Parameters;
import java.util.List;

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
    private static final Setting<Boolean> KL = Setting.onOff(
            "kl", false, "whether moments are of gradients that the other side's root has preconditioned (KL-Shampoo)");
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

    private static OptimizerKind muon() {
        return new FirstOrderSettings(0.02, 0, 500)
                .kind(
                        "muon",
                        "momentum with singular values near 1 for hidden matrices, AdamW for the rest",
                        Muon::builder,
                        Binding.of(MU, Muon.Builder::momentum),
                        Binding.of(NESTEROV, Muon.Builder::nesterov),
                        Binding.of(ITERATIONS, Muon.Builder::iterations),
                        Binding.of(ADJUSTMENT, Muon.Builder::adjustment),
                        Binding.ofNet(MATRICES, MatrixKinds::setMatrices),
                        Binding.of(OTHERS, Muon.Builder::othersRate));
    }

    private static void setMatrices(Muon.Builder builder, Which which, Module net) {
        if (which == Which.ALL) {
            builder.matrices(ParameterGroup.of(
                    "all matrices", net, Parameters.biasesAndGains().negate()));
        }
    }

    private static OptimizerKind soap() {
        return new FirstOrderSettings(0.003, 0.01, 500)
                .kind(
                        "soap",
                        "Adam in the eigenvectors of second moments of gradients",
                        Soap::builder,
                        Binding.of(beta1(0.95), beta2(0.95, "squared gradients"), Soap.Builder::betas),
                        Binding.of(epsilon(1e-8, "added to the root of squared gradients"), Soap.Builder::epsilon),
                        Binding.of(MATRIX_BETA, Soap.Builder::shampooBeta),
                        Binding.of(BASIS, Soap.Builder::every),
                        Binding.of(ROTATED, Soap.Builder::largest),
                        Binding.of(START, Soap.Builder::start));
    }

    private static OptimizerKind shampoo() {
        return new FirstOrderSettings(0.001, 0, 500)
                .kind(
                        "shampoo",
                        "gradients between inverse roots of their second moments",
                        Shampoo::builder,
                        Binding.of(beta1(0.9), BETA2_OR_SUM, Shampoo.Builder::betas),
                        Binding.of(epsilon(1e-12, "the smallest eigenvalue of the matrices"), Shampoo.Builder::epsilon),
                        Binding.of(EXPONENT, Shampoo.Builder::exponent),
                        Binding.of(ROOTS, Shampoo.Builder::every),
                        Binding.of(FIRST_ROOTS, Shampoo.Builder::start),
                        Binding.of(BLOCK, Shampoo.Builder::largest),
                        Binding.of(STEP_MU, Shampoo.Builder::momentum),
                        Binding.of(KL, Shampoo.Builder::kullbackLeibler),
                        Binding.of(GRAFTING, (Shampoo.Builder builder, Grafting whose) -> builder.grafting(whose)),
                        Binding.of(GRAFTING_BETA, GRAFTING_EPSILON, Shampoo.Builder::graftingMean));
    }

    private static OptimizerKind adaHessian() {
        return new FirstOrderSettings(0.15, 0)
                .kind(
                        "adahessian",
                        "mean gradients over estimates of the Hessian's diagonal",
                        net -> AdaHessian.builder(),
                        Binding.of(beta1(0.9), beta2(0.999, "the squared diagonal"), AdaHessian.Builder::betas),
                        Binding.of(epsilon(1e-4, "added to the curvature"), AdaHessian.Builder::epsilon),
                        Binding.of(POWER, AdaHessian.Builder::power));
    }

    private static OptimizerKind sophia() {
        return new FirstOrderSettings(0.001, 0.1)
                .kind(
                        "sophia",
                        "mean gradients over estimates of the curvature's diagonal, with a limit for each element",
                        net -> Sophia.builder(),
                        Binding.of(beta1(0.965), beta2(0.99, "estimates"), Sophia.Builder::betas),
                        Binding.of(RHO, Sophia.Builder::rho),
                        Binding.of(ESTIMATES, Sophia.Builder::every),
                        Binding.of(ESTIMATE, Sophia.Builder::estimate));
    }
}
