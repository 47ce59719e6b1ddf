package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import dev.ravine.optim.secondorder.DampingRule;

/** Settings of the catalogue that several kinds of Newton methods share. */
final class NewtonSettings {
    static final Setting<Integer> LOSS = Setting.integer(
            "loss", 0, Range.atLeast(0), "examples of the loss that judges steps; 0 for the gradient's");
    static final Setting<Double> FACTOR = Setting.number(
            "factor", null, Range.atLeast(1), "factor by which damping rises instead of 3/2; it falls by the inverse");
    static final Setting<Curvature> GAUSS_NEWTON = curvature(Curvature.GAUSS_NEWTON);

    private NewtonSettings() {}

    static Setting<Curvature> curvature(Curvature initial) {
        return Setting.constant("curvature", initial, Curvature.ofLoss(), "matrix of the quadratic model");
    }

    /** How damping moves. */
    static void factor(SettingValues values, HessianFreeSettings<?> builder) {
        values.ifGiven(FACTOR, factor -> builder.dampingRule(DampingRule.levenbergMarquardt(factor, 1 / factor)));
    }
}
