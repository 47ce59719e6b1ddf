package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.TrustRadius;
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

    /** Takes over the radius of a verdict. */
    final void follow(TrustRadius.Verdict verdict) {
        radius = verdict.nextRadius();
        isHopeless = verdict.isHopeless();
    }

    @Override
    public final boolean canRetry() {
        return !isHopeless && super.canRetry();
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        return Map.of("radius", radius);
    }

    @Override
    protected void restoreState(OptimizerState state) {
        radius = state.number("radius");
        isHopeless = false;
    }
}
