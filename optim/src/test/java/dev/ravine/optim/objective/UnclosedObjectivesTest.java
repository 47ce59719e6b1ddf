package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Linear;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class UnclosedObjectivesTest {
    @Test
    void holdNoThreadsAndNoMemoryForGood() {
        DataSet moons = Generators.twoMoons(200, 0.1, 1);
        use(moons);
        int threads = Thread.activeCount();
        long bytes = Pointer.physicalBytes();
        for (int i = 0; i < 1000; i++) {
            use(moons);
            if (i % 100 == 0) {
                System.gc();
            }
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
        assertThat(Pointer.physicalBytes() - bytes).isLessThan(500_000_000);
    }

    /** The objective computes, and is forgotten. */
    private static void use(DataSet data) {
        Module net = new Linear(2, 2);
        net.initialize(DType.FLOAT64, 1);
        SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), data);
        assertThat(objective.value(objective.theta(), Scope.all())).isFinite();
    }
}
