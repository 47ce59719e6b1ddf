package dev.ravine.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.training.Progress;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerTraceTest {
    private static final Progress START = new Progress(0, 0, 0, 0, 0, 0);

    private static Sequential net(int linears) {
        Sequential net = new Sequential(new Linear(2, 1), Activation.tanh(), new Linear(1, 1));
        for (int i = 2; i < linears; i++) {
            net = new Sequential(net, new Linear(1, 1));
        }
        return net;
    }

    /** By hand: the first layer has weights 3 and 4 and bias 0, the second weight 5 and bias 12. */
    @Test
    void normsAreOfWeightsAndBiasesOfEachLayer() {
        Sequential net = net(2);
        try (ParameterVector vector = net.initialize(DType.FLOAT64, 1)) {
            vector.set(Arena.of(DType.FLOAT64, Shape.of(5), 3, 4, 0, 5, 12));
            LayerTrace trace = new LayerTrace(net);
            trace.measured(START, new double[] {1, 2, 2, 0, 0.5});
            vector.set(Arena.of(DType.FLOAT64, Shape.of(5), 3, 4, 2, 5, 12));
            trace.stepped();
            // Only the step after a measurement counts.
            vector.set(Arena.of(DType.FLOAT64, Shape.of(5), 0, 0, 0, 0, 0));
            trace.stepped();
            trace.measured(START, new double[5]);
            List<Run.LayerNorms> norms = trace.norms();
            assertThat(norms)
                    .extracting(Run.LayerNorms::layer)
                    .containsExactly("0 Linear", "2 Linear", "0 Linear", "2 Linear");
            assertThat(norms.get(0).weights()).isCloseTo(5, within(1e-15));
            assertThat(norms.get(0).gradient()).isCloseTo(3, within(1e-15));
            assertThat(norms.get(0).update()).isCloseTo(2, within(1e-15));
            assertThat(norms.get(1).weights()).isCloseTo(13, within(1e-15));
            assertThat(norms.get(1).gradient()).isEqualTo(0.5);
            assertThat(norms.get(1).update()).as("a part that did not move").isZero();
            assertThat(norms.get(2).weights()).isZero();
            assertThat(norms.get(2).update()).as("no step came after it").isNaN();
        }
    }

    /** Of a net with many layers the parts at the top are shown. */
    @Test
    void manyLayersAreTakenTogether() {
        Sequential net = net(20);
        try (ParameterVector vector = net.initialize(DType.FLOAT64, 1)) {
            LayerTrace trace = new LayerTrace(net);
            trace.measured(START, new double[(int) vector.size()]);
            assertThat(trace.norms()).extracting(Run.LayerNorms::layer).containsExactly("0 Sequential", "1 Linear");
        }
    }
}
