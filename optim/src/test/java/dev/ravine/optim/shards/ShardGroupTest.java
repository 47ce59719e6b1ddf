package dev.ravine.optim.shards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Linear;
import org.junit.jupiter.api.Test;

class ShardGroupTest {
    @Test
    void sizesThatAreNotUsedAnyMoreMakeRoom() {
        Module net = new Linear(2, 2);
        net.initialize(DType.FLOAT64, 1);
        DataSet data = Generators.twoMoons(100, 0.1, 1);
        ShardedModel model = new ShardedModel(net, Loss.softmaxCrossEntropy(), data, net.parameterVector());
        int[] rows = new int[100];
        try (ShardGroup group = ShardGroup.elsewhere(model)) {
            long costBefore = 0;
            for (int size = 1; size <= 60; size++) {
                Shard first = group.acquire(Shard.Kind.plain(size));
                Shard second = group.acquire(Shard.Kind.plain(size));
                first.load(rows, 0, 0);
                first.linearization().value();
                group.release(first);
                group.release(second);
                Shard again = group.acquire(Shard.Kind.plain(size));
                assertThat(again).isIn(first, second);
                group.release(again);
                assertThat(group.executedCost()).isGreaterThan(costBefore);
                costBefore = group.executedCost();
            }
            int kept = 0;
            for (int size = 1; size <= 60; size++) {
                kept += group.hasIdle(Shard.Kind.plain(size)) ? 1 : 0;
            }
            assertThat(kept).isEqualTo(8);
        }
    }
}
