package dev.ravine.optim.newton;

/** Over which examples a step of {@link HessianFree} is judged by the reduction ratio, which moves its damping. */
public enum RatioExamples {
    /** Those of the curvature, as Martens' published code does. The actual change costs two values over them. */
    CURVATURE,

    /**
     * Those of the loss, which are the gradient's unless {@link HessianFree.Builder#lossExamples} says otherwise. The
     * actual change is known from backtracking. A step that fits the curvature's examples and no others has a low ratio
     * here, which raises damping.
     */
    LOSS
}
