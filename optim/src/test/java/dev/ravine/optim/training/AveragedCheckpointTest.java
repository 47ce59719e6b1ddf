package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Averaged;
import dev.ravine.optim.Averaging;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.matrix.Soap;
import dev.ravine.optim.problems.Points;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class AveragedCheckpointTest {
    private static final DataSet MOONS = Generators.twoMoons(40, 0.1, 1).as(DType.FLOAT64);

    @TempDir
    Path folder;

    private void train(int steps) throws IOException {
        Sequential net = new Sequential(new Linear(2, 2));
        net.initialize(DType.FLOAT64, 1);
        try (Averaged optimizer = new Averaged(Soap.builder(net).batchSize(10).build(), Averaging.exponential(0.9))) {
            Trainer.builder(net, Loss.softmaxCrossEntropy(), MOONS)
                    .optimizer(optimizer)
                    .budget(Budget.steps(steps))
                    .checkpoints(new CheckpointFolder(folder, 1), 100)
                    .build()
                    .train();
        }
    }

    /** The arrays of Soap have lengths of their own, so that nothing beside the average tells its length. */
    @Test
    void anAverageOfAnotherLengthIsRefused() throws IOException {
        train(2);
        train(3);
        Path file = new CheckpointFolder(folder, 1).files().get(0);
        Checkpoint good = Checkpoint.read(file);
        Map<String, INDArray> vectors = new HashMap<>(good.state().vectors());
        vectors.put("average", Points.vector(1, 2, 3));
        OptimizerState state =
                new OptimizerState(good.state().steps(), good.state().numbers(), vectors);
        new Checkpoint(good.model(), good.optimizer(), state, good.numbers(), good.arrays(), good.settings())
                .write(file);
        assertThatThrownBy(() -> train(4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the checkpoint's averaged parameters are [3], this model has 6 parameters");
    }
}
