package dev.ravine.optim.kronecker;

import dev.ravine.optim.OptimizerState;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Averaged factors and an inverse of earlier ones as a part of an optimizer's state, so that a resumed run goes on with
 * the same numbers.
 */
public final class SavedFactors {
    private static final String UPDATES = "factor_updates";
    private static final String GAMMA = "inverse_gamma";
    private static final String BLOCKS = "blocks";
    private static final String FACTORS = "factors";
    private static final String INVERSE = "inverse";

    /** The names of the vectors, which are not of theta's length. */
    public static final Set<String> VECTORS = Set.of(FACTORS, INVERSE);

    private SavedFactors() {}

    /**
     * {@return the numbers to save, by name}
     *
     * @param factors as they are now
     * @param inverse which has numbers
     */
    public static Map<String, Double> numbers(KroneckerFactors factors, KroneckerInverse inverse) {
        return Map.of(
                UPDATES, (double) factors.updates(),
                GAMMA, inverse.gamma(),
                BLOCKS, factors.checksum());
    }

    /**
     * {@return the vectors to save, by name; not of theta's length}
     *
     * @param factors as they are now
     * @param inverse which has numbers
     */
    public static Map<String, INDArray> vectors(KroneckerFactors factors, KroneckerInverse inverse) {
        return Map.of(FACTORS, factors.average(), INVERSE, inverse.numbers());
    }

    /**
     * {@return the part of a state that factors and inverse have, to be saved again before it was taken over}
     *
     * @param state of an optimizer that has them
     */
    public static OptimizerState part(OptimizerState state) {
        Map<String, Double> numbers =
                Map.of(UPDATES, state.number(UPDATES), GAMMA, state.number(GAMMA), BLOCKS, state.number(BLOCKS));
        Map<String, INDArray> vectors = Map.of(FACTORS, state.vector(FACTORS), INVERSE, state.vector(INVERSE));
        return new OptimizerState(state.steps(), numbers, vectors);
    }

    /**
     * {@return whether a state has factors}
     *
     * @param state of an optimizer
     */
    public static boolean areIn(OptimizerState state) {
        return state.vectors().keySet().containsAll(VECTORS);
    }

    /**
     * Goes on with saved numbers, unless they are of other blocks, since other parameters were frozen then.
     *
     * @param state with the parts of {@link #numbers} and {@link #vectors}
     * @param factors overwritten
     * @param inverse of these factors, overwritten
     * @return whether the blocks are the same, so that the numbers were taken over
     */
    public static boolean restore(OptimizerState state, KroneckerFactors factors, KroneckerInverse inverse) {
        if (state.number(BLOCKS) != factors.checksum()) {
            return false;
        }
        factors.restore(state.vector(FACTORS), (long) state.number(UPDATES));
        inverse.restore(state.vector(INVERSE), state.number(GAMMA));
        return true;
    }
}
