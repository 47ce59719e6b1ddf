package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.catalogue.MainSetting;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.OptimizerProvider;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import dev.ravine.optim.kronecker.Cotangents;
import dev.ravine.optim.kronecker.FactorDamping;
import dev.ravine.optim.kronecker.KroneckerFactors;
import java.util.ArrayList;
import java.util.List;

/** The catalogue's kinds of Newton and quasi-Newton methods. */
public final class NewtonKinds implements OptimizerProvider {
    private static final Range COUNT = Range.atLeast(0);
    private static final Range LIMIT = Range.atLeast(1);
    private static final Range ORDER = Range.between(1, 16_383);

    private static final Setting<Integer> MEMORY =
            Setting.integer("memory", 10, LIMIT, "pairs of steps and gradient changes");

    private static final Setting<Double> LAMBDA =
            Setting.number("lambda", 1.0, Range.positive(), "damping of the first step");
    private static final Setting<Integer> CHUNK = Setting.integer(
            "chunk",
            0,
            COUNT,
            "examples of the curvature; 0 for a tenth of the gradient's, but 2,000 if there are as many");
    private static final Setting<Integer> DATA =
            Setting.integer("data", 0, COUNT, "examples of the gradient; 0 for all");
    private static final Setting<Double> GROWTH =
            Setting.number("growth", 1.0, LIMIT, "factor by which the numbers of examples grow at each step");
    private static final Setting<Double> STRUCTURAL = Setting.number(
            "structural", 0.0, Range.atLeast(0), "structural damping of recurrent nets: its weight, times lambda");
    private static final Setting<Integer> HF_ITERATIONS = iterations(250);
    private static final Setting<Integer> FIRST_ITERATIONS = Setting.integer(
            "first-iterations", null, LIMIT, "limit of conjugate gradients at first; with iteration-growth");
    private static final Setting<Double> ITERATION_GROWTH = Setting.number(
            "iteration-growth", null, LIMIT, "factor of that limit whenever growth has doubled; with first-iterations");
    private static final Setting<Double> WARM =
            Setting.number("warm", 0.95, Range.fraction(), "part of the last solution to begin from");
    private static final Setting<Double> EXPONENT =
            Setting.number("exponent", 0.75, Range.between(0, 1), "exponent of the preconditioner; 0 for none");

    private static final Setting<Preconditioner> PRECONDITIONER = Setting.constant(
            "preconditioner",
            Preconditioner.DIAGONAL,
            List.of(Preconditioner.values()),
            "of conjugate gradients; diagonal is that of exponent");

    private static final Setting<Curvature> HESSIAN = NewtonSettings.curvature(Curvature.HESSIAN);
    private static final Setting<Integer> NEWTON_ITERATIONS = iterations(1000);
    private static final Setting<Double> FORCING = Setting.number(
            "forcing", 0.1, Range.openFraction(), "residual that the first steps may leave, relative to the gradient");
    private static final Setting<Double> RADIUS =
            Setting.number("radius", 1.0, Range.positive(), "trust radius of the first step");
    private static final Setting<ExactNewton.Indefinite> TREATMENT = Setting.constant(
            "treatment",
            ExactNewton.Indefinite.TRUST_REGION,
            List.of(ExactNewton.Indefinite.values()),
            "what makes an indefinite matrix usable");
    private static final Setting<Integer> ORDER_LIMIT =
            Setting.integer("limit", 4096, ORDER, "largest number of parameters whose matrix is written out");

    private static final Setting<Integer> BLOCK_ITERATIONS = iterations(50);
    private static final Setting<Integer> EXACT =
            Setting.integer("exact", 256, ORDER, "largest layer whose block is written out");

    private static final Setting<RatioExamples> RATIO = Setting.constant(
            "ratio", RatioExamples.CURVATURE, List.of(RatioExamples.values()), "examples of the reduction ratio");
    private static final Setting<Double> FLOOR = Setting.number("floor", 0.0, COUNT, "damping does not go below it");

    private static final Setting<BlockPreconditioner> BLOCK_PRECONDITIONER = Setting.constant(
            "preconditioner",
            BlockPreconditioner.NONE,
            List.of(BlockPreconditioner.values()),
            "of conjugate gradients for larger layers");

    /** What preconditions the conjugate gradients of Newton's method by layers. */
    private enum BlockPreconditioner {
        NONE,
        KRONECKER
    }

    /** What preconditions the conjugate gradients of Hessian-free. */
    private enum Preconditioner {
        DIAGONAL,
        KRONECKER
    }

    /** For {@link java.util.ServiceLoader}. */
    public NewtonKinds() {}

    @Override
    public List<OptimizerKind> kinds() {
        List<OptimizerKind> kinds = new ArrayList<>();
        kinds.add(lbfgsKind());
        kinds.addAll(DescentKinds.kinds());
        kinds.addAll(List.of(
                hessianFreeKind(),
                lineSearchKind(),
                trustRegionKind(),
                exactKind(),
                blockKind(),
                KroneckerNewtonKind.kind()));
        return kinds;
    }

    private static OptimizerKind lbfgsKind() {
        return new OptimizerKind(
                "lbfgs",
                "L-BFGS with a strong Wolfe line search",
                List.of(MEMORY),
                MainSetting.list(MEMORY, "3", "5", "10", "20", "50"),
                NewtonKinds::lbfgs);
    }

    private static OptimizerKind hessianFreeKind() {
        return new OptimizerKind(
                "hf",
                "Hessian-free: damped Gauss-Newton steps by conjugate gradients",
                List.of(
                        LAMBDA,
                        CHUNK,
                        DATA,
                        NewtonSettings.LOSS,
                        GROWTH,
                        HF_ITERATIONS,
                        FIRST_ITERATIONS,
                        ITERATION_GROWTH,
                        WARM,
                        PRECONDITIONER,
                        EXPONENT,
                        RATIO,
                        FLOOR,
                        STRUCTURAL,
                        NewtonSettings.FACTOR,
                        NewtonSettings.GAUSS_NEWTON),
                MainSetting.decades(LAMBDA),
                NewtonKinds::hessianFree);
    }

    private static OptimizerKind lineSearchKind() {
        return new OptimizerKind(
                "newton-cg",
                "Newton steps by conjugate gradients, with a line search",
                List.of(HESSIAN, FORCING, NEWTON_ITERATIONS),
                MainSetting.list(FORCING, "0.001", "0.01", "0.1", "0.5", "0.9"),
                NewtonKinds::lineSearchNewton);
    }

    private static OptimizerKind trustRegionKind() {
        return new OptimizerKind(
                "trust-newton",
                "Newton steps by conjugate gradients, within a trust region",
                List.of(HESSIAN, RADIUS, NEWTON_ITERATIONS),
                MainSetting.decades(RADIUS),
                NewtonKinds::trustRegionNewton);
    }

    private static OptimizerKind exactKind() {
        return new OptimizerKind(
                "newton",
                "Newton steps with the matrix written out",
                List.of(HESSIAN, TREATMENT, ORDER_LIMIT),
                MainSetting.list(TREATMENT, "shift", "absolute-eigenvalues", "trust-region"),
                NewtonKinds::exactNewton);
    }

    private static OptimizerKind blockKind() {
        return new OptimizerKind(
                "block-newton",
                "damped Gauss-Newton steps, layer by layer",
                List.of(
                        LAMBDA,
                        CHUNK,
                        DATA,
                        NewtonSettings.LOSS,
                        BLOCK_ITERATIONS,
                        EXACT,
                        BLOCK_PRECONDITIONER,
                        NewtonSettings.GAUSS_NEWTON),
                MainSetting.decades(LAMBDA),
                NewtonKinds::blockNewton);
    }

    private static Setting<Integer> iterations(int initial) {
        return Setting.integer("iterations", initial, LIMIT, "limit of conjugate gradients in a step");
    }

    private static Optimizer lbfgs(SettingValues values, Module net, long seed) {
        Lbfgs.Builder builder = Lbfgs.builder();
        values.ifGiven(MEMORY, builder::memory);
        return builder.build();
    }

    private static Optimizer hessianFree(SettingValues values, Module net, long seed) {
        HessianFree.Builder builder = HessianFree.builder().seed(seed);
        damped(values, builder);
        values.ifGiven(GROWTH, builder::growth);
        values.ifGiven(STRUCTURAL, builder::structuralDamping);
        values.ifGiven(HF_ITERATIONS, builder::maxIterations);
        values.requireTogether(FIRST_ITERATIONS, ITERATION_GROWTH);
        values.ifGiven(FIRST_ITERATIONS, first -> builder.growingIterations(first, values.get(ITERATION_GROWTH)));
        values.ifGiven(WARM, builder::warmStart);
        values.ifGiven(RATIO, builder::ratioExamples);
        values.ifGiven(FLOOR, builder::smallestDamping);
        NewtonSettings.factor(values, builder);
        values.ifGiven(EXPONENT, builder::preconditioner);
        if (values.get(PRECONDITIONER) == Preconditioner.KRONECKER) {
            kronecker(builder);
        }
        return builder.build();
    }

    private static void kronecker(DampedSettings<?> builder) {
        builder.kroneckerPreconditioner(
                KroneckerFactors.builder().cotangents(Cotangents.RADEMACHER), FactorDamping.TRACE);
    }

    private static void damped(SettingValues values, DampedSettings<?> builder) {
        values.ifGiven(LAMBDA, builder::damping);
        values.ifGiven(CHUNK, builder::curvatureExamples);
        values.ifGiven(DATA, builder::gradientExamples);
        values.ifGiven(NewtonSettings.LOSS, builder::lossExamples);
        values.ifGiven(NewtonSettings.GAUSS_NEWTON, builder::curvature);
    }

    private static Optimizer lineSearchNewton(SettingValues values, Module net, long seed) {
        LineSearchNewton.Builder builder = LineSearchNewton.builder();
        values.ifGiven(HESSIAN, builder::curvature);
        values.ifGiven(FORCING, builder::forcing);
        values.ifGiven(NEWTON_ITERATIONS, builder::maxIterations);
        return builder.build();
    }

    private static Optimizer trustRegionNewton(SettingValues values, Module net, long seed) {
        TrustRegionNewton.Builder builder = TrustRegionNewton.builder();
        values.ifGiven(HESSIAN, builder::curvature);
        values.ifGiven(RADIUS, radius -> builder.radius(radius, Math.max(radius, 1000)));
        values.ifGiven(NEWTON_ITERATIONS, builder::maxIterations);
        return builder.build();
    }

    private static Optimizer exactNewton(SettingValues values, Module net, long seed) {
        ExactNewton.Builder builder = ExactNewton.builder();
        values.ifGiven(HESSIAN, builder::curvature);
        values.ifGiven(TREATMENT, builder::indefinite);
        values.ifGiven(ORDER_LIMIT, builder::limit);
        values.requireWithin(net, ORDER_LIMIT, "trust-newton, newton-cg or hf");
        return builder.build();
    }

    private static Optimizer blockNewton(SettingValues values, Module net, long seed) {
        BlockNewton.Builder builder = BlockNewton.builder(net).seed(seed);
        damped(values, builder);
        values.ifGiven(BLOCK_ITERATIONS, builder::maxIterations);
        values.ifGiven(EXACT, builder::exactUpTo);
        if (values.get(BLOCK_PRECONDITIONER) == BlockPreconditioner.KRONECKER) {
            kronecker(builder);
        }
        return builder.build();
    }
}
