package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.catalogue.MainSetting;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import java.util.List;

/** The catalogue's kinds of methods that know curvature from differences of gradients. */
final class DescentKinds {
    private static final Setting<Double> QUASI_NEWTON = flatness(0.9);
    private static final Setting<Double> FLAT = flatness(0.1);
    private static final Setting<Integer> LIMIT = Setting.integer(
            "limit", 4096, Range.between(1, 16_383), "largest number of parameters whose matrix is written out");
    private static final Setting<ConjugacyRule> RULE = Setting.constant(
            "rule", ConjugacyRule.POLAK_RIBIERE, List.of(ConjugacyRule.values()), "how the next direction is chosen");
    private static final Setting<Double> SIGMA =
            Setting.number("sigma", 5e-5, Range.positive(), "length of the step for differences of gradients");
    private static final Setting<Double> LAMBDA =
            Setting.number("lambda", 5e-7, Range.positive(), "damping of the first step");
    private static final Setting<Products> PRODUCTS = Setting.constant(
            "products",
            Products.DIFFERENCES,
            List.of(Products.values()),
            "where products with the curvature come from");

    private DescentKinds() {}

    /** Where scaled conjugate gradients take their products from. */
    private enum Products {
        DIFFERENCES,
        HESSIAN,
        GAUSS_NEWTON
    }

    private static Setting<Double> flatness(double initial) {
        return Setting.number("c2", initial, Range.fraction(), "part of the slope that a line search may leave");
    }

    static List<OptimizerKind> kinds() {
        return List.of(
                new OptimizerKind(
                        "bfgs",
                        "BFGS with the matrix written out and a strong Wolfe line search",
                        List.of(QUASI_NEWTON, LIMIT),
                        MainSetting.list(QUASI_NEWTON, "0.1", "0.3", "0.5", "0.7", "0.9"),
                        DescentKinds::bfgs),
                new OptimizerKind(
                        "oss",
                        "one-step secant method: BFGS that remembers one step",
                        List.of(QUASI_NEWTON),
                        MainSetting.list(QUASI_NEWTON, "0.1", "0.3", "0.5", "0.7", "0.9"),
                        DescentKinds::secant),
                new OptimizerKind(
                        "ncg",
                        "nonlinear conjugate gradients with a strong Wolfe line search",
                        List.of(RULE, FLAT),
                        MainSetting.list(RULE, "fletcher-reeves", "polak-ribiere", "powell-beale"),
                        DescentKinds::conjugate),
                new OptimizerKind(
                        "scg",
                        "Møller's scaled conjugate gradients, without a line search",
                        List.of(LAMBDA, SIGMA, PRODUCTS),
                        MainSetting.decades(LAMBDA),
                        DescentKinds::scaled));
    }

    private static Optimizer bfgs(SettingValues values, Module net, long seed) {
        Bfgs.Builder builder = Bfgs.builder();
        values.ifGiven(QUASI_NEWTON, builder::curvatureFraction);
        values.ifGiven(LIMIT, builder::limit);
        values.requireWithin(net, LIMIT, "lbfgs");
        return builder.build();
    }

    private static Optimizer secant(SettingValues values, Module net, long seed) {
        Lbfgs.Builder builder = Lbfgs.oneStepSecant();
        values.ifGiven(QUASI_NEWTON, builder::curvatureFraction);
        return builder.build();
    }

    private static Optimizer conjugate(SettingValues values, Module net, long seed) {
        NonlinearConjugateGradients.Builder builder = NonlinearConjugateGradients.builder();
        values.ifGiven(RULE, builder::rule);
        values.ifGiven(FLAT, builder::curvatureFraction);
        return builder.build();
    }

    private static Optimizer scaled(SettingValues values, Module net, long seed) {
        ScaledConjugateGradients.Builder builder = ScaledConjugateGradients.builder();
        values.ifGiven(LAMBDA, builder::lambda);
        values.ifGiven(SIGMA, builder::sigma);
        switch (values.get(PRODUCTS)) {
            case HESSIAN -> builder.curvature(Curvature.HESSIAN);
            case GAUSS_NEWTON -> builder.curvature(Curvature.GAUSS_NEWTON);
            case DIFFERENCES -> {} // as without the setting
        }
        return builder.build();
    }
}
