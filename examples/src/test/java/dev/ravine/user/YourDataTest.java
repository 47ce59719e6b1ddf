package dev.ravine.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Missing;
import dev.ravine.core.data.Splits;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.LoadReport;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.Weights;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tables, predictions and weights of PyTorch, as the documentation shows them. */
class YourDataTest {
    @TempDir
    Path folder;

    @Test
    void aTableIsLearnedAndPredicted() throws IOException {
        StringBuilder rows = new StringBuilder("id;island;mass;species\n");
        for (int i = 0; i < 40; i++) {
            String mass = i == 7 ? "NA" : "3," + (i % 2 == 0 ? 1 : 8);
            rows.append(i).append(';').append(i % 3 == 0 ? "Dream" : "Biscoe").append(';');
            rows.append(mass).append(i % 2 == 0 ? ";Adelie\n" : ";Gentoo\n");
        }
        Path trainFile = Files.writeString(folder.resolve("train.csv"), rows);
        Path testFile = Files.writeString(folder.resolve("test.csv"), "species;mass;island\nGentoo;3,9;Dream\n");
        Path newFile = Files.writeString(folder.resolve("new.csv"), "mass;island\n3,0;Dream\n3,7;Biscoe\n");

        Csv csv = Csv.reader()
                .separator(';')
                .decimalComma()
                .classNames("species")
                .ignore("id")
                .categories("island")
                .missingCells("NA")
                .missing(Missing.mean());
        Csv.Table train = csv.table(trainFile);
        DataSet test = csv.like(train).read(testFile);
        assertThat(train.featureNames()).containsExactly("island=Biscoe", "island=Dream", "mass");

        var net = new Sequential(new Linear(3, 4), Activation.tanh(), new Linear(4, 2));
        net.initialize(1);
        try (var objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), train.data());
                var optimizer = HessianFree.builder().damping(1).build();
                var predictor = new Predictor(net)) {
            for (int i = 0; i < 60; i++) {
                optimizer.step(objective, objective.theta());
            }
            assertThat(predictor.accuracy(test)).isEqualTo(1);

            INDArray features = csv.like(train).readFeatures(newFile);
            int[] classes = predictor.classes(features);
            INDArray probabilities = predictor.probabilities(features);

            assertThat(train.classNames().get(classes[0])).isEqualTo("Adelie");
            assertThat(train.classNames().get(classes[1])).isEqualTo("Gentoo");
            assertThat(Arena.toDoubles(probabilities)).containsExactly(new double[] {1, 0, 0, 1}, within(0.2));
        }

        DataSet data = train.data();
        int tested = 0;
        TrainTest parts = Splits.stratified(data, 0.2, 1);
        for (TrainTest fold : Splits.stratifiedFolds(data, 5, 1)) {
            tested += fold.test().size();
        }
        assertThat(parts.test().size()).isEqualTo(8);
        assertThat(tested).isEqualTo(40);
    }

    @Test
    void weightsOfPyTorchAreLoaded() throws IOException {
        Path file = Path.of("../nn/src/test/resources/dev/ravine/nn/checkpoint.pt");
        var net = new Sequential(new Linear(2, 3), Activation.tanh(), new Linear(3, 1));
        net.initialize(1);
        LoadReport report = Weights.pytorch(file)
                .within("model")
                .renamed("fc1", "0")
                .renamed("head", "2")
                .loadFitting(net);
        assertThat(report).hasToString("loaded 4 of 4 parameters; unexpected [log.scale]");
    }
}
