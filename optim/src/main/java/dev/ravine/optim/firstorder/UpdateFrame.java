package dev.ravine.optim.firstorder;

/**
 * The work around an update rule: clipping and weight decay.
 *
 * @param gradientFactor what the gradient is multiplied by
 * @param limit of the size of the gradient's elements, or infinite
 * @param addedDecay how much of theta is added to the gradient
 * @param keep what theta is multiplied by
 */
record UpdateFrame(double gradientFactor, double limit, double addedDecay, double keep) {
    static final UpdateFrame NONE = new UpdateFrame(1, Double.POSITIVE_INFINITY, 0, 1);

    boolean isLimited() {
        return limit < Double.POSITIVE_INFINITY;
    }

    /** Whether there is nothing but a factor of the gradient. */
    boolean isSimple() {
        return !isLimited() && addedDecay == 0 && keep == 1;
    }
}
