/**
 * Optimizers take an objective, not gradients, so first- and second-order methods implement one interface and report
 * their cost in one unit. This package is the hall: the {@link dev.ravine.optim.Optimizer} itself, its saved state and
 * its reports, and {@link dev.ravine.optim.Minimize}. It may use {@code optim.objective}, {@code optim.linear} and the
 * modules below; all packages of methods use it.
 *
 * <p>From the bottom: an {@link dev.ravine.optim.objective.Objective} is a function of a flat vector over a
 * {@link dev.ravine.optim.objective.Scope} of data; it can be linearized. A
 * {@link dev.ravine.optim.linear.LinearOperator} is a matrix known by its products;
 * {@link dev.ravine.optim.linear.ConjugateGradient} solves with it under a {@link dev.ravine.optim.linear.StopRule}; a
 * {@link dev.ravine.optim.secondorder.QuadraticModel} predicts what a step will change. A
 * {@link dev.ravine.optim.secondorder.StepProposal} lists candidate steps, an
 * {@link dev.ravine.optim.secondorder.Acceptance} chooses one and how far to go, and a
 * {@link dev.ravine.optim.secondorder.DampingRule} follows the outcome. {@link dev.ravine.optim.newton.HessianFree}
 * consists of these parts, and {@link dev.ravine.optim.newton.TrustRegionNewton} of the model and
 * {@link dev.ravine.optim.linear.SteihaugConjugateGradient}.
 *
 * <p>{@link dev.ravine.optim.firstorder.Sgd}, {@link dev.ravine.optim.firstorder.Adam},
 * {@link dev.ravine.optim.firstorder.RmsProp} and {@link dev.ravine.optim.firstorder.Adagrad} need none of these. Each
 * is an {@link dev.ravine.optim.firstorder.UpdateRule} in the frame of {@link dev.ravine.optim.firstorder.FirstOrder};
 * their rates are numbers, follow a {@link dev.ravine.optim.Schedule}, or watch a
 * {@link dev.ravine.optim.firstorder.Plateau}.
 *
 * @since 0.1.0
 */
package dev.ravine.optim;
