package dev.ravine.cli.problem;

import dev.ravine.cli.report.Pictures;
import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.core.data.Augmentation;
import dev.ravine.core.data.Augmented;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.ModelCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Classification of images or of the rows of a table, by tanh layers with softmax cross-entropy. */
public final class ClassifyProblem extends BuiltInProblem {
    /** A percentage of whole examples: 92.8, not the 92.80000000000001 that 100 times the fraction may be. */
    private static final Metric PERCENT = new Metric(
            "accuracy %",
            true, (outputs, data) -> {
                double fraction = Metric.accuracy().figure().applyAsDouble(outputs, data);
                boolean isWhole = data.weights().isEmpty();
                return isWhole ? 100 * Math.rint(fraction * data.size()) / data.size() : 100 * fraction;
            });

    private static final int MOST_PICTURES = 16;

    /** For {@link java.util.ServiceLoader}. */
    public ClassifyProblem() {
        super(
                "classify",
                new Defaults(
                        List.of(32, 16),
                        5e-4,
                        Budget.seconds(20),
                        List.of("momentum:lr=0.03,mu=0.9", "adam:lr=3e-4", "hf:lambda=10")));
    }

    @Override
    public Task task(Choices choices) throws IOException {
        choices.requireNoLength(this);
        choices.requireNoText(this);
        choices.requireNoCondition(this);
        boolean isImages = ImageData.isMeant(choices);
        ImageData images = isImages ? ImageData.of(choices) : null;
        TrainTest set = isImages ? images.set() : TableData.classes(choices);
        long inputs = set.train().featureShape().count();
        ChosenNet chosen =
                ChosenNet.of(choices, set.train().featureShape(), set.train().classes());
        ModelCode code = new ModelCode(chosen.net(), Loss::softmaxCrossEntropy);
        Task.Builder task = Task.builder(code, set)
                .described((isImages ? images.name() : choices.data().toString()) + changes(choices), chosen.text())
                .l2(choices.l2())
                .metric(TaskMetric.training("training accuracy %", PERCENT))
                .metric(TaskMetric.test("test accuracy %", PERCENT));
        if (!choices.augmentations().isEmpty()) {
            task.trainingOn(augmented(set.train(), choices, isImages));
        }
        if (isImages && choices.net().words().isEmpty()) {
            Gallery.side(inputs).ifPresent(side -> task.gallery(gallery(task.net(), side)));
        }
        return task.build();
    }

    private static String changes(Choices choices) {
        return choices.augmentations().isEmpty()
                ? ""
                : choices.augmentations().stream()
                        .map(Augmentation::toString)
                        .collect(Collectors.joining(",", ", augmented by ", ""));
    }

    private static Augmented augmented(DataSet train, Choices choices, boolean isImages) {
        Shape shape = train.featureShape();
        int side = Gallery.side(shape.count()).orElse(0);
        Choices.require(
                isImages && (shape.rank() > 1 || side > 0), "--augment is for images, which these data are not");
        int channels = shape.rank() > 2 ? (int) shape.size(2) : 1;
        Augmentation.Size size = shape.rank() > 1
                ? new Augmentation.Size((int) shape.size(0), (int) shape.size(1), channels)
                : new Augmentation.Size(side, side, 1);
        return Augmented.of(train, size, choices.augmentations().toArray(new Augmentation[0]));
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
}
