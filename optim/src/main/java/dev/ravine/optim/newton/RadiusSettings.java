package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.FluentBuilder;
import dev.ravine.optim.secondorder.TrustRadius;
import java.util.Objects;

/**
 * Settings of a method with a trust radius.
 *
 * @param <B> the builder itself
 */
abstract class RadiusSettings<B extends RadiusSettings<B>> extends FluentBuilder<B> {
    Curvature curvature = Curvature.HESSIAN;
    TrustRadius region;
    boolean hasUsualLimit = true;

    RadiusSettings(TrustRadius region) {
        this.region = region;
    }

    /**
     * The matrix of the model.
     *
     * @param matrix the true Hessian without it
     * @return this
     */
    public B curvature(Curvature matrix) {
        this.curvature = Objects.requireNonNull(matrix, "matrix");
        return self();
    }

    /**
     * The trust radius.
     *
     * @param first of the first step, positive; 1 without it
     * @param largest the limit of the radius, positive; unlike the usual one it also holds where theta is longer
     * @return this
     */
    public B radius(double first, double largest) {
        this.region = new TrustRadius(first, largest);
        this.hasUsualLimit = false;
        return self();
    }
}
