package dev.ravine.cli.command;

import dev.ravine.core.Arena;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.optim.training.Budget;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A number from features, by a small tanh net and mean squared error: Friedman's first function with its noise, or a column of
 * a CSV file. Features and target are standardized, so that errors are in units of the training target's variance.
 */
final class RegressProblem implements Problem {
    private static final Measure TRAINING = new Measure("training R2", true, Measure.Kind.TRAINING);
    private static final Measure TEST_ERROR = new Measure("test MSE", false, Measure.Kind.TEST);
    private static final Measure TEST = new Measure("test R2", true, Measure.Kind.TEST);

    @Override
    public String name() {
        return "regress";
    }

    @Override
    public List<Integer> hidden() {
        return List.of(12);
    }

    @Override
    public double l2() {
        return 1e-4;
    }

    @Override
    public Budget budget() {
        return Budget.seconds(5);
    }

    @Override
    public List<String> optimizers() {
        return List.of(
                "adam:lr=3e-3",
                "lbfgs:memory=50",
                "hf:lambda=0.1",
                "newton",
                "block-newton:lambda=1e-3",
                "lm:solver=normal-equations,mu=1e-4");
    }

    @Override
    public Task task(Choices choices) throws IOException {
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
            set = TableData.numbers(choices.data(), choices.target());
        }
        TrainTest scaled = Standardized.targets(set);
        List<Integer> widths = Mlp.widths(scaled.train().featureShape().count(), choices.hidden(), 1);
        Module net = Mlp.of(widths);
        return new Task(
                choices.data() == null
                        ? "Friedman's function with noise"
                        : choices.data().toString(),
                Mlp.text(widths),
                net,
                Loss.meanSquaredError(),
                scaled,
                choices.l2(),
                TrainingLoss.measures(choices.l2(), TRAINING, TEST_ERROR, TEST),
                () -> meter(net, scaled, choices.l2()),
                Optional.empty());
    }

    private static Meter meter(Module net, TrainTest set, double l2) {
        TrainingLoss loss = new TrainingLoss(net, Loss.meanSquaredError(), set.train(), l2);
        Predictor predictor = new Predictor(net);
        return new Meter(
                () -> {
                    Map<String, Double> figures = new LinkedHashMap<>();
                    loss.measure(figures);
                    double[] train = Arena.toDoubles(predictor.outputs(set.train()));
                    double[] test = Arena.toDoubles(predictor.outputs(set.test()));
                    figures.put(
                            TRAINING.name(),
                            determination(train, Arena.toDoubles(set.train().targets())));
                    figures.put(
                            TEST_ERROR.name(),
                            error(test, Arena.toDoubles(set.test().targets())));
                    figures.put(
                            TEST.name(),
                            determination(test, Arena.toDoubles(set.test().targets())));
                    return figures;
                },
                loss,
                predictor);
    }

    private static double error(double[] outputs, double[] targets) {
        double sum = 0;
        for (int i = 0; i < targets.length; i++) {
            sum += (outputs[i] - targets[i]) * (outputs[i] - targets[i]);
        }
        return sum / targets.length;
    }

    /** 1 - error / variance. */
    private static double determination(double[] outputs, double[] targets) {
        double mean = Arrays.stream(targets).average().orElseThrow();
        double variance = Arrays.stream(targets)
                .map(y -> (y - mean) * (y - mean))
                .average()
                .orElseThrow();
        return 1 - error(outputs, targets) / variance;
    }
}
