package dev.ravine.optim.newton;

import dev.ravine.core.Check;
import dev.ravine.core.FluentBuilder;

/**
 * Settings of a method with a {@link dev.ravine.optim.secondorder.WolfeSearch}.
 *
 * @param <B> the builder itself
 */
abstract class WolfeSettings<B extends WolfeSettings<B>> extends FluentBuilder<B> {
    double curvatureFraction;

    /** Begins with some c2. */
    WolfeSettings(double curvatureFraction) {
        this.curvatureFraction = curvatureFraction;
    }

    /**
     * How flat the objective must be where a line search ends.
     *
     * @param c2 part of the slope at its beginning, from 0 to below 1. Without it 0.9, and 0.1 for nonlinear conjugate
     *     gradients: from 1/2 on, directions of Fletcher and Reeves need not lead down
     * @return this
     */
    public B curvatureFraction(double c2) {
        this.curvatureFraction = Check.fraction("the curvature fraction", c2);
        return self();
    }
}
