package dev.ravine.optim.secondorder;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Chooses among candidate steps, and how far to go, or rejects them all. A run that goes on from a checkpoint knows a
 * rule by its text ({@link dev.ravine.core.StableText}), so write a rule with settings of its own as a record; a lambda
 * is known by its class only.
 */
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
     * at once. So is one that becomes too short to change theta: there rounding makes Armijo's condition hold.
     *
     * <p>Rates at which the objective is not finite do not count as tries. The first finite one is found by doubling
     * the power of shrink and then halving the interval, so that a step which is wrong by any order of magnitude is
     * shortened within about twenty values. If all tries fail at finite values, much lower rates are found in the same
     * way.
     *
     * @param shrink the factor, from 0 to below 1
     * @param slopeFraction how much of the promised decrease must come true
     * @param tries how many rates are tested one by one
     * @return the rule
     */
    static Acceptance lineSearch(double shrink, double slopeFraction, int tries) {
        ArmijoSearch search = new ArmijoSearch(shrink, slopeFraction, tries);
        String name = "lineSearch(" + shrink + ", " + slopeFraction + ", " + tries + ")";
        return new Named(name, (proposal, values) -> {
            INDArray step = proposal.last();
            double slope = values.slope(step);
            return outcome(
                    proposal,
                    slope < 0
                            ? search.searchFar(step, values, search.firstFinitePower(step, values))
                            : new ArmijoSearch.Found(
                                    0, values.start(), "rejected: not a descent direction, g'p = " + slope));
        });
    }

    /**
     * The first rate of 1, shrink, shrink^2, ... along the last candidate at which the objective is at most f + slope
     * fraction times rate times g'p, and finite, and theta changes; there is no other condition. Along a direction that
     * does not descend (g'p > 0) that allows a rise: {@link #lineSearch} rejects such a direction.
     *
     * @param shrink the factor, from 0 to below 1
     * @param slopeFraction how much of the promised change must come true
     * @param tries how many rates are tested
     * @return the rule
     */
    static Acceptance armijo(double shrink, double slopeFraction, int tries) {
        ArmijoSearch search = new ArmijoSearch(shrink, slopeFraction, tries);
        String name = "armijo(" + shrink + ", " + slopeFraction + ", " + tries + ")";
        return new Named(name, (proposal, values) -> outcome(proposal, search.search(proposal.last(), values, 0)));
    }

    private static Outcome outcome(StepProposal proposal, ArmijoSearch.Found found) {
        int candidate = proposal.candidates().size() - 1;
        return new Outcome(proposal.last(), candidate, found.rate(), found.value(), found.rate() > 0, found.reason());
    }

    /**
     * A rule that is known by its settings.
     *
     * @param name of the rule with its settings, by which a run that goes on knows it
     * @param rule what it does
     */
    record Named(String name, Acceptance rule) implements Acceptance {
        @Override
        public Outcome choose(StepProposal proposal, StepValues values) {
            return rule.choose(proposal, values);
        }
    }
}
