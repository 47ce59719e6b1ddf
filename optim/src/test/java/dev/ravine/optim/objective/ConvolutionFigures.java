package dev.ravine.optim.objective;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Module;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What PyTorch computed on nets with convolutions, and the same starting point and data. */
public final class ConvolutionFigures {
    private static final int EXAMPLES = 5;

    private ConvolutionFigures() {}

    /** The numbers of one line. */
    public static double[] of(String net, String quantity) throws IOException {
        var file = ConvolutionFigures.class.getResourceAsStream("pytorch-convolutions.txt");
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .map(line -> line.split(" "))
                    .filter(words -> words[0].equals(net) && words[1].equals(quantity))
                    .map(words -> Arrays.stream(words)
                            .skip(2)
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no line " + net + " " + quantity));
        }
    }

    /** Sets the parameters of a net to theirs. */
    public static void start(Module net) {
        fill(net.initialize(DType.FLOAT64, 1).array(), k -> 0.5 * Math.sin(0.9 * k + 0.3));
        net.parameterVector().touch();
    }

    /** The vector that products are taken with. */
    public static INDArray vector(long size) {
        INDArray v = Arena.create(DType.FLOAT64, Shape.of(size));
        fill(v, k -> Math.cos(1.7 * k + 0.5));
        return v;
    }

    /** Five examples of a shape, and their labels. */
    public static DataSet data(long... example) {
        long[] dims = new long[example.length + 1];
        dims[0] = EXAMPLES;
        System.arraycopy(example, 0, dims, 1, example.length);
        INDArray x = Arena.create(DType.FLOAT64, Shape.of(dims));
        fill(x, k -> Math.cos(0.7 * k + 0.2 + (0.01 * k * k) % 3));
        return DataSet.of(x, Arena.ofIntegers(0, 1, 2, 0, 1));
    }

    private static void fill(INDArray array, DoubleUnaryOperator f) {
        Elements elements = Elements.of(array);
        for (int k = 0; k < elements.size(); k++) {
            elements.set(k, f.applyAsDouble(k));
        }
    }
}
