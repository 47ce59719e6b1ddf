package dev.ravine.optim;

/**
 * What a step's quadratic model did, for optimizers that have one.
 *
 * @param damping the shift of the model's matrix that the step used; not a number where a radius bounds steps instead
 * @param ratio actual over predicted change of the objective; minus infinity if it rose, not a number if not measured
 * @param iterations of the linear solver: products with the matrix, or factorizations
 * @param stopped why the solver ended
 * @param smallestCurvature the smallest p'Ap / p'p that the solver met, or the smallest eigenvalue where it is known, damping
 *     included; infinite if it met none
 */
public record ModelReport(double damping, double ratio, int iterations, String stopped, double smallestCurvature) {}
