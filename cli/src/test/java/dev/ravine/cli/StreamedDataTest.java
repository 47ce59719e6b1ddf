package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.data.StreamedExamples;
import dev.ravine.core.io.Npy;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippet about data in files. */
class StreamedDataTest {
    @Test
    void dataStayInTheirFiles(@TempDir Path folder) throws IOException {
        DataSet moons = Generators.twoMoons(100, 0.1, 1);
        Path x = folder.resolve("x.npy");
        Path y = folder.resolve("y.npy");
        Npy.write(x, moons.features());
        Npy.write(y, moons.targets());
        var net = new Sequential(new Linear(2, 2));
        net.initialize(moons.dtype(), 1);
        try (StreamedExamples data = StreamedExamples.npy(x, y);
                var optimizer = Adam.builder().build()) {
            var trainer = Trainer.builder(net, Loss.softmaxCrossEntropy(), data);
            TrainingResult result = trainer.optimizer(optimizer)
                    .budget(Budget.epochs(3))
                    .build()
                    .train();
            assertThat(result.progress().steps()).isEqualTo(3);
        }
    }
}
