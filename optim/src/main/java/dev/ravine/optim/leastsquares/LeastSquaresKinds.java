package dev.ravine.optim.leastsquares;

import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.catalogue.MainSetting;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.OptimizerProvider;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import java.util.List;

/** The catalogue's kinds of least-squares methods. */
public final class LeastSquaresKinds implements OptimizerProvider {
    private static final Setting<Double> RADIUS =
            Setting.number("radius", 1.0, Range.positive(), "first radius, relative to the scaled norm of parameters");

    /** Not QR, which needs residuals written out. */
    private static final Setting<LeastSquaresSolver> SOLVER = Setting.constant(
            "solver",
            LeastSquaresSolver.CONJUGATE_GRADIENTS,
            List.of(LeastSquaresSolver.CONJUGATE_GRADIENTS, LeastSquaresSolver.NORMAL_EQUATIONS),
            "solver of the linear problem of a step");

    private static final Setting<Integer> LIMIT = Setting.integer(
            "limit", 4096, Range.between(1, 16_383), "largest number of parameters whose matrix is written out");

    private static final Setting<Double> MU = mu(0.001);
    private static final Setting<Double> BAYES_MU = mu(0.005);
    private static final Setting<Double> MU_DEC =
            Setting.number("mu-dec", 0.1, Range.openFraction(), "factor of mu after a step");
    private static final Setting<Double> MU_INC =
            Setting.number("mu-inc", 10.0, Range.above(1), "factor of mu after a trial without decrease");
    private static final Setting<Double> MU_MAX =
            Setting.number("mu-max", 1e10, Range.positive(), "largest mu; steps end there");

    /** For {@link java.util.ServiceLoader}. */
    public LeastSquaresKinds() {}

    private static Setting<Double> mu(double initial) {
        return Setting.number("mu", initial, Range.positive(), "damping of the first step");
    }

    @Override
    public List<OptimizerKind> kinds() {
        return List.of(
                new OptimizerKind(
                        "lm",
                        "Levenberg-Marquardt: damped Gauss-Newton steps",
                        List.of(RADIUS, SOLVER, LIMIT),
                        MainSetting.decades(RADIUS),
                        LeastSquaresKinds::levenbergMarquardt),
                new OptimizerKind(
                        "damped-gn",
                        "Gauss-Newton steps with Marquardt's damping mu",
                        List.of(MU, MU_DEC, MU_INC, MU_MAX, LIMIT),
                        MainSetting.decades(MU),
                        (values, net, seed) -> damped(values, net, MU, DampedGaussNewton.builder())
                                .build()),
                new OptimizerKind(
                        "bayes",
                        "Bayesian regularization: such steps, and a weight decay that the evidence chooses",
                        List.of(BAYES_MU, MU_DEC, MU_INC, MU_MAX, LIMIT),
                        MainSetting.decades(BAYES_MU),
                        (values, net, seed) -> damped(values, net, BAYES_MU, BayesianRegularization.builder())
                                .build()));
    }

    private static <B extends MarquardtSettings<B>> B damped(
            SettingValues values, Module net, Setting<Double> mu, B builder) {
        values.ifGiven(mu, builder::mu);
        values.ifGiven(MU_DEC, builder::muDec);
        values.ifGiven(MU_INC, builder::muInc);
        values.ifGiven(MU_MAX, builder::muMax);
        values.ifGiven(LIMIT, builder::limit);
        values.requireWithin(net, LIMIT, "lm:solver=conjugate-gradients");
        return builder;
    }

    private static Optimizer levenbergMarquardt(SettingValues values, Module net, long seed) {
        LeastSquaresSolver solver = values.get(SOLVER);
        LevenbergMarquardt.Builder builder = LevenbergMarquardt.builder().solver(solver);
        values.ifGiven(RADIUS, builder::radius);
        values.ifGiven(LIMIT, builder::limit);
        if (solver == LeastSquaresSolver.NORMAL_EQUATIONS) {
            values.requireWithin(net, LIMIT, "lm:solver=conjugate-gradients");
        }
        return builder.build();
    }
}
