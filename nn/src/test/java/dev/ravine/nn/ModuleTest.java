package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Residual;
import dev.ravine.nn.layers.Sequential;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ModuleTest {
    private static final long SEED = 42;

    /** A parameter declared after its children. */
    private static final class Autoencoder extends Module {
        private final Sequential encoder = child("encoder", new Sequential(new Linear(4, 3), Activation.tanh()));
        private final Residual decoder = child("decoder", new Residual(new Linear(4, 4)));
        private final Parameter scale = parameter("scale", Initializer.ones(), 3, 4);

        @Override
        public Tensor forward(Tensor x) {
            return decoder.apply(encoder.apply(x).matmul(scale.tensor()));
        }
    }

    /** tanh(x W) W' + |W|^2: one parameter at three places. */
    private static final class Tied extends Module {
        private final Parameter weight = parameter("weight", Initializer.normal(0.5), 4, 3);

        @Override
        public Tensor forward(Tensor x) {
            Tensor w = weight.tensor();
            return x.matmul(w).tanh().matmul(w.transpose()).add(w.square().sum());
        }
    }

    private static final class Named extends Module {
        Named(String... names) {
            for (String name : names) {
                parameter(name, Initializer.zeros(), 1);
            }
        }

        Named(String parameter, String child) {
            parameter(parameter, Initializer.zeros(), 1);
            child(child, Activation.tanh());
        }

        @Override
        public Tensor forward(Tensor x) {
            return x;
        }
    }

    private static Tensor data(long seed, long... dims) {
        Shape shape = Shape.of(dims);
        return Tensor.constant(DType.FLOAT64, shape, FiniteDifferences.gaussian(seed, (int) shape.count()));
    }

    private static double[] numbers(Tensor t) {
        return Arena.toDoubles(t.value());
    }

    private static double[] numbers(Parameter p) {
        return Arena.toDoubles(p.array());
    }

    /** A loss that is no quadratic, so that its Hessian and its Gauss-Newton matrix differ. */
    private static Tensor loss(Tensor y) {
        return y.square().add(1).log().sum();
    }

    // ---- names ------------------------------------------------------------------------------------------------

    @Test
    void parametersAreNamedByPathOwnOnesFirst() {
        Autoencoder model = new Autoencoder();
        assertThat(model.namedParameters().keySet())
                .containsExactly(
                        "scale", "encoder.0.weight", "encoder.0.bias", "decoder.body.weight", "decoder.body.bias");
        Sequential around = new Sequential(Activation.relu(), new Sequential(new Named("gain"), model));
        assertThat(around.namedParameters().keySet())
                .startsWith("1.0.gain", "1.1.scale", "1.1.encoder.0.weight")
                .hasSize(6);
        assertThat(around.namedModules()).containsEntry("1.1", model).doesNotContainKey("");
        assertThat(model.namedModules().keySet()).contains("encoder", "encoder.0", "decoder", "decoder.body");
        assertThatThrownBy(() -> model.namedParameters().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void segmentsFollowTheNamesWithoutGaps() {
        Autoencoder model = new Autoencoder();
        ParameterVector theta = model.initialize(DType.FLOAT64, SEED);
        assertThat(model.parameterVector()).isSameAs(theta);
        assertThat(theta.segments().stream().map(ParameterVector.Segment::path))
                .containsExactlyElementsOf(model.namedParameters().keySet());
        assertThat(theta.segments().stream().map(ParameterVector.Segment::offset))
                .containsExactly(0L, 12L, 24L, 27L, 43L);
        assertThat(theta.segments().stream().map(ParameterVector.Segment::size)).containsExactly(12L, 12L, 3L, 16L, 4L);
        assertThat(theta.size()).isEqualTo(47);
        assertThat(theta.dtype()).isEqualTo(DType.FLOAT64);
        assertThat(theta.array().shape()).containsExactly(47);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b", "."})
    void emptyAndDottedNamesAreRefused(String name) {
        assertThatThrownBy(() -> new Named(new String[] {name}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "' cannot name a part of Named");
    }

    @Test
    void aNameIsUniqueAmongParametersAndChildren() {
        assertThatThrownBy(() -> new Named("gain", "gain", "bias"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'gain' cannot name a part of Named")
                .hasMessageContaining("taken are [gain]");
        assertThatThrownBy(() -> new Named("gain", "gain"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'gain'");
    }

    // ---- sharing ----------------------------------------------------------------------------------------------

    @Test
    void aParameterUsedAtSeveralPlacesHasTheGradientOfAllUses() {
        Tied model = new Tied();
        model.initialize(DType.FLOAT64, SEED);
        assertThat(model.parameterVector().size()).isEqualTo(12);
        Tensor x = data(1, 5, 4);
        FiniteDifferences.check(model, () -> loss(model.apply(x)));
    }

    @Test
    void aModuleUsedTwiceCountsOnceAndItsGradientIsTheSumOfUses() {
        Linear shared = new Linear(3, 3);
        Sequential model = new Sequential(shared, Activation.tanh(), shared);
        model.initialize(DType.FLOAT64, SEED);
        assertThat(model.namedParameters().keySet()).containsExactly("0.weight", "0.bias");
        assertThat(model.parameterVector().size()).isEqualTo(12);
        Tensor x = data(1, 5, 3);
        FiniteDifferences.check(model, () -> loss(model.apply(x)));

        Sequential apart = new Sequential(new Linear(3, 3), Activation.tanh(), new Linear(3, 3));
        apart.initialize(DType.FLOAT64, 0);
        Map<String, INDArray> state = new LinkedHashMap<>(model.stateDict());
        state.put("2.weight", state.get("0.weight"));
        state.put("2.bias", state.get("0.bias"));
        apart.loadStateDict(state);
        double[] gradient = FiniteDifferences.gradient(apart, loss(apart.apply(x)));
        double[] sum = new double[12];
        Arrays.setAll(sum, i -> gradient[i] + gradient[12 + i]);
        assertThat(FiniteDifferences.gradient(model, loss(model.apply(x)))).containsExactly(sum, within(1e-13));
    }

    @Test
    void anUnusedParameterGetsZeros() {
        Sequential model = new Sequential(new Named("idle"), new Linear(3, 2));
        model.initialize(DType.FLOAT64, SEED);
        Tensor y = model.apply(data(1, 5, 3));
        try (var at = GraphLinearization.of(loss(y), y, FiniteDifferences.variables(model))) {
            INDArray v = Arena.of(DType.FLOAT64, Shape.of(9), FiniteDifferences.gaussian(2, 9));
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(9));
            at.gradient(out);
            assertThat(out.getDouble(0)).isZero();
            assertThat(out.getDouble(1)).isNotZero();
            for (Curvature curvature : List.of(Curvature.HESSIAN, Curvature.GAUSS_NEWTON)) {
                at.product(curvature, v, out);
                assertThat(out.getDouble(0)).isZero();
                assertThat(out.getDouble(1)).isNotZero();
            }
        }
    }

    // ---- errors of a graph --------------------------------------------------------------------------------------

    @Test
    void usingAModuleBeforeInitializeSaysWhatToDo() {
        Linear layer = new Linear(4, 3);
        Parameter weight = layer.namedParameters().get("weight");
        assertThatThrownBy(() -> layer.apply(data(1, 2, 4)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("parameter 'weight' [4, 3]")
                .hasMessageContaining("call initialize(dtype, seed)");
        assertThatThrownBy(weight::array).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(weight::touch).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(layer::parameterVector)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Linear has no parameter vector");
        assertThatThrownBy(layer::stateDict).isInstanceOf(IllegalStateException.class);
        Sequential model = new Sequential(layer);
        model.initialize(DType.FLOAT64, SEED);
        assertThatThrownBy(layer::parameterVector)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("outermost module");
    }

    @Test
    void aShapeMismatchNamesTheLayersTheOpAndBothShapes() {
        Sequential model = new Sequential(new Linear(4, 3), Activation.tanh(), new Linear(5, 2));
        model.initialize(DType.FLOAT64, SEED);
        assertThatThrownBy(() -> model.apply(data(1, 7, 4)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("in layer 'Sequential.2'")
                .hasMessageContaining("matMul")
                .hasMessageContaining("[7, 3]")
                .hasMessageContaining("[5, 2]");
        Sequential deep = new Sequential(new Residual(new Sequential(new Linear(4, 4), new Linear(3, 4))));
        deep.initialize(DType.FLOAT64, SEED);
        assertThatThrownBy(() -> deep.apply(data(1, 7, 4)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("in layer 'Sequential.0.body.1'")
                .hasMessageContaining("[7, 4]")
                .hasMessageContaining("[3, 4]");
    }

    @Test
    void aWrongDtypeNamesTheLayerAndBothTensors() {
        Sequential model = new Sequential(new Linear(4, 3));
        model.initialize(SEED);
        assertThat(model.parameterVector().dtype()).isEqualTo(DType.FLOAT32);
        assertThatThrownBy(() -> model.apply(data(1, 7, 4)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("in layer 'Sequential.0'")
                .hasMessageContaining("FLOAT64 [7, 4]")
                .hasMessageContaining("FLOAT32 [4, 3]");
        assertThatThrownBy(() -> model.initialize(DType.INT64, SEED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("INT64");
    }

    // ---- initialize -------------------------------------------------------------------------------------------

    private static Sequential twoLayers() {
        return new Sequential(new Linear(4, 3), Activation.tanh(), new Linear(3, 2));
    }

    private static double[] initial(Module module, long seed) {
        return Arena.toDoubles(module.initialize(DType.FLOAT64, seed).array());
    }

    @Test
    void initialNumbersDependOnTheSeed() {
        Sequential model = twoLayers();
        double[] first = initial(model, SEED);
        assertThat(initial(model, SEED)).isEqualTo(first);
        assertThat(initial(twoLayers(), SEED)).isEqualTo(first);
        assertThat(initial(model, SEED + 1)).isNotEqualTo(first);
    }

    @Test
    void initialNumbersDependOnThePathAndNotOnOtherLayers() {
        Sequential small = twoLayers();
        Sequential large = new Sequential(
                new Linear(4, 3), new LayerNorm(3), new Linear(3, 2), new Dropout(0.1), new Linear(2, 5));
        small.initialize(DType.FLOAT64, SEED);
        large.initialize(DType.FLOAT64, SEED);
        for (String path : List.of("0.weight", "2.weight")) {
            assertThat(numbers(large.namedParameters().get(path)))
                    .isEqualTo(numbers(small.namedParameters().get(path)));
        }
        Sequential twins = new Sequential(new Linear(4, 4), new Linear(4, 4));
        twins.initialize(DType.FLOAT64, SEED);
        assertThat(numbers(twins.namedParameters().get("0.weight")))
                .isNotEqualTo(numbers(twins.namedParameters().get("1.weight")));
    }

    @Test
    void bothDtypesDrawTheSameNumbers() {
        Sequential model = new Sequential(
                new Linear(20, 30, Initializer.xavierUniform()),
                new Linear(30, 20, Initializer.sparse(15)),
                new Linear(20, 10),
                new LayerNorm(10));
        double[] exact = initial(model, SEED);
        double[] single = Arena.toDoubles(model.initialize(DType.FLOAT32, SEED).array());
        double[] rounded = Arrays.stream(exact).map(x -> (float) x).toArray();
        assertThat(single).isEqualTo(rounded).isNotEqualTo(exact);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "FLOAT64"})
    void allParametersAreViewsOfOneVector(DType dtype) {
        Sequential model = twoLayers();
        ParameterVector theta = model.initialize(dtype, SEED);
        for (int i = 0; i < theta.size(); i++) {
            theta.array().putScalar(i, i);
        }
        theta.touch();
        for (ParameterVector.Segment s : theta.segments()) {
            double[] expected = new double[(int) s.size()];
            Arrays.setAll(expected, i -> s.offset() + i);
            assertThat(numbers(s.parameter())).isEqualTo(expected);
            assertThat(s.parameter().array().shape())
                    .isEqualTo(s.parameter().shape().toArray());
        }
        Parameter last = model.namedParameters().get("2.bias");
        last.array().putScalar(1, -7);
        assertThat(theta.array().getDouble(theta.size() - 1)).isEqualTo(-7);
    }

    @Test
    void writingToTheVectorChangesWhatIsComputed() {
        Sequential model = twoLayers();
        ParameterVector theta = model.initialize(DType.FLOAT64, SEED);
        Tensor x = data(1, 5, 4);
        Tensor y = model.apply(x);
        double[] before = numbers(y);
        try (Program program = Program.of(FiniteDifferences.variables(model), List.of(y))) {
            program.run();
            assertThat(Arena.toDoubles(program.memory(y))).containsExactly(before, within(1e-15));
            Vectors.fill(theta.array(), 0);
            theta.touch();
            program.run();
            assertThat(Arena.toDoubles(program.memory(y))).containsOnly(0);
        }
        assertThat(numbers(model.apply(x))).containsOnly(0);
        assertThatThrownBy(y::value)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("changed; build the graph again");
    }

    @Test
    void aVectorWhoseParametersHaveMovedIsNotHandedOut() {
        Linear inner = new Linear(3, 2);
        inner.initialize(DType.FLOAT64, SEED);
        Sequential outer = new Sequential(inner);
        outer.initialize(DType.FLOAT64, SEED);
        assertThatThrownBy(inner::parameterVector)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("moved to another vector");
        assertThat(outer.parameterVector().size()).isEqualTo(8);
        inner.initialize(DType.FLOAT64, SEED);
        assertThat(inner.parameterVector().size()).isEqualTo(8);
        assertThatThrownBy(outer::parameterVector)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("initialize the outermost module only");
    }

    @Test
    void aModuleWithoutParametersHasAnEmptyVector() {
        ParameterVector theta = Activation.tanh().initialize(DType.FLOAT64, SEED);
        assertThat(theta.size()).isZero();
        assertThat(theta.segments()).isEmpty();
    }

    // ---- state ------------------------------------------------------------------------------------------------

    @Test
    void aStateRoundTrips() {
        Sequential model = twoLayers();
        double[] theta = initial(model, SEED);
        Map<String, INDArray> state = model.stateDict();
        assertThat(state.keySet()).containsExactly("0.weight", "0.bias", "2.weight", "2.bias");
        model.parameterVector().array().assign(7);
        model.parameterVector().touch();
        assertThat(Arena.toDoubles(state.get("0.bias"))).as("a copy").containsOnly(0);
        Tensor x = data(1, 5, 4);
        double[] constant = numbers(model.apply(x));
        model.loadStateDict(state);
        assertThat(Arena.toDoubles(model.parameterVector().array())).isEqualTo(theta);
        assertThat(numbers(model.apply(x))).isNotEqualTo(constant);
        state.get("0.bias").assign(9);
        assertThat(numbers(model.namedParameters().get("0.bias"))).as("a copy").containsOnly(0);
    }

    @Test
    void aStateMayBeStoredInAnyOrder() {
        Linear layer = new Linear(2, 3);
        layer.initialize(DType.FLOAT64, SEED);
        INDArray columns =
                Arena.of(DType.FLOAT64, Shape.of(3, 2), 1, 4, 2, 5, 3, 6).transpose();
        layer.loadStateDict(Map.of("weight", columns, "bias", Arena.of(DType.FLOAT64, Shape.of(3), 7, 8, 9)));
        assertThat(Arena.toDoubles(layer.parameterVector().array())).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void aStateThatDoesNotFitChangesNothing() {
        Sequential model = twoLayers();
        double[] theta = initial(model, SEED);
        Sequential other = twoLayers();
        other.initialize(DType.FLOAT64, SEED + 1);

        Map<String, INDArray> missing = other.stateDict();
        missing.remove("2.bias");
        assertThatThrownBy(() -> model.loadStateDict(missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing [2.bias], unknown []");

        Map<String, INDArray> unknown = other.stateDict();
        unknown.put("4.weight", Arena.create(DType.FLOAT64, Shape.of(2)));
        assertThatThrownBy(() -> model.loadStateDict(unknown))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing [], unknown [4.weight]");

        Map<String, INDArray> shape = other.stateDict();
        shape.put("2.weight", Arena.create(DType.FLOAT64, Shape.of(2, 3)));
        assertThatThrownBy(() -> model.loadStateDict(shape))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("parameter '2.weight' is FLOAT64 [3, 2], the state has FLOAT64 [2, 3]");

        Map<String, INDArray> dtype = other.stateDict();
        dtype.put("2.bias", Arena.create(DType.FLOAT32, Shape.of(2)));
        assertThatThrownBy(() -> model.loadStateDict(dtype))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("parameter '2.bias' is FLOAT64 [2], the state has FLOAT32 [2]");

        assertThat(Arena.toDoubles(model.parameterVector().array())).isEqualTo(theta);
    }

    // ---- modes ------------------------------------------------------------------------------------------------

    @Test
    void modesReachEveryModuleAndChangeTheGraphKey() {
        Dropout inner = new Dropout(0.5);
        Sequential model = new Sequential(new Linear(2, 2), new Residual(inner));
        long initial = model.graphKey();
        assertThat(model.isTraining()).isTrue();
        model.train();
        assertThat(model.graphKey()).as("nothing changed").isEqualTo(initial);
        model.eval();
        assertThat(model.isTraining()).isFalse();
        assertThat(inner.isTraining()).isFalse();
        long evaluating = model.graphKey();
        assertThat(evaluating).isNotEqualTo(initial);
        inner.train();
        assertThat(model.graphKey())
                .as("a change inside")
                .isNotEqualTo(evaluating)
                .isNotEqualTo(initial);
        model.train();
        assertThat(model.graphKey()).as("back in the first mode").isEqualTo(initial);
        model.eval();
        assertThat(model.isTraining()).isFalse();
    }

    @Test
    void freezingAndInitializingChangeTheGraphKeyAndNewNumbersDoNot() {
        Sequential model = twoLayers();
        long start = model.graphKey();
        model.initialize(DType.FLOAT64, SEED);
        long initialized = model.graphKey();
        assertThat(initialized).isNotEqualTo(start);
        model.loadStateDict(model.stateDict());
        model.parameterVector().touch();
        assertThat(model.graphKey()).isEqualTo(initialized);
        Parameter bias = model.namedParameters().get("2.bias");
        bias.freeze();
        assertThat(bias.isFrozen()).isTrue();
        long frozen = model.graphKey();
        assertThat(frozen).isNotEqualTo(initialized);
        bias.freeze();
        assertThat(model.graphKey()).isEqualTo(frozen);
        model.unfreeze();
        assertThat(bias.isFrozen()).isFalse();
        assertThat(model.graphKey()).isEqualTo(initialized);
    }

    // ---- rows that mix ----------------------------------------------------------------------------------------

    @Test
    void aModuleMixesRowsIfOneInsideDoesAndNamesIt() {
        Sequential plain = new Sequential(new Linear(2, 2), new Dropout(0.5), new LayerNorm(2));
        assertThat(plain.rowsMix()).isFalse();
        assertThat(plain.firstMixing()).isEmpty();
        BatchNorm norm = new BatchNorm(2);
        Sequential model = new Sequential(plain, new Residual(new Sequential(norm)), new BatchNorm(2));
        assertThat(model.rowsMix()).isTrue();
        assertThat(model.firstMixing()).contains("Sequential.1.body.0");
        norm.eval();
        assertThat(model.rowsMix()).as("another one still mixes").isTrue();
        assertThat(model.firstMixing()).contains("Sequential.2");
        model.eval();
        assertThat(model.rowsMix()).isFalse();
        assertThat(model.firstMixing()).isEmpty();
        model.train();
        assertThat(new BatchNorm(2).firstMixing()).contains("BatchNorm");
    }

    /** The child's rows are the features of one example, so mixing them mixes no examples. */
    @Test
    void aModuleMayKnowBetterThanItsChildren() {
        Module apart = new Module() {
            private final BatchNorm norm = child("norm", new BatchNorm(1));

            @Override
            public Tensor forward(Tensor x) {
                return norm.apply(x.transpose()).transpose();
            }

            @Override
            public boolean rowsMix() {
                return false;
            }
        };
        Sequential model = new Sequential(apart);
        assertThat(model.rowsMix()).isFalse();
        assertThat(model.firstMixing()).isEmpty();
    }

    // ---- freezing ---------------------------------------------------------------------------------------------

    /** Gradient and products with one vector. */
    private static final class Derivatives {
        private final double[] gradient;
        private final double[] hessian;
        private final double[] gaussNewton;

        Derivatives(Module model, double... v) {
            Tensor y = model.apply(data(1, 5, 4));
            INDArray vector = Arena.of(DType.FLOAT64, Shape.of(v.length), v);
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(v.length));
            try (var at = GraphLinearization.of(loss(y), y, FiniteDifferences.variables(model))) {
                at.gradient(out);
                gradient = Arena.toDoubles(out);
                at.hessian(vector, out);
                hessian = Arena.toDoubles(out);
                at.gaussNewton(vector, out);
                gaussNewton = Arena.toDoubles(out);
            }
        }
    }

    private static double[] restricted(double[] v, int from, int to) {
        double[] inside = v.clone();
        Arrays.fill(inside, from, to, 0);
        return inside;
    }

    @Test
    void frozenParametersAreConstantsOfEveryDerivative() {
        Sequential model = twoLayers();
        model.initialize(DType.FLOAT64, SEED);
        int n = (int) model.parameterVector().size();
        double[] v = FiniteDifferences.gaussian(2, n);
        ParameterVector.Segment segment = model.parameterVector().segments().get(2);
        assertThat(segment.path()).isEqualTo("2.weight");
        int from = (int) segment.offset();
        int to = from + (int) segment.size();
        double[] values = numbers(model.apply(data(1, 5, 4)));
        Derivatives free = new Derivatives(model, restricted(v, from, to));

        segment.parameter().freeze();
        Derivatives frozen = new Derivatives(model, v);
        assertThat(numbers(model.apply(data(1, 5, 4)))).as("values stay").isEqualTo(values);
        for (int i = 0; i < n; i++) {
            if (i >= from && i < to) {
                assertThat(frozen.gradient[i]).isZero();
                assertThat(frozen.hessian[i]).isZero();
                assertThat(frozen.gaussNewton[i]).isZero();
            } else {
                assertThat(frozen.gradient[i]).isNotZero();
                assertThat(frozen.hessian[i]).isNotZero();
                assertThat(frozen.gaussNewton[i]).isNotZero();
            }
        }
        double tight = 1e-14;
        assertThat(frozen.gradient).containsExactly(restricted(free.gradient, from, to), within(tight));
        assertThat(frozen.hessian).containsExactly(restricted(free.hessian, from, to), within(tight));
        assertThat(frozen.gaussNewton).containsExactly(restricted(free.gaussNewton, from, to), within(tight));

        segment.parameter().unfreeze();
        assertThat(new Derivatives(model, v).gradient).isEqualTo(free.gradient);
    }

    @Test
    void aModelThatIsAllFrozenHasZeroDerivatives() {
        Sequential model = twoLayers();
        double[] theta = initial(model, SEED);
        model.freeze();
        Derivatives zero = new Derivatives(model, FiniteDifferences.gaussian(2, theta.length));
        assertThat(zero.gradient).containsOnly(0);
        assertThat(zero.hessian).containsOnly(0);
        assertThat(zero.gaussNewton).containsOnly(0);
        assertThat(Arena.toDoubles(model.parameterVector().array()))
                .as("numbers stay")
                .isEqualTo(theta);
    }

    @Test
    void printsItsLayersWithTheirParametersAndCounts() {
        Module shared = new Linear(3, 3);
        Module net =
                new Sequential(new Linear(784, 3), Activation.tanh(), new Residual(shared), shared, new Dropout(0.5));
        shared.freeze();
        assertThat(net.toString().lines())
                .containsExactly(
                        "Sequential                                                    2,367",
                        "  0 Linear             weight [784, 3], bias [3]              2,355",
                        "  1 Activation tanh",
                        "  2 Residual",
                        "    body Linear        weight [3, 3] frozen, bias [3] frozen     12",
                        "  3 Linear (as above)",
                        "  4 Dropout rate 0.5");
        assertThat(new Autoencoder().toString()).startsWith("Autoencoder            scale [3, 4]             47");
    }
}
