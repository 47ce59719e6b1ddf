package dev.ravine.optim.secondorder;

import dev.ravine.core.Check;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Chooses among candidate steps, and how far to go, or rejects them all. */
@FunctionalInterface
public interface Acceptance {
    /**
     * Chooses.
     *
     * @param proposal the candidates
     * @param values the objective along them
     * @return what was chosen
     */
    Outcome choose(StepProposal proposal, StepValues values);

    /**
     * A choice.
     *
     * @param step the chosen candidate
     * @param candidate its index in the proposal
     * @param rate how far to go along it, 0 if rejected
     * @param value the objective there
     * @param accepted whether to go at all
     * @param reason why
     */
    record Outcome(INDArray step, int candidate, double rate, double value, boolean accepted, String reason) {}

    /**
     * Goes from the last candidate backwards while the objective does not get worse, and chooses the candidate before
     * the first worse one (Martens, ICML 2010, section 4.6). An objective that is not a number counts as worse than any
     * number. It always chooses one; a line search may then reject it.
     *
     * @return the rule
     */
    static Acceptance backtracking() {
        return (proposal, values) -> {
            List<INDArray> candidates = proposal.candidates();
            int best = candidates.size() - 1;
            double value = values.at(candidates.get(best), 1);
            while (best > 0) {
                double earlier = values.at(candidates.get(best - 1), 1);
                if (earlier > value || (Double.isNaN(earlier) && !Double.isNaN(value))) {
                    break;
                }
                best--;
                value = earlier;
            }
            return new Outcome(candidates.get(best), best, 1, value, true, "backtracked to candidate " + best);
        };
    }

    /**
     * The first rate of 1, shrink, shrink^2, ... along the last candidate at which the objective is at most
     * f + slope fraction times rate times g'p (Armijo), and finite. A step that does not descend (g'p >= 0) is rejected
     * at once.
     *
     * @param shrink the factor, from 0 to below 1
     * @param slopeFraction how much of the promised decrease must come true
     * @param tries how many rates are tested
     * @return the rule
     */
    static Acceptance lineSearch(double shrink, double slopeFraction, int tries) {
        Acceptance search = armijo(shrink, slopeFraction, tries);
        return (proposal, values) -> {
            double slope = values.slope(proposal.last());
            return slope < 0
                    ? search.choose(proposal, values)
                    : rejected(proposal, values, "rejected: not a descent direction, g'p = " + slope);
        };
    }

    /**
     * The first rate of 1, shrink, shrink^2, ... along the last candidate at which the objective is at most f + slope
     * fraction times rate times g'p, and finite; there is no other condition. Along a direction that does not descend
     * (g'p > 0) that allows a rise: {@link #lineSearch} rejects such a direction.
     *
     * @param shrink the factor, from 0 to below 1
     * @param slopeFraction how much of the promised change must come true
     * @param tries how many rates are tested
     * @return the rule
     */
    static Acceptance armijo(double shrink, double slopeFraction, int tries) {
        Check.fraction("the factor of a line search", shrink);
        Check.atLeastOne("the number of rates", tries);
        return (proposal, values) -> {
            INDArray step = proposal.last();
            double slope = values.slope(step);
            double rate = 1;
            for (int i = 0; i < tries; i++) {
                double value = values.at(step, rate);
                double change = values.change(step, rate, value);
                if (change == 0 && !values.moves(step, rate)) {
                    return rejected(proposal, values, "rejected: no decrease before rounding stopped the step");
                }
                if (Double.isFinite(value) && change <= slopeFraction * rate * slope) {
                    int candidate = proposal.candidates().size() - 1;
                    return new Outcome(step, candidate, rate, value, true, "accepted at rate " + rate);
                }
                rate *= shrink;
            }
            return rejected(proposal, values, "rejected: no decrease at " + tries + " rates");
        };
    }

    private static Outcome rejected(StepProposal proposal, StepValues values, String reason) {
        return new Outcome(proposal.last(), proposal.candidates().size() - 1, 0, values.start(), false, reason);
    }
}
