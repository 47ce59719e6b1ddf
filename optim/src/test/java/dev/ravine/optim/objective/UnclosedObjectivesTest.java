package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Linear;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnclosedObjectivesTest {
    @Test
    void holdNoThreadsAndNoMemoryForGood() throws InterruptedException {
        DataSet moons = Generators.twoMoons(200, 0.1, 1);
        use(moons);
        int threads = Thread.activeCount();
        List<WeakReference<Objective>> objectives = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            objectives.add(use(moons));
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
        for (int wait = 0; wait < 100 && objectives.stream().anyMatch(o -> o.get() != null); wait++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(objectives).allMatch(o -> o.get() == null);
    }

    /** The objective computes, and is forgotten. */
    private static WeakReference<Objective> use(DataSet data) {
        Module net = new Linear(2, 2);
        net.initialize(DType.FLOAT64, 1);
        SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), data);
        assertThat(objective.value(objective.theta(), Scope.all())).isFinite();
        return new WeakReference<>(objective);
    }
}
