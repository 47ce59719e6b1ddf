package dev.ravine.optim.objective;

/**
 * Computing that was done, as a whole number, so that sums of it are exact whatever their order.
 *
 * @param operations floating-point operations, by {@link dev.ravine.autodiff.Op#cost}
 * @param perGradient those of one gradient over all examples
 */
public record Work(long operations, double perGradient) {
    private static final double PARTS = 1 << 20;

    /**
     * Work that is known in gradients only.
     *
     * @param gradients rounded to a millionth of a gradient
     * @return the work
     */
    public static Work ofGradients(double gradients) {
        return new Work(Math.round(gradients * PARTS), PARTS);
    }

    /** {@return the work in gradients over all examples} */
    public double gradients() {
        return operations / perGradient;
    }
}
