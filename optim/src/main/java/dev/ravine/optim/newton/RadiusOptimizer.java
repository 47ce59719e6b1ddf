package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Check;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.TrustRadius;
import java.util.HashMap;
import java.util.Map;

/** A method with a trust radius, which is its only state. */
abstract class RadiusOptimizer extends SecondOrder {
    final Curvature curvature;
    final TrustRadius region;
    double radius;
    private boolean isHopeless;

    RadiusOptimizer(RadiusSettings<?> settings) {
        this.curvature = settings.curvature;
        this.region = settings.region;
        this.radius = region.first();
    }

    /** Before the radius is used: one that nothing has changed yet is made to fit the point. */
    final void begin(Point at) {
        if (radius == region.first()) {
            radius = region.firstAt(at.theta());
        }
    }

    /** Takes over the radius of a verdict. */
    final void follow(TrustRadius.Verdict verdict) {
        radius = verdict.nextRadius();
        isHopeless = verdict.isHopeless();
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return new HashMap<>(Map.of("curvature", curvature, "radius", region));
    }

    @Override
    public boolean canRetry() {
        return !isHopeless && super.canRetry();
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        return Map.of("radius", radius);
    }

    @Override
    protected void restoreState(OptimizerState state) {
        radius = Check.positive("the state's 'radius'", state.number("radius"));
        isHopeless = false;
    }
}
