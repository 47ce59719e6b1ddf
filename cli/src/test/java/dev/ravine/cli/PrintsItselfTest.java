package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.Batches;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.catalogue.OptimizerCatalogue;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.CheckpointFolder;
import dev.ravine.optim.training.Trainer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What a JShell shows of the objects that a user holds. */
class PrintsItselfTest {
    @Test
    void initializersSayWhatTheyAre() {
        assertThat(Initializer.normal(0.1)).hasToString("normal(0.1)");
        assertThat(Initializer.zeros()).hasToString("constant(0.0)");
        assertThat(Initializer.kaimingUniform()).hasToString("kaimingUniform");
        assertThat(Initializer.sparse(15)).hasToString("sparse(15)");
    }

    @Test
    void dataAndTheirReadersSayWhatTheyHold() {
        assertThat(new Rng(3)).hasToString("Rng[state 3]");
        assertThat(new Batches(100, 10, 1)).hasToString("Batches[100 examples, 10 at a time]");
        assertThat(Csv.reader().separator(';').targets("y"))
                .hasToString("Csv[separator ';', FLOAT32, NUMBERS [y], missing Refuse[]]");
        try (Workers workers = new Workers(2)) {
            assertThat(workers).hasToString("Workers[2]");
        }
    }

    @Test
    void netsAndTheirTrainingSayWhatTheyAre() {
        DataSet data = Generators.friedman(100, 1, 1);
        Linear net = new Linear(10, 1);
        net.initialize(DType.FLOAT64, 1);
        assertThat(net.parameterVector()).hasToString("ParameterVector[11 numbers of FLOAT64, 2 parameters]");
        assertThat(net.namedParameters().get("bias").toString())
                .startsWith("Parameter[bias " + Shape.of(1) + ", ")
                .doesNotContain("@");
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.meanSquaredError(), data);
                Adam adam = Adam.builder().build();
                Predictor predictor = new Predictor(net)) {
            assertThat(objective).hasToString("SupervisedObjective[100 examples, 11 parameters]");
            assertThat(predictor.toString()).startsWith("Predictor of Linear");
            Trainer trainer = Trainer.builder(net, objective)
                    .optimizer(adam)
                    .budget(Budget.steps(3))
                    .build();
            assertThat(trainer.toString()).startsWith("Trainer[adam(lr=0.001), 3 steps");
        }
        assertThat(new CheckpointFolder(Path.of("runs"), 3)).hasToString("CheckpointFolder[runs, keeps 3]");
    }

    @Test
    void minimizationsAndOptimizersByNameSayWhatTheyAre() {
        assertThat(Minimize.of(x -> x.square().sum())).hasToString("Minimize[a function]");
        OptimizerCatalogue catalogue = OptimizerCatalogue.load();
        assertThat(catalogue.toString()).startsWith("OptimizerCatalogue[").contains("adam", "hf");
        assertThat(catalogue.kind("adam").settings().get(0).toString())
                .contains("=")
                .doesNotContain("@");
    }
}
