package dev.ravine.autodiff;

/**
 * y = x, which matrices J' M J take as a constant: Gauss-Newton, both Fisher matrices and that of structural damping.
 * Loss, gradient and Hessian see x itself. So the statistics of a batch may be frozen for a step, whose curvature then
 * does not mix examples.
 */
record HeldInCurvature() implements Mark {
    @Override
    public String toString() {
        return "HeldInCurvature";
    }
}
