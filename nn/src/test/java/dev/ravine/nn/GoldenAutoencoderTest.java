package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An autoencoder made of Ravine's modules against the figures of an independent implementation. */
class GoldenAutoencoderTest {
    private static final double TOLERANCE = 1e-12;
    private static final Map<String, double[]> FIGURES = read("golden-autoencoder.txt");

    private final Sequential model = new Sequential(
            new Linear(16, 12),
            Activation.sigmoid(),
            new Linear(12, 6),
            Activation.sigmoid(),
            new Linear(6, 3),
            new Linear(3, 6),
            Activation.sigmoid(),
            new Linear(6, 12),
            Activation.sigmoid(),
            new Linear(12, 16));
    private final ParameterVector theta = model.initialize(DType.FLOAT64, 0);
    private final Tensor inputs = Tensor.constant(inputs());
    private final Tensor outputs;
    private final Tensor dataTerm;
    private final Tensor objective;

    GoldenAutoencoderTest() {
        theta.set(vector("theta"));
        outputs = model.apply(inputs);
        dataTerm = new Loss.BinaryCrossEntropy(Reduction.SUM).of(outputs, inputs);
        Tensor squaredNorm = Tensor.fill(DType.FLOAT64, Shape.of(), 0);
        for (Tensor p : FiniteDifferences.variables(model)) {
            squaredNorm = squaredNorm.add(p.square().sum());
        }
        objective = dataTerm.add(squaredNorm.mul(number("weight_decay") / 2));
    }

    @AfterEach
    void returnMemory() {
        theta.close();
    }

    private static Map<String, double[]> read(String resource) {
        try (InputStream in = GoldenAutoencoderTest.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(": ", 2))
                    .collect(Collectors.toMap(line -> line[0], line -> numbers(line[1])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double[] numbers(String text) {
        return Arrays.stream(text.split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private static double number(String name) {
        return FIGURES.get(name)[0];
    }

    private static INDArray vector(String name) {
        double[] values = FIGURES.get(name);
        return Arena.of(DType.FLOAT64, Shape.of(values.length), values);
    }

    private static INDArray inputs() {
        double[] scaled = FIGURES.get("inputs_times_1024");
        double[] values = Arrays.stream(scaled).map(x -> x / 1024).toArray();
        return Arena.of(DType.FLOAT64, Shape.of(values.length / 16, 16), values);
    }

    private static void assertSame(INDArray found, String name) {
        INDArray expected = vector(name);
        INDArray difference = Arena.copyOf(found);
        Vectors.axpy(-1, expected, difference);
        assertThat(Vectors.norm(difference) / Vectors.norm(expected)).as(name).isLessThan(TOLERANCE);
    }

    private INDArray empty() {
        return Arena.create(DType.FLOAT64, Shape.of(theta.size()));
    }

    @Test
    void theNetIsTheReferences() {
        assertThat(FIGURES.get("layer_sizes")).containsExactly(16, 12, 6, 3, 6, 12, 16);
        assertThat(theta.size()).isEqualTo(619);
        assertThat(inputs.shape()).isEqualTo(Shape.of(400, 16));
    }

    @Test
    void outputsAndObjectiveAreTheReferences() {
        double[] expected = FIGURES.get("first_outputs");
        double[] probabilities = Arena.toDoubles(
                outputs.sigmoid().slice(0, 0, expected.length / 16).value());
        for (int i = 0; i < expected.length; i++) {
            assertThat(probabilities[i]).isCloseTo(expected[i], within(TOLERANCE * expected[i]));
        }
        assertThat(dataTerm.scalar()).isCloseTo(number("data_term"), within(TOLERANCE * number("data_term")));
        assertThat(objective.scalar()).isCloseTo(number("objective"), within(TOLERANCE * number("objective")));
    }

    @Test
    void theGradientIsTheReferences() {
        INDArray gradient = empty();
        try (GraphLinearization at = GraphLinearization.of(objective, FiniteDifferences.variables(model))) {
            at.gradient(gradient);
            assertThat(at.value()).isCloseTo(number("objective"), within(TOLERANCE * number("objective")));
        }
        assertSame(gradient, "gradient");
    }

    @Test
    void gaussNewtonProductsAreTheReferences() {
        INDArray product = empty();
        try (GraphLinearization at = GraphLinearization.of(dataTerm, outputs, FiniteDifferences.variables(model))) {
            at.gaussNewton(vector("v"), product);
            assertSame(product, "gauss_newton_product");
            at.fisher(vector("v"), product);
            assertSame(product, "gauss_newton_product");
        }
        Vectors.axpy(number("weight_decay") + number("lambda"), vector("v"), product);
        assertSame(product, "damped_curvature_product");
    }

    /** The same product without programs, and of the whole objective: what bypasses the outputs does not count. */
    @Test
    void gaussNewtonLeavesTheWeightDecayOut() {
        List<Tensor> v = FiniteDifferences.parts(model, FIGURES.get("v"));
        double[] product = FiniteDifferences.flat(
                Autodiff.gaussNewtonVector(objective, outputs, FiniteDifferences.variables(model), v));
        assertSame(Arena.of(DType.FLOAT64, Shape.of(product.length), product), "gauss_newton_product");
    }
}
