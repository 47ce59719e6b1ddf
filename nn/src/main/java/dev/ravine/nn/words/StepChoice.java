package dev.ravine.nn.words;

import dev.ravine.autodiff.Tensor;
import dev.ravine.nn.Module;

/** One vector of a sequence [examples, steps, width]: its last step, or the mean of all steps. */
final class StepChoice extends Module {
    private final boolean isLast;

    StepChoice(boolean isLast) {
        this.isLast = isLast;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (!isLast) {
            return x.mean(1);
        }
        long steps = x.shape().size(1);
        return x.slice(1, steps - 1, steps).reshape(x.shape().size(0), x.shape().size(2));
    }

    @Override
    protected String description() {
        return isLast ? "last" : "mean";
    }
}
