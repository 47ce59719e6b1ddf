/**
 * Optimizers that take an objective, not gradients, so that first- and second-order methods implement one interface and
 * are counted in one currency.
 *
 * <p>From the bottom: an {@link dev.ravine.optim.Objective} is a function of a flat vector over a
 * {@link dev.ravine.optim.Scope} of data; it can be linearized. A {@link dev.ravine.optim.LinearOperator} is a matrix
 * known by its products; {@link dev.ravine.optim.ConjugateGradient} solves with it under a
 * {@link dev.ravine.optim.StopRule}; a {@link dev.ravine.optim.QuadraticModel} predicts what a step will change. A
 * {@link dev.ravine.optim.StepProposal} lists candidate steps, an {@link dev.ravine.optim.Acceptance} chooses one and how
 * far to go, a {@link dev.ravine.optim.DampingRule} learns from the outcome. {@link dev.ravine.optim.HessianFree} is
 * made of these; {@link dev.ravine.optim.TrustRegionNewton} of the model and
 * {@link dev.ravine.optim.SteihaugConjugateGradient}.
 *
 * <p>{@link dev.ravine.optim.Sgd}, {@link dev.ravine.optim.Adam}, {@link dev.ravine.optim.RmsProp} and
 * {@link dev.ravine.optim.Adagrad} need none of these. Each is an {@link dev.ravine.optim.UpdateRule} in the frame of
 * {@link dev.ravine.optim.FirstOrder}; their rates are numbers, a {@link dev.ravine.optim.Schedule}, or watch a
 * {@link dev.ravine.optim.Plateau}.
 */
package dev.ravine.optim;
