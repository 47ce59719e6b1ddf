package dev.ravine.optim.problems;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.Objective;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks that an optimizer with the state of another one goes on as that one does, bit for bit. */
public final class Resumed {
    private Resumed() {}

    /**
     * Steps an optimizer, hands its state to another one of the same settings, and steps both side by side.
     *
     * @param theta where the first begins; changed
     * @param before steps before the state is taken
     * @param after steps of both
     */
    public static void goesOnBitForBit(
            Objective objective, INDArray theta, Optimizer optimizer, Optimizer resumed, int before, int after) {
        for (int i = 0; i < before; i++) {
            optimizer.step(objective, theta);
        }
        INDArray copy = Arena.copyOf(theta);
        resumed.restore(optimizer.state());
        for (int i = 0; i < after; i++) {
            StepReport expected = optimizer.step(objective, theta);
            StepReport found = resumed.step(objective, copy);
            assertThat(found.step()).isEqualTo(expected.step());
            assertThat(found.lossAfter()).isEqualTo(expected.lossAfter());
            assertThat(found.model()).isEqualTo(expected.model());
            assertThat(found.telemetry()).isEqualTo(expected.telemetry());
        }
        assertThat(Vectors.equal(theta, copy)).isTrue();
    }
}
