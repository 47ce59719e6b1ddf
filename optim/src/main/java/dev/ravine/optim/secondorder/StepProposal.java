package dev.ravine.optim.secondorder;

import dev.ravine.core.Check;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Candidate steps from a point, the most ambitious one last: the stored iterates of conjugate gradients, or a single
 * one.
 *
 * @param candidates at least one
 */
public record StepProposal(List<INDArray> candidates) {
    /**
     * Checks the list.
     *
     * @param candidates at least one
     * @throws IllegalArgumentException if there is none
     */
    public StepProposal {
        candidates = Check.noNulls("the candidates of a step", candidates);
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("a proposal needs at least one candidate step");
        }
    }

    /**
     * A single step.
     *
     * @param step the only candidate
     * @return the proposal
     */
    public static StepProposal of(INDArray step) {
        return new StepProposal(List.of(step));
    }

    /** {@return the most ambitious candidate, which is the last one} */
    public INDArray last() {
        return candidates.get(candidates.size() - 1);
    }
}
