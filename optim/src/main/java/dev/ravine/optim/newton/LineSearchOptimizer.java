package dev.ravine.optim.newton;

import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.WolfeSearch;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A method with a {@link WolfeSearch} along each direction. The gradient where a search ends serves the next step. */
abstract class LineSearchOptimizer extends SecondOrder {
    final WolfeSearch search = new WolfeSearch(0.9);
    INDArray direction;

    @Override
    protected final double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        return search.gradient(objective, theta, scope, out);
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = new HashMap<>();
        search.end().ifPresent(end -> numbers.put("search_value", end.value()));
        return numbers;
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        Map<String, INDArray> vectors = new HashMap<>();
        search.end().ifPresent(end -> {
            vectors.put("search_point", end.point());
            vectors.put("search_gradient", end.gradient());
        });
        return vectors;
    }

    /** The gradient where the last search ended need not be computed again, so that costs go on as they would have. */
    @Override
    protected void restoreState(OptimizerState state) {
        search.restore(
                state.numbers().containsKey("search_value")
                        ? Optional.of(new WolfeSearch.End(
                                state.number("search_value"),
                                state.vector("search_point"),
                                state.vector("search_gradient")))
                        : Optional.empty());
    }

    @Override
    public void close() {
        search.close();
        super.close();
    }
}
