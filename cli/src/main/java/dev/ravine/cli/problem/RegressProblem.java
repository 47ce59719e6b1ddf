package dev.ravine.cli.problem;

import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.data.Standardize;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.ModelCode;
import java.io.IOException;
import java.util.List;

/**
 * Regression by a small tanh net with mean squared error: Friedman's first function with its noise, or a column of a
 * CSV file. Features and target are standardized, so losses are in units of the training target's variance;
 * the test error is in the units of the data.
 */
public final class RegressProblem extends BuiltInProblem {
    /** For {@link java.util.ServiceLoader}. */
    public RegressProblem() {
        super(
                "regress",
                new Defaults(
                        List.of(12),
                        1e-4,
                        Budget.seconds(5),
                        List.of(
                                "adam:lr=3e-3",
                                "lbfgs:memory=50",
                                "hf:lambda=0.1",
                                "newton",
                                "block-newton:lambda=1e-3",
                                "lm:solver=normal-equations")));
    }

    @Override
    public Task task(Choices choices) throws IOException {
        choices.requireNoLength(this);
        choices.requireNoText(this);
        choices.requireNoCondition(this);
        TrainTest set;
        if (choices.data() == null) {
            Choices.require(choices.target() == null, "--target names a column of --data FILE.csv, which is not given");
            DataSet all = Generators.friedman(3000, 1, 1);
            set = Standardized.features(new TrainTest(all.range(0, 2000), all.range(2000, 3000)));
        } else {
            Choices.require(
                    !ImageData.isMeant(choices),
                    "regress takes a table of numbers: --data must be a CSV file, found the folder " + choices.data());
            set = TableData.numbers(choices);
        }
        Standardize scale = Standardize.fit(set.train().targets());
        TrainTest scaled = Standardized.targets(set, scale);
        ChosenNet net = ChosenNet.of(choices, scaled.train().featureShape(), 1);
        String data = choices.data() == null
                ? "Friedman's function with noise"
                : choices.data().toString();
        return Task.builder(new ModelCode(net.net(), Loss::meanSquaredError), scaled)
                .described(data, net.text())
                .l2(choices.l2())
                .metric(TaskMetric.training("training R2", Metric.determination()))
                .targetScale(scale)
                .metric(rootMeanSquare(scale.deviation(0)))
                .metric(TaskMetric.test("test R2", Metric.determination()))
                .build();
    }

    /** The root of the mean squared error on test data, in the units of the data. */
    private static TaskMetric rootMeanSquare(double unit) {
        return new TaskMetric(
                "test RMSE",
                false,
                TaskMetric.Kind.TEST,
                0,
                net -> unit * Math.sqrt(net.test(Metric.meanSquaredError())));
    }
}
