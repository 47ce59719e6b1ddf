package dev.ravine.optim;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All that an optimizer keeps between steps, as plain numbers and vectors. A checkpoint saves it. A new optimizer with
 * the same settings that restores it goes on exactly as the old one would have.
 *
 * @param steps how many steps were made
 * @param numbers by name
 * @param vectors by name, copies, of theta's length unless the optimizer {@linkplain Optimizer#hasOwnArrays says
 *     otherwise}
 */
public record OptimizerState(long steps, Map<String, Double> numbers, Map<String, INDArray> vectors) {
    /**
     * Copies everything.
     *
     * @param steps how many steps were made
     * @param numbers by name
     * @param vectors by name
     */
    public OptimizerState {
        numbers = Map.copyOf(Check.noNullsIn("the numbers of the state", numbers));
        Map<String, INDArray> copies = new LinkedHashMap<>();
        Check.noNullsIn("the vectors of the state", vectors)
                .forEach((name, vector) -> copies.put(name, Arena.copyOf(vector)));
        vectors = Map.copyOf(copies);
    }

    /**
     * A number of the state.
     *
     * @param name under which it was saved
     * @return its value
     * @throws IllegalArgumentException if there is none, as in the state of another kind of optimizer
     */
    public double number(String name) {
        if (!numbers.containsKey(name)) {
            throw missing(name);
        }
        return numbers.get(name);
    }

    /**
     * A number of the state that counts something.
     *
     * @param name under which it was saved
     * @param most included
     * @return its value, from 0
     * @throws IllegalArgumentException if there is none, or if it is not a whole number in this range, as in a damaged
     *     state
     */
    public int count(String name, int most) {
        return (int) Check.whole("the state's '" + name + "'", number(name), 0, most);
    }

    /**
     * A number of the state that is a size, such as damping or a radius.
     *
     * @param name under which it was saved
     * @return its value, not negative, perhaps infinite
     * @throws IllegalArgumentException if there is none, or if it is negative or not a number, as in a damaged state
     */
    public double size(String name) {
        double value = number(name);
        if (!(value >= 0)) {
            throw new IllegalArgumentException("the state's '" + name + "' must not be negative, found " + value);
        }
        return value;
    }

    /**
     * A vector of the state.
     *
     * @param name under which it was saved
     * @return the vector itself, not to be changed
     * @throws IllegalArgumentException if there is none, as in the state of another kind of optimizer
     */
    public INDArray vector(String name) {
        if (!vectors.containsKey(name)) {
            throw missing(name);
        }
        return vectors.get(name);
    }

    /**
     * Refuses the state of an optimizer with another setting.
     *
     * @param name under which the setting was saved
     * @param own the setting of the optimizer that goes on
     * @throws IllegalArgumentException if it was another one, or there is none, as in the state of another kind of
     *     optimizer
     */
    public void requireSetting(String name, double own) {
        double saved = number(name);
        if (saved != own) {
            throw new IllegalArgumentException("the state was saved with " + name + " " + saved
                    + ", this optimizer has " + own + "; build it with the settings of the saved run, or begin anew");
        }
    }

    private IllegalArgumentException missing(String name) {
        return new IllegalArgumentException("the state has no '" + name + "', only " + numbers.keySet() + " and "
                + vectors.keySet() + "; it belongs to another kind of optimizer");
    }
}
