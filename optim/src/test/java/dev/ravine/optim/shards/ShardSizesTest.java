package dev.ravine.optim.shards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ShardSizesTest {
    @ParameterizedTest
    @CsvSource({"1e4, 64", "3.9e5, 64", "4e5, 63", "2.5e6, 10", "1.3e7, 2", "1e9, 2", "0, 64"})
    void twoShardsFromWhereTheyPay(double cost, int from) {
        ShardSizes sizes = new ShardSizes(1000, ShardSizes.BY_WORK).forWork(cost);
        assertThat(sizes).isEqualTo(new ShardSizes(1000, from));
        assertThat(sizes.bounds(from - 1)).containsExactly(0, from - 1);
        assertThat(sizes.bounds(from)).containsExactly(0, from / 2, from);
        assertThat(new ShardSizes(1000, 30).forWork(cost)).isEqualTo(new ShardSizes(1000, 30));
    }

    @Test
    void shardsAreEqualUpToOneExample() {
        assertThat(new ShardSizes(1000, 64).bounds(2999)).containsExactly(0, 999, 1999, 2999);
        assertThat(new ShardSizes(1000, ShardSizes.BY_WORK).bounds(1001)).containsExactly(0, 500, 1001);
    }

    /** 3 products of 2 x 1,000 x 1,000 operations for the second layer: 6e6 an example, so that five have two shards. */
    @Test
    void fewExamplesOfALargeNetAreDividedByDefault() {
        DataSet data = Generators.twoMoons(100, 0.1, 1).as(DType.FLOAT64);
        Sequential net = new Sequential(
                new Linear(2, 1000), Activation.tanh(), new Linear(1000, 1000), Activation.tanh(), new Linear(1000, 2));
        net.initialize(DType.FLOAT64, 1);
        try (SupervisedObjective own = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                        .build();
                SupervisedObjective two = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                        .splitFrom(5)
                        .build();
                SupervisedObjective one = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                        .splitFrom(6)
                        .build()) {
            Scope five = Scope.all().part(0, 5, 100);
            Scope four = Scope.all().part(0, 4, 100);
            assertThat(gradient(own, five)).isEqualTo(gradient(two, five)).isNotEqualTo(gradient(one, five));
            assertThat(gradient(own, four)).isEqualTo(gradient(one, four));
        }
    }

    private static double[] gradient(SupervisedObjective objective, Scope scope) {
        INDArray out = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
        objective.gradient(objective.theta(), scope, out);
        return Arena.toDoubles(out);
    }
}
