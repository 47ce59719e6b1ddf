package dev.ravine.cli.problem;

import dev.ravine.autodiff.Tensor;
import dev.ravine.cli.report.Pictures;
import dev.ravine.core.Arena;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.training.ModelCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An autoencoder of images: logistic layers, a linear code in the middle, logistic outputs with cross-entropy summed
 * over pixels, a sparse start (Martens, ICML 2010). Its error is the mean over images of the sum of squared pixel
 * errors.
 */
final class ImageAutoencoder {
    private static final Loss ERROR = new ReconstructionError();
    private static final int PICTURES = 10;

    private ImageAutoencoder() {}

    /**
     * The task of reconstructing images.
     *
     * @param source where the images come from
     * @param set images that are their own targets
     * @param choices hidden widths that lead to the code, and the weight of L2
     */
    static Task task(String source, TrainTest set, Problem.Choices choices) {
        long inputs = set.train().featureShape().count();
        List<Integer> widths = widths(inputs, choices.hidden());
        ModelCode code = new ModelCode(() -> net(widths), () -> new Loss.BinaryCrossEntropy(Reduction.SUM));
        Task.Builder task = Task.builder(code, set)
                .described(source, Mlp.text(widths))
                .l2(choices.l2())
                .metric(error("training error", TaskMetric.Kind.TRAINING, set.train()))
                .metric(error("test error", TaskMetric.Kind.TEST, set.test()));
        Gallery.side(inputs).ifPresent(side -> task.gallery(gallery(task.net(), set.test(), side)));
        return task.build();
    }

    private static TaskMetric error(String name, TaskMetric.Kind kind, DataSet data) {
        return new TaskMetric(name, false, kind, 0, measured -> measured.mean(ERROR, data));
    }

    /** The hidden widths lead to the code; the way back mirrors them. */
    private static List<Integer> widths(long inputs, List<Integer> hidden) {
        List<Integer> widths = new ArrayList<>(hidden);
        widths.add(0, Math.toIntExact(inputs));
        for (int i = widths.size() - 2; i >= 0; i--) {
            widths.add(widths.get(i));
        }
        return widths;
    }

    private static Module net(List<Integer> widths) {
        int code = widths.size() / 2;
        List<Module> layers = new ArrayList<>();
        for (int i = 0; i + 1 < widths.size(); i++) {
            layers.add(new Linear(widths.get(i), widths.get(i + 1), Initializer.sparse(15)));
            boolean isCode = i + 1 == code;
            boolean isOutput = i + 2 == widths.size(); // its logistic function is within the loss
            if (!isCode && !isOutput) {
                layers.add(Activation.sigmoid());
            }
        }
        return new Sequential(layers.toArray(new Module[0]));
    }

    private static Gallery gallery(Module net, DataSet test, int side) {
        DataSet shown = test.range(0, Math.min(PICTURES, test.size()));
        return new Gallery(
                "reconstructions",
                "The first test images, and how each net reconstructs them.",
                Optional.of(new Pictures.Row("test images", images(shown.features(), side, x -> x))),
                () -> {
                    try (Predictor predictor = new Predictor(net)) {
                        return images(predictor.outputs(shown), side, z -> 1 / (1 + Math.exp(-z)));
                    }
                });
    }

    private static List<Pictures.Image> images(INDArray rows, int side, DoubleUnaryOperator pixel) {
        double[] values = Arrays.stream(Arena.toDoubles(rows)).map(pixel).toArray();
        List<Pictures.Image> images = new ArrayList<>();
        for (int from = 0; from < values.length; from += side * side) {
            images.add(new Pictures.Image(side, side, Arrays.copyOfRange(values, from, from + side * side)));
        }
        return images;
    }

    /** Sum of squared differences between pixels and the logistic function of the outputs. */
    private record ReconstructionError() implements Loss {
        @Override
        public Tensor perExample(Tensor outputs, Tensor targets) {
            return new Loss.SquaredError(Reduction.SUM).perExample(outputs.sigmoid(), targets);
        }

        @Override
        public boolean fisherIsGaussNewton() {
            return false;
        }
    }
}
