package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class BlockSharesTest {
    /** 6, then 5, then 4 and 3 to whoever has less, then 2: 6 + 3 and 5 + 4 are even, and the first takes the last. */
    @Test
    void costlyBlocksComeFirst() {
        assertThat(new BlockShares(2, 5, 3, 6, 4).among(2)).isDeepEqualTo(new int[][] {{3, 2, 0}, {1, 4}});
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e9})
    void eachBlockRunsOnce(double cost) {
        ConcurrentMap<Integer, Integer> runs = new ConcurrentHashMap<>();
        BlockShares shares = new BlockShares(cost, 2 * cost, 3 * cost, cost, cost);
        try (Workers workers = new Workers(3)) {
            shares.run(workers, block -> runs.merge(block, 1, Integer::sum));
        }
        assertThat(runs).containsOnlyKeys(0, 1, 2, 3, 4).containsValues(1).doesNotContainValue(2);
    }

    /** About 1.1e7 floating-point operations a product, so that the blocks are shared out. */
    @Test
    void anInverseHasTheSameBitsOnAnyNumberOfWorkers() {
        Sequential net =
                new Sequential(new Linear(2, 150), Activation.tanh(), new Linear(150, 150), new Linear(150, 3));
        net.initialize(DType.FLOAT32, 2);
        DataSet data = Generators.spirals(60, 3, 0.1, 1).as(DType.FLOAT32);
        INDArray one = null;
        for (int count : new int[] {1, 2, 3}) {
            try (SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                            .workers(new Workers(count))
                            .build();
                    KroneckerFactors factors = KroneckerFactors.builder().build(objective);
                    KroneckerInverse inverse = new KroneckerInverse(factors, FactorDamping.TRACE)) {
                factors.update(objective, objective.theta(), Scope.all());
                assertThat(inverse.productCost()).isGreaterThan(1e7);
                assertThat(inverse.refresh(0.1, objective, objective.theta(), Scope.all()))
                        .isEmpty();
                INDArray out = Arena.create(DType.FLOAT32, Shape.of(inverse.size()));
                inverse.apply(objective.theta(), out, objective.workers());
                one = one == null ? out : one;
                assertThat(Arena.toDoubles(out)).as("%d workers", count).isEqualTo(Arena.toDoubles(one));
            }
        }
    }
}
