package dev.ravine.optim.firstorder;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The vectors that an optimizer keeps from step to step, each as long as theta; all begin as zeros. */
final class StateVectors implements AutoCloseable {
    private final List<String> names;
    private final List<INDArray> vectors = new ArrayList<>();
    private final Arena arena = new Arena("the optimizer");

    StateVectors(List<String> names) {
        this.names = names;
    }

    /** How long the vectors may be used. */
    Lifetime lifetime() {
        return arena.lifetime();
    }

    List<String> names() {
        return names;
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /**
     * Allocates them, or checks that they are for this theta.
     *
     * @param optimizer its name, for messages
     */
    List<Elements> elementsFor(INDArray theta, String optimizer) {
        while (vectors.size() < names.size()) {
            vectors.add(newVector(theta));
        }
        for (INDArray vector : vectors) {
            if (vector.length() != theta.length() || vector.dataType() != theta.dataType()) {
                throw new IllegalArgumentException(optimizer + " keeps " + DType.of(vector) + " vectors of "
                        + vector.length() + " elements, found theta with " + DType.of(theta) + " and "
                        + theta.length() + "; use an optimizer for one objective");
            }
        }
        return vectors.stream().map(Elements::of).toList();
    }

    /** By name; none before the first step. */
    Map<String, INDArray> named() {
        Map<String, INDArray> named = new LinkedHashMap<>();
        for (int i = 0; i < vectors.size(); i++) {
            named.put(names.get(i), vectors.get(i));
        }
        return named;
    }

    /** Checks a state without taking it over. */
    void require(OptimizerState state, String optimizer) {
        Set<String> expected = state.steps() == 0 ? Set.of() : Set.copyOf(names);
        if (!state.vectors().keySet().equals(expected)) {
            throw new IllegalArgumentException(optimizer + " keeps the vectors " + names + ", the state has "
                    + state.vectors().keySet() + "; it belongs to another kind of optimizer");
        }
    }

    void restore(OptimizerState state) {
        vectors.clear();
        if (state.steps() > 0) {
            names.forEach(name -> {
                INDArray copy = newVector(state.vector(name));
                Vectors.copy(state.vector(name), copy);
                vectors.add(copy);
            });
        }
    }

    /** A vector of the same length and dtype, which lives as long as these. */
    INDArray newVector(INDArray like) {
        return arena.allocate(DType.of(like), Shape.of(like.length()));
    }

    @Override
    public void close() {
        arena.close();
    }
}
