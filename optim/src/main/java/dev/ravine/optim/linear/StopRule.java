package dev.ravine.optim.linear;

import dev.ravine.core.Check;

/**
 * When conjugate gradients have gone far enough. A run that goes on from a checkpoint knows a rule by its text ({@link
 * dev.ravine.core.StableText}), so write a rule with settings of its own as a record; a lambda is known by its class
 * only.
 */
@FunctionalInterface
public interface StopRule {
    /**
     * Asked after each iteration.
     *
     * @param iteration how many were done, from 1
     * @param phi the quadratic x'Ax / 2 - b'x after each iteration; phi[iteration - 1] is the latest. Where the square
     *     of the first residual could overflow or underflow (below 1e-120 and above 1e120; 1e-12 and 1e12 in single
     *     precision), or the matrix is as far from 1, all are divided by one power of two: compare them with each other,
     *     not with a number
     * @param residual the norm of A x - b now
     * @param firstResidual the norm of A x - b at the start
     * @return whether to stop
     */
    boolean isDone(int iteration, double[] phi, double residual, double firstResidual);

    /**
     * Relative progress of the quadratic (Martens, ICML 2010, section 4.4): after more than k iterations, stop when phi
     * is negative and the last k of them lowered it by less than a fraction k epsilon of its size, k = max(10, ceil(i /
     * 10)). The residual is not tested.
     *
     * @param epsilon Martens' 0.0005; not negative
     * @return the rule
     */
    static StopRule relativeProgress(double epsilon) {
        Check.notNegative("epsilon", epsilon);
        return new Named("relativeProgress(" + epsilon + ")", (i, phi, residual, firstResidual) -> {
            int k = Math.max(10, (i + 9) / 10);
            if (i <= k) {
                return false;
            }
            double now = phi[i - 1];
            double before = phi[i - k - 1];
            return before < 0 && (now - before) / now < k * epsilon;
        });
    }

    /**
     * Stops when the residual is a fraction of the first one.
     *
     * @param tolerance the fraction, not negative
     * @return the rule
     */
    static StopRule relativeResidual(double tolerance) {
        Check.notNegative("the tolerance", tolerance);
        return new Named(
                "relativeResidual(" + tolerance + ")",
                (i, phi, residual, firstResidual) -> residual <= tolerance * firstResidual);
    }

    /**
     * A rule that is known by its settings.
     *
     * @param name of the rule with its settings, by which a run that goes on knows it
     * @param rule what it does
     */
    record Named(String name, StopRule rule) implements StopRule {
        /**
         * {@inheritDoc}
         *
         * @throws IllegalArgumentException if there is not a value of phi for each iteration, or no iteration
         */
        @Override
        public boolean isDone(int iteration, double[] phi, double residual, double firstResidual) {
            if (iteration < 1 || phi.length < iteration) {
                throw new IllegalArgumentException(name + " needs a value of phi after each iteration, found "
                        + phi.length + " values at iteration " + iteration
                        + (iteration < 1 ? "; iterations are counted from 1" : ""));
            }
            return rule.isDone(iteration, phi, residual, firstResidual);
        }
    }
}
