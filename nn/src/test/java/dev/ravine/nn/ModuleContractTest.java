package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.ContractViolation;
import dev.ravine.autodiff.Elementwise;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.UnaryKernels;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ModuleContractTest {
    private static final Shape INPUT = Shape.of(4, 3);

    // ---- right layers; LayerTest has those of Ravine ------------------------------------------------------------

    static Stream<Arguments> activationsWithKinks() {
        return Stream.of(
                Arguments.of("relu", supplier(Activation::relu)),
                Arguments.of("leaky relu", supplier(() -> Activation.leakyRelu(0.1))),
                Arguments.of("elu", supplier(() -> Activation.elu(0.7))));
    }

    private static Supplier<Module> supplier(Supplier<Module> layer) {
        return layer;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("activationsWithKinks")
    void activationsKeepTheContractOnBothSidesOfTheirKink(String name, Supplier<Module> layer) {
        ModuleContract.of(layer, Shape.of(3, 4)).between(0.1, 2).check();
        ModuleContract.of(layer, Shape.of(3, 4)).between(-2, -0.1).check();
    }

    @Test
    void aLayerThatMixesRowsAndSaysSoKeepsTheContract() {
        ModuleContract.of(() -> new BatchNorm(3), INPUT).check();
        ModuleContract.of(() -> new Sequential(new Linear(3, 2), new BatchNorm(2)), INPUT)
                .check();
    }

    /** The rows of a table, by one-hot rows. */
    private static final class Embedding extends Module {
        private final Parameter table = parameter("table", Initializer.normal(1), 5, 2);

        @Override
        public Tensor forward(Tensor x) {
            return x.oneHot(5, table.tensor().dtype()).matmul(table.tensor());
        }
    }

    @Test
    void layersOfIndicesKeepTheContract() {
        ModuleContract.ofIndices(Embedding::new, Shape.of(4), 5).check();
    }

    /** Defined for positive parameters only, frozen from the start. */
    private static final class Rooted extends Module {
        private final Parameter scale = parameter("scale", Initializer.ones(), 3);

        Rooted() {
            scale.freeze();
        }

        @Override
        public Tensor forward(Tensor x) {
            return x.mul(scale.tensor().sqrt());
        }
    }

    @Test
    void parametersStayInTheirRange() {
        ModuleContract.of(Rooted::new, INPUT).parametersBetween(0.5, 2).seed(3).check();
        assertThatThrownBy(() -> ModuleContract.of(Rooted::new, INPUT).check())
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("expected a finite number")
                .hasMessageContaining("parametersBetween(...)")
                .hasMessageContaining("found NaN");
    }

    // ---- broken layers ----------------------------------------------------------------------------------------

    /** x^2 with the derivative of something else. */
    record WrongSquare() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.map(x, y, v -> v * v);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.mul(1.9);
        }
    }

    /** A layer with a parameter of three numbers, whose forward function a test chooses. */
    private static class Layer extends Module {
        final Parameter gain = parameter("gain", Initializer.normal(1), 3);
        private final Function<Tensor, Tensor> forward;

        Layer(Function<Layer, Function<Tensor, Tensor>> rule) {
            this.forward = rule.apply(this);
        }

        @Override
        public Tensor forward(Tensor x) {
            return forward.apply(x);
        }

        long seedOfNoise() {
            return noiseSeed();
        }
    }

    /** A layer whose constructor makes its forward function. */
    private static Arguments broken(
            String what, Function<Layer, Function<Tensor, Tensor>> rule, String where, String... message) {
        Supplier<Module> layer = () -> new Layer(rule);
        return Arguments.of(what, layer, where, message);
    }

    static Stream<Arguments> brokenLayers() {
        return Stream.of(
                broken(
                        "a wrong rule",
                        l -> x -> Tensor.of(new WrongSquare(), x).mul(l.gain.tensor()),
                        "in training mode",
                        "J v against finite differences",
                        "input 0 is x, 1 is 'gain'"),
                broken(
                        "a wrong rule by a parameter",
                        l -> x -> Tensor.of(new WrongSquare(), l.gain.tensor()).mul(x),
                        "in training mode",
                        "J v against finite differences"),
                broken(
                        "rows that mix",
                        l -> x -> x.sub(x.meanKeeping(0)).mul(l.gain.tensor()),
                        "in training mode",
                        "rows mix, so rowsMix() must return true",
                        "after row 0 of the input changed"),
                broken(
                        "rows that mix in evaluation",
                        l -> x -> (l.isTraining() ? x : x.sub(x.meanKeeping(0))).mul(l.gain.tensor()),
                        "in evaluation mode",
                        "rows mix, so rowsMix() must return true"),
                broken(
                        "outputs of all rows together",
                        l -> x -> x.mul(l.gain.tensor()).sum(0),
                        "in training mode",
                        "shape of the outputs: expected [4, ...], one row for each of the input, found [3]"),
                broken(
                        "a row that knows its place",
                        l -> x -> x.mul(l.gain.tensor()).add(place(x)),
                        "in training mode",
                        "outputs of a batch cut in two"),
                broken(
                        "noise of the whole batch",
                        l -> x -> x.mul(l.gain.tensor())
                                .mul(
                                        l.isTraining()
                                                ? Tensor.noise(
                                                        "noise",
                                                        x.dtype(),
                                                        x.shape(),
                                                        l.seedOfNoise(),
                                                        (out, a, b, r) -> {
                                                            for (int i = a; i < b; i++) {
                                                                out.set(i, r.nextDouble());
                                                            }
                                                        })
                                                : Tensor.fill(x.dtype(), x.shape(), 0.5)),
                        "in training mode",
                        "outputs of a batch cut in two",
                        "Tensor.noisePerExample"),
                broken(
                        "numbers drawn while the graph is built",
                        l -> {
                            Rng rng = new Rng(1);
                            return x -> x.mul(l.gain.tensor()).mul(rng.nextDouble());
                        },
                        "in training mode",
                        "outputs of a second graph",
                        "Tensor.noise"),
                broken(
                        "a child that is not declared and ignores eval()",
                        l -> {
                            Dropout dropout = new Dropout(0.5);
                            return x -> dropout.apply(x.mul(l.gain.tensor()));
                        },
                        "in evaluation mode",
                        "other noise",
                        "eval() reaches modules that are declared by child(...)"),
                broken(
                        "a mode kept from the first call",
                        l -> {
                            Boolean[] kept = new Boolean[1];
                            return x -> {
                                kept[0] = kept[0] == null ? l.isTraining() : kept[0];
                                return x.mul(l.gain.tensor()).mul(kept[0] ? 2 : 1);
                            };
                        },
                        "in evaluation mode",
                        "outputs of another instance with the saved weights"),
                broken(
                        "freezing ignored",
                        l -> x -> x.mul(l.gain.variable()),
                        "in training mode",
                        "gradient by 'gain' while frozen",
                        "element 0: expected 0"),
                broken(
                        "a parameter read as numbers",
                        l -> x -> x.mul(Tensor.constant(l.gain.array())),
                        "in training mode",
                        "outputs of a replay after the parameter vector changed",
                        "parameter.tensor()"),
                broken(
                        "a variable outside of the registry",
                        l -> {
                            INDArray own = Arena.of(DType.FLOAT64, Shape.of(3), 1, 2, 3);
                            INDArray single = Arena.of(DType.FLOAT32, Shape.of(3), 1, 2, 3);
                            Tensor variable = Tensor.variable("own", own);
                            Tensor inSingle = Tensor.variable("own", single);
                            return x -> x.mul(x.dtype() == DType.FLOAT64 ? variable : inSingle);
                        },
                        "in training mode",
                        "variables of the graph",
                        "another one, of shape [3]"),
                broken(
                        "a module with parameters that is not declared",
                        l -> {
                            Linear linear = new Linear(3, 3);
                            return x -> linear.apply(x);
                        },
                        "in training mode",
                        "parameter 'weight' [3, 3] has no numbers yet",
                        "child(...)"),
                broken(
                        "numbers that differ between instances and are not saved",
                        l -> {
                            double own = Math.random();
                            return x -> x.mul(l.gain.tensor()).mul(own);
                        },
                        "in evaluation mode",
                        "outputs of another instance with the saved weights"),
                broken(
                        "one precision only",
                        l -> x -> x.mul(l.gain.tensor()).mul(Tensor.constant(DType.FLOAT64, Shape.of(), 2)),
                        "in training mode, FLOAT32",
                        "FLOAT64"),
                broken(
                        "a graph kept from an earlier call",
                        l -> {
                            Tensor[] kept = new Tensor[1];
                            return x -> {
                                kept[0] = kept[0] == null ? l.gain.tensor() : kept[0];
                                return x.mul(kept[0]);
                            };
                        },
                        "in training mode",
                        "gradient by 'gain' while frozen"),
                broken(
                        "outputs that are not numbers",
                        l -> x -> x.mul(l.gain.tensor()).log(),
                        "in training mode",
                        "expected a finite number",
                        "found NaN"));
    }

    private static Tensor place(Tensor x) {
        double[] rows = new double[(int) x.shape().size(0)];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i;
        }
        return Tensor.constant(x.dtype(), Shape.of(rows.length, 1), rows);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenLayers")
    void brokenLayersAreCaught(String what, Supplier<Module> layer, String where, String... message) {
        assertThatThrownBy(() -> ModuleContract.of(layer, INPUT).check())
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("Layer " + where)
                .hasMessageContainingAll(message);
    }

    @Test
    void aRandomInitialNumberIsCaught() {
        assertThatThrownBy(() -> ModuleContract.of(
                                () -> new Linear(3, 2, (p, fans, rng) -> p.putScalar(0, 0, Math.random())), INPUT)
                        .check())
                .isInstanceOf(ContractViolation.class)
                .hasMessageContaining("initial numbers of another instance with the same seed, element 0");
    }

    @Test
    void oneRowCannotShowWhetherRowsMix() {
        assertThatThrownBy(() -> ModuleContract.of(Activation::tanh, Shape.of(1, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 2 rows")
                .hasMessageContaining("[1, 3]");
        assertThatCode(() -> ModuleContract.of(Activation::tanh, Shape.of(2, 3)).check())
                .doesNotThrowAnyException();
    }
}
