package dev.ravine.optim.matrix;

import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.firstorder.WholeRule;
import java.util.Map;

/** An optimizer whose steps are made from the whole gradient, with the settings of its kind by name. */
abstract class WholeGradientOptimizer extends FirstOrder {
    private final Map<String, Object> own;

    WholeGradientOptimizer(Builder<?> settings, WholeRule rule, Map<String, Object> own) {
        super(settings, rule);
        this.own = own;
    }

    @Override
    protected final Map<String, Object> ownSettings() {
        return own;
    }
}
