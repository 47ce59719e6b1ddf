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
            "limit", 4096, Range.between(1, 16_383), "largest number of parameters for normal equations");

    /** For {@link java.util.ServiceLoader}. */
    public LeastSquaresKinds() {}

    @Override
    public List<OptimizerKind> kinds() {
        return List.of(new OptimizerKind(
                "lm",
                "Levenberg-Marquardt: damped Gauss-Newton steps",
                List.of(RADIUS, SOLVER, LIMIT),
                MainSetting.decades(RADIUS),
                LeastSquaresKinds::levenbergMarquardt));
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
