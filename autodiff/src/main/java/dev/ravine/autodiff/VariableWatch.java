package dev.ravine.autodiff;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/** Notices which variables of a program have changed since it looked last. */
final class VariableWatch {
    private final List<Plan.Port> inputs;
    private final List<Tensor> constants;
    private final long plannedAt = Leaf.Variable.now();
    private final long[] seen;

    /**
     * Watches from now on.
     *
     * @param inputs which may change
     * @param constants variables which must not
     */
    VariableWatch(List<Plan.Port> inputs, List<Tensor> constants) {
        this.inputs = inputs;
        this.constants = constants;
        this.seen = new long[inputs.size()];
        Arrays.fill(seen, plannedAt);
    }

    /**
     * Looks.
     *
     * @param changed called with the bundle of each input that has changed
     * @throws IllegalStateException if a constant has
     */
    void check(IntConsumer changed) {
        for (int i = 0; i < seen.length; i++) {
            long changedAt = ((Leaf) inputs.get(i).tensor().op()).changedAt();
            if (changedAt > seen[i]) {
                seen[i] = changedAt;
                changed.accept(inputs.get(i).bundle());
            }
        }
        for (Tensor constant : constants) {
            if (((Leaf) constant.op()).changedAt() > plannedAt) {
                throw new IllegalStateException(constant.describe() + " changed, but is a constant of this program;"
                        + " name it among the inputs to replay with new numbers");
            }
        }
    }
}
