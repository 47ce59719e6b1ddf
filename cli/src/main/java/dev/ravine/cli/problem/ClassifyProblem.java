package dev.ravine.cli.command;

import dev.ravine.cli.report.Pictures;
import dev.ravine.core.Arena;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.optim.training.Budget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Images or rows of a table into classes, by tanh layers and softmax cross-entropy. */
final class ClassifyProblem implements Problem {
    private static final Measure TRAINING = new Measure("training accuracy %", true, Measure.Kind.TRAINING);
    private static final Measure TEST = new Measure("test accuracy %", true, Measure.Kind.TEST);
    private static final int MOST_PICTURES = 16;

    @Override
    public String name() {
        return "classify";
    }

    @Override
    public List<Integer> hidden() {
        return List.of(32, 16);
    }

    @Override
    public double l2() {
        return 5e-4;
    }

    @Override
    public Budget budget() {
        return Budget.seconds(20);
    }

    @Override
    public List<String> optimizers() {
        return List.of("momentum:lr=0.03,mu=0.9", "adam:lr=3e-4", "hf:lambda=10");
    }

    @Override
    public Task task(Choices choices) throws IOException {
        choices.requireNoCondition(this);
        boolean isImages = ImageData.isMeant(choices);
        ImageData images = isImages ? ImageData.of(choices) : null;
        TrainTest set = isImages ? images.set() : TableData.classes(choices.data(), choices.target());
        long inputs = set.train().featureShape().count();
        List<Integer> widths = Mlp.widths(inputs, choices.hidden(), set.train().classes());
        Module net = Mlp.of(widths);
        return new Task(
                isImages ? images.name() : choices.data().toString(),
                Mlp.text(widths),
                net,
                Loss.softmaxCrossEntropy(),
                set,
                choices.l2(),
                TrainingLoss.measures(choices.l2(), TRAINING, TEST),
                () -> meter(net, set, choices.l2()),
                isImages ? Gallery.side(inputs).map(side -> gallery(net, side)) : Optional.empty());
    }

    private static Meter meter(Module net, TrainTest set, double l2) {
        TrainingLoss loss = new TrainingLoss(net, Loss.softmaxCrossEntropy(), set.train(), l2);
        Predictor predictor = new Predictor(net);
        return new Meter(
                () -> {
                    Map<String, Double> figures = new LinkedHashMap<>();
                    loss.measure(figures);
                    figures.put(TRAINING.name(), percent(predictor.accuracy(set.train()), set.train()));
                    figures.put(TEST.name(), percent(predictor.accuracy(set.test()), set.test()));
                    return figures;
                },
                loss,
                predictor);
    }

    private static Gallery gallery(Module net, int side) {
        return new Gallery(
                "weights",
                "Weights from the pixels to the first units of the first layer, one image for each unit.",
                Optional.empty(),
                () -> firstWeights(net, side));
    }

    private static List<Pictures.Image> firstWeights(Module net, int side) {
        var first = net.parameterVector().segments().get(0).parameter();
        int units = (int) first.shape().size(1);
        double[] weights = Arena.toDoubles(first.array());
        List<Pictures.Image> images = new ArrayList<>();
        for (int unit = 0; unit < Math.min(units, MOST_PICTURES); unit++) {
            double[] pixels = new double[side * side];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = weights[i * units + unit];
            }
            images.add(new Pictures.Image(side, side, pixels));
        }
        return images;
    }

    /** Of whole examples: 92.8 rather than the 92.80000000000001 that a hundred times the share may be. */
    private static double percent(double share, DataSet set) {
        return 100 * Math.rint(share * set.size()) / set.size();
    }
}
