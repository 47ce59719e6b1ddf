package dev.ravine.optim.newton;

import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.WolfeSearch;
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
    public void close() {
        search.close();
        super.close();
    }
}
