package dev.ravine.optim.spectrum;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A net whose numbers any program can make, and what NumPy says of its curvature: see {@code small-net.py}. */
final class SmallNet {
    static final int SIZE = 83;

    private SmallNet() {}

    static SupervisedObjective objective(DType dtype) {
        return objective(dtype, 12, 4, 6, 5, 3);
    }

    static SupervisedObjective objective(DType dtype, int examples, int... widths) {
        Module[] layers = new Module[2 * widths.length - 3];
        for (int i = 0; i + 1 < widths.length; i++) {
            layers[2 * i] = new Linear(widths[i], widths[i + 1]);
            if (i > 0) {
                layers[2 * i - 1] = Activation.tanh();
            }
        }
        Module net = new Sequential(layers);
        INDArray theta = net.initialize(dtype, 1).array();
        Elements parameters = Elements.of(theta);
        for (int i = 0; i < parameters.size(); i++) {
            parameters.set(i, 0.8 * Math.sin(1.7 * (i + 1)));
        }
        net.parameterVector().touch();
        INDArray x = Arena.create(dtype, Shape.of(examples, widths[0]));
        Elements features = Elements.of(x);
        for (int i = 0; i < features.size(); i++) {
            features.set(i, Math.cos(0.9 * (i + 1)));
        }
        long[] labels = new long[examples];
        for (int i = 0; i < examples; i++) {
            labels[i] = (2L * i + i / 4) % 3;
        }
        return SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), DataSet.of(x, Arena.ofIntegers(labels)))
                .workers(new Workers(1))
                .build();
    }

    /** A line of NumPy's figures. */
    static double[] figures(String name) {
        try (InputStream in = SmallNet.class.getResourceAsStream("small-net.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .flatMap(line ->
                            Arrays.stream(line.substring(name.length() + 1).split(" ", -1)))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
