package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Check;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.TrustRadius;
import java.util.HashMap;
import java.util.Map;

/** A method with a trust radius, which is its only state besides the number of rejections in a row. */
abstract class RadiusOptimizer extends SecondOrder {
    private static final String REJECTIONS = "rejections";

    /** After this many divisions by four the radius is 1e-12 of itself: it was made for parameters in other units. */
    private static final int FOREIGN_UNITS = 20;

    final Curvature curvature;
    final TrustRadius region;
    private final boolean hasUsualLimit;
    double radius;
    private int rejections;
    private boolean isHopeless;

    RadiusOptimizer(RadiusSettings<?> settings) {
        this.curvature = settings.curvature;
        this.region = settings.region;
        this.hasUsualLimit = settings.hasUsualLimit;
        this.radius = region.first();
    }

    /** Before the radius is used: one that nothing has changed yet is made to fit the point. */
    final void begin(Point at) {
        if (radius == region.first()) {
            radius = region.firstAt(at.theta());
        }
    }

    /** {@return the rule at a point: a limit that nobody has chosen is not below the norm of theta} */
    final TrustRadius regionAt(Point at) {
        double largest = region.largest();
        return hasUsualLimit ? new TrustRadius(region.first(), Math.max(largest, Vectors.norm(at.theta()))) : region;
    }

    /**
     * Takes over the radius of a verdict. After many rejections in a row it goes down by halves of the exponent that are
     * left to the shortest step that changes theta.
     */
    final void follow(TrustRadius.Verdict verdict, Point at) {
        radius = verdict.nextRadius();
        isHopeless = verdict.isHopeless();
        rejections = verdict.accepted() ? 0 : rejections + 1;
        if (rejections > FOREIGN_UNITS) {
            double shortest = Math.ulp(1.0) * Vectors.norm(at.theta());
            if (shortest > 0 && shortest < radius) {
                radius = Math.sqrt(shortest) * Math.sqrt(radius);
            }
        }
    }

    @Override
    protected Map<String, Object> ownSettings() {
        Map<String, Object> own = new HashMap<>(Map.of("curvature", curvature, "radius", region));
        if (!hasUsualLimit) {
            own.put("largestRadius", "holds where theta is longer");
        }
        return own;
    }

    @Override
    public boolean fitsAnyUnits() {
        return hasUsualLimit;
    }

    @Override
    public boolean canRetry() {
        return !isHopeless && super.canRetry();
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        return Map.of("radius", radius, REJECTIONS, (double) rejections);
    }

    /** States from before rejections were counted have none. */
    @Override
    protected void restoreState(OptimizerState state) {
        double restoredRadius = Check.positive("the state's 'radius'", state.number("radius"));
        rejections = state.numbers().containsKey(REJECTIONS) ? state.count(REJECTIONS, Integer.MAX_VALUE) : 0;
        radius = restoredRadius;
        isHopeless = false;
    }
}
