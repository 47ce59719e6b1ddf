package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.BinaryKernels;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.LayoutKernels;
import dev.ravine.core.kernels.UnaryKernels;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ProgramTest {
    private static final Shape SHAPE = Shape.of(4, 4);
    private final Tensor x = Tensor.input("x", DType.FLOAT64, SHAPE);
    private final Tensor v = Tensor.input("v", DType.FLOAT64, SHAPE);

    private static INDArray random(long seed, Shape shape) {
        INDArray array = Arena.create(DType.FLOAT64, shape);
        Rng rng = new Rng(seed);
        for (int i = 0; i < array.length(); i++) {
            array.putScalar(i, rng.nextGaussian());
        }
        return array;
    }

    @Test
    void runsOnlyWhatDependsOnWhatChanged() {
        Tensor constant = Tensor.constant(random(1, SHAPE)).exp(); // once
        Tensor ofX = x.tanh().mul(constant); // 2 ops
        Tensor y = ofX.mul(v); // 1 op
        try (Program program = Program.of(List.of(x, v), List.of(y))) {
            program.run();
            assertThat(program.executedOps()).isEqualTo(4);
            program.run();
            assertThat(program.executedOps()).isEqualTo(4);
            program.set(v, random(2, SHAPE));
            program.run();
            assertThat(program.executedOps()).isEqualTo(5);
            program.set(x, random(3, SHAPE));
            program.run();
            assertThat(program.executedOps()).isEqualTo(8);
        }
    }

    @Test
    void sharesEqualNodesAndDropsDeadOnes() {
        Tensor unused = x.exp().exp().exp();
        Tensor y = x.tanh().add(x.tanh()).mul(x.tanh().square());
        assertThat(unused.shape()).isEqualTo(SHAPE);
        try (Program program = Program.of(List.of(x), List.of(y))) {
            program.run();
            assertThat(program.executedOps()).isEqualTo(4); // tanh, add, square, mul
        }
    }

    @Test
    void equalOpsWithOtherSettingsAreNotShared() {
        Tensor y = x.mul(2).add(x.mul(3)).sum();
        try (Program program = Program.of(List.of(x), List.of(y))) {
            program.set(x, random(1, SHAPE));
            program.run();
            assertThat(program.scalar(y))
                    .isCloseTo(5 * Tensor.constant(random(1, SHAPE)).sum().scalar(), within(1e-12));
        }
    }

    @Test
    void aSumOfProductsIsAccumulatedInOneBuffer() {
        Tensor y = x.matmul(v).add(v.matmul(x)).add(x.matmul(x, true, false));
        try (Program program = Program.of(List.of(x, v), List.of(y))) {
            program.set(x, random(1, SHAPE));
            program.set(v, random(2, SHAPE));
            program.run();
            assertThat(program.executedOps()).isEqualTo(3);
            Tensor a = Tensor.constant(random(1, SHAPE));
            Tensor b = Tensor.constant(random(2, SHAPE));
            assertThat(Arena.toDoubles(program.memory(y)))
                    .containsExactly(
                            Arena.toDoubles(a.matmul(b)
                                    .add(b.matmul(a))
                                    .add(a.matmul(a, true, false))
                                    .value()),
                            within(1e-12));
        }
    }

    /** x * 3 by an op that a plan knows only by its property. */
    private record Triple() implements Elementwise {
        @Override
        public Kernel kernel(INDArray a, INDArray y) {
            return UnaryKernels.scale(a, 3, y);
        }

        @Override
        public Tensor derivative(Tensor a, Tensor y) {
            return a.filled(3);
        }

        @Override
        public OptionalDouble productFactor() {
            return OptionalDouble.of(3);
        }
    }

    /** x + s, written over s, which a plan makes of {@link Same} and a sum. */
    private record AddTo() implements Computation {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.add(in[0], in[1], out);
        }

        @Override
        public boolean inPlace(int i) {
            return i == 0;
        }
    }

    private record Same() implements Elementwise {
        @Override
        public Kernel kernel(INDArray a, INDArray y) {
            return LayoutKernels.copy(a, y);
        }

        @Override
        public Tensor derivative(Tensor a, Tensor y) {
            return a.filled(1);
        }

        @Override
        public Computation accumulating() {
            return new AddTo();
        }
    }

    @Test
    void opsOfOthersAreRewrittenByTheirProperties() {
        Tensor a = Tensor.constant(random(1, SHAPE));
        Tensor triple = Tensor.of(new Triple(), v.mul(a.exp())).mul(a.sin());
        Tensor sum = a.tanh().add(Tensor.of(new Same(), v));
        try (Program program = Program.of(List.of(v), List.of(triple, sum))) {
            program.set(v, random(2, SHAPE));
            program.run();
            assertThat(program.plannedOps(op -> op instanceof Triple)).isZero();
            assertThat(program.plannedOps(op -> true, v)).isEqualTo(2); // times a constant; added to tanh
            assertThat(program.plannedOps(op -> op instanceof AddTo)).isEqualTo(1);
            Tensor b = Tensor.constant(random(2, SHAPE));
            assertThat(Arena.toDoubles(program.memory(triple)))
                    .containsExactly(
                            Arena.toDoubles(a.exp().mul(a.sin()).mul(b).mul(3).value()), within(1e-13));
            assertThat(Arena.toDoubles(program.memory(sum)))
                    .containsExactly(Arena.toDoubles(a.tanh().add(b).value()), within(1e-15));
        }
    }

    @Test
    void aLongChainNeedsTheMemoryOfOneLink() {
        Tensor big = Tensor.input("big", DType.FLOAT32, Shape.of(1000, 1000));
        Tensor y = big;
        for (int i = 0; i < 50; i++) {
            y = y.tanh().mul(1.01);
        }
        Tensor total = y.sum();
        try (Program program = Program.of(List.of(big), List.of(total))) {
            assertThat(program.bytes()).isLessThan(9_000_000); // the input and one link, 4 MB each
        }
    }

    @Test
    void aBackwardPassReusesMemoryToo() {
        Tensor h = x;
        for (int i = 0; i < 30; i++) {
            h = h.matmul(v).tanh();
        }
        Tensor loss = h.sum();
        List<Tensor> gradients = Autodiff.gradient(loss, List.of(x, v));
        long all = Graph.ancestors(gradients).stream()
                        .filter(t -> !(t.op() instanceof Leaf))
                        .count()
                * 128;
        try (Program program = Program.of(List.of(x, v), gradients)) {
            assertThat(program.bytes()).isLessThan(all / 3);
        }
    }

    @Test
    void steadyStateCreatesNoArray() {
        Tensor rows = Tensor.input("rows", DType.INT64, Shape.of(4));
        Tensor h = x.matmul(v).add(v.sum(0)).tanh().gather(rows).slice(1, 0, 3);
        Tensor loss = Tensor.concat(1, h.softmax(1), h.logSoftmax(1), h.relu(), h.softplus())
                .permute(1, 0)
                .max(0)
                .add(h.sqrt().clip(0, 1).sum(1))
                .mean();
        List<Tensor> outputs = new ArrayList<>(Autodiff.gradient(loss, List.of(x, v)));
        outputs.add(Autodiff.hvp(loss, x, v));
        try (Program program = Program.of(List.of(x, v, rows), outputs)) {
            INDArray a = random(1, SHAPE);
            INDArray index = Arena.ofIntegers(3, 0, 0, 2);
            for (int i = 0; i < 3; i++) {
                program.set(x, a);
                program.set(v, a);
                program.set(rows, index);
                program.run();
            }
            long before = Arena.create(DType.FLOAT32, Shape.of(1)).getId();
            for (int i = 0; i < 10; i++) {
                program.set(x, a);
                program.set(v, a);
                program.set(rows, index);
                program.run();
            }
            assertThat(Arena.create(DType.FLOAT32, Shape.of(1)).getId() - before)
                    .isEqualTo(1);
        }
    }

    @Test
    void writesIntoViewsOfTheCallersVector() {
        INDArray flat = Arena.create(DType.FLOAT64, Shape.of(40));
        Tensor product = x.matmul(v);
        Tensor sum = x.sum(0);
        Tensor same = x.matmul(v).reshape(16);
        try (Program program = Program.builder()
                .inputs(List.of(x, v), null)
                .outputs(
                        List.of(product, sum, same),
                        List.of(
                                Arena.view(flat, 0, SHAPE),
                                Arena.view(flat, 18, Shape.of(4)),
                                Arena.view(flat, 24, Shape.of(16))))
                .build()) {
            program.set(x, random(1, SHAPE));
            program.set(v, random(2, SHAPE));
            program.run();
            double[] expected = Arena.toDoubles(Tensor.constant(random(1, SHAPE))
                    .matmul(Tensor.constant(random(2, SHAPE)))
                    .value());
            double[] all = Arena.toDoubles(flat);
            assertThat(Arrays.copyOf(all, 16)).containsExactly(expected, within(1e-14));
            assertThat(Arrays.copyOfRange(all, 24, 40)).containsExactly(expected, within(1e-14));
            assertThat(all[16]).isZero();
            assertThat(all[22]).isZero();
        }
    }

    @Test
    void anOutputMayBeAnInputOrAConstant() {
        Tensor c = Tensor.constant(random(9, SHAPE));
        try (Program program = Program.of(List.of(x), List.of(x, c, x.reshape(16), x))) {
            program.set(x, random(1, SHAPE));
            program.run();
            assertThat(Arena.toDoubles(program.memory(c))).isEqualTo(Arena.toDoubles(random(9, SHAPE)));
            assertThat(Arena.toDoubles(program.memory(x))).isEqualTo(Arena.toDoubles(random(1, SHAPE)));
        }
    }

    @Test
    void aTensorThatIsInputAndOutputHasTwoMemories() {
        INDArray given = Arena.create(DType.FLOAT64, SHAPE);
        INDArray copy = Arena.create(DType.FLOAT64, SHAPE);
        try (Program program = Program.builder()
                .inputs(List.of(x), List.of(given))
                .output(x.add(1))
                .outputs(List.of(x), List.of(copy))
                .build()) {
            assertThat(program.memory(x)).isSameAs(given);
            assertThat(program.outputMemory(x)).isSameAs(copy);
        }
        try (Program program = Program.of(List.of(x), List.of(x))) {
            Vectors.copy(random(1, SHAPE), program.memory(x));
            program.changed(x);
            program.run();
            Vectors.fill(program.memory(x), 7);
            assertThat(Arena.toDoubles(program.outputMemory(x))).isEqualTo(Arena.toDoubles(random(1, SHAPE)));
        }
        Tensor one = Tensor.input("one", DType.FLOAT64, Shape.of());
        try (Program program = Program.of(List.of(one), List.of(one))) {
            Vectors.fill(program.memory(one), 3);
            program.changed(one);
            program.run();
            assertThat(program.scalar(one)).isEqualTo(3);
        }
        assertThatThrownBy(() -> Program.of(List.of(x), List.of(x.exp())).outputMemory(x))
                .hasMessageContaining("not among the program's outputs");
    }

    @Test
    void aTensorThatIsTwoOutputsIsBroughtUpToDateInBothPlaces() {
        INDArray second = Arena.create(DType.FLOAT64, SHAPE);
        Tensor y = x.exp();
        try (Program program = Program.builder()
                .input(x)
                .output(y)
                .outputs(List.of(y), List.of(second))
                .build()) {
            program.set(x, random(1, SHAPE));
            program.run(y);
            assertThat(Arena.toDoubles(second)).isEqualTo(Arena.toDoubles(program.outputMemory(y)));
            assertThat(second.getDouble(0)).isEqualTo(Math.exp(random(1, SHAPE).getDouble(0)));
        }
    }

    @Test
    void anInputThatIsNamedTwiceIsRefused() {
        assertThatThrownBy(() -> Program.of(List.of(x, v, x), List.of(x.mul(v))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("input 'x' [4, 4] FLOAT64 is named twice");
    }

    @Test
    void variablesAmongTheInputsAreReadWhereTheyAre() {
        INDArray array = random(1, SHAPE);
        Tensor w = Tensor.variable("w", array);
        Tensor y = w.sum();
        try (Program program = Program.of(List.of(w), List.of(y));
                Program fixed = Program.of(List.of(x), List.of(x.mul(w).sum()))) {
            program.run();
            fixed.run();
            Vectors.fill(array, 2);
            program.run();
            assertThat(program.executedOps()).isEqualTo(1); // nobody said that it changed
            w.touch();
            program.run();
            assertThat(program.scalar(y)).isEqualTo(32);
            assertThatThrownBy(fixed::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("variable 'w'")
                    .hasMessageContaining("name it among the inputs");
        }
    }

    @Test
    void outputsNamedApartRunApart() {
        Tensor shared = x.exp();
        Tensor a = shared.sum();
        Tensor b = shared.square().sum();
        try (Program program = Program.builder().input(x).output(a).output(b).build()) {
            program.set(x, random(1, SHAPE));
            program.run(a);
            assertThat(program.executedOps()).isEqualTo(2);
            program.run(b);
            assertThat(program.executedOps()).isEqualTo(4);
            program.run();
            assertThat(program.executedOps()).isEqualTo(4);
            double first = program.scalar(b);
            program.set(x, random(2, SHAPE));
            program.run(a);
            assertThat(program.scalar(b)).isEqualTo(first); // not asked for yet
            program.run(b);
            assertThat(program.scalar(b))
                    .isCloseTo(
                            Tensor.constant(random(2, SHAPE))
                                    .exp()
                                    .square()
                                    .sum()
                                    .scalar(),
                            within(1e-10));
        }
    }

    @Test
    void noiseIsDrawnAnewOnlyWhenResampled() {
        Tensor noise = Tensor.noise("mask", DType.FLOAT64, SHAPE, 5, ProgramTest::uniform);
        Tensor again = Tensor.noise("mask", DType.FLOAT64, Shape.of(), 5, ProgramTest::uniform);
        Tensor y = noise.sum().add(again);
        try (Program one = Program.of(List.of(), List.of(y));
                Program other = Program.of(List.of(x), List.of(y, x))) {
            one.resample(42);
            one.run();
            double first = one.scalar(y);
            one.run();
            assertThat(one.scalar(y)).isEqualTo(first);
            one.resample(43);
            one.run();
            assertThat(one.scalar(y)).isNotEqualTo(first);
            one.resample(42);
            other.resample(42);
            one.run();
            other.run();
            assertThat(one.scalar(y)).isEqualTo(first);
            assertThat(other.scalar(y)).isEqualTo(first);
        }
    }

    private static void uniform(Elements out, int from, int to, Rng rng) {
        for (int i = from; i < to; i++) {
            out.set(i, rng.nextDouble());
        }
    }

    @Test
    void noiseOfAnExampleDoesNotDependOnItsPlace() {
        Tensor noise = Tensor.noisePerExample("mask", DType.FLOAT64, SHAPE, 5, ProgramTest::uniform);
        try (Program program = Program.of(List.of(), List.of(noise))) {
            program.resample(7, new int[] {9, 8, 7, 6, 5}, 1);
            program.run();
            double[] first = Arena.toDoubles(program.memory(noise));
            program.resample(7, new int[] {6, 2, 8, 1}, 0);
            program.run();
            double[] second = Arena.toDoubles(program.memory(noise));
            assertThat(Arrays.copyOfRange(second, 0, 4)).isEqualTo(Arrays.copyOfRange(first, 8, 12)); // example 6
            assertThat(Arrays.copyOfRange(second, 8, 12)).isEqualTo(Arrays.copyOfRange(first, 0, 4)); // example 8
            assertThat(Arrays.copyOfRange(second, 4, 8)).isNotEqualTo(Arrays.copyOfRange(first, 4, 8));
            program.resample(8, new int[] {6, 2, 8, 1}, 0);
            program.run();
            assertThat(Arena.toDoubles(program.memory(noise))).isNotEqualTo(second);
        }
    }

    @Test
    void theFirstOpWithANonFiniteResultIsNamed() {
        Tensor w = Tensor.variable("layer.weight", random(1, SHAPE));
        Tensor y = x.matmul(w).sub(100).log().exp().sum();
        try (Program program = Program.of(List.of(x), List.of(y))) {
            program.run();
            assertThat(program.firstNonFinite())
                    .hasValueSatisfying(s -> assertThat(s)
                            .startsWith("log [4, 4] FLOAT64")
                            .contains("variable 'layer.weight'")
                            .contains("element 0"));
            program.set(x, random(1, SHAPE).put(0, 1, Double.NaN));
            assertThat(program.firstNonFinite())
                    .hasValueSatisfying(s -> assertThat(s).contains("input 'x'").contains("element 1"));
        }
        try (Program fine = Program.of(List.of(x), List.of(x.exp()))) {
            assertThat(fine.firstNonFinite()).isEmpty();
        }
    }

    @Test
    void errorsSayWhatIsWrong() {
        Tensor y = x.mul(v);
        assertThatThrownBy(() -> Program.of(List.of(x), List.of(y)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("input 'v'");
        assertThatThrownBy(() -> Program.of(List.of(x, y), List.of(y))).hasMessageContaining("cannot be an input");
        Program program = Program.of(List.of(x, v), List.of(y));
        assertThatThrownBy(() -> program.set(x, random(1, Shape.of(3))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("input 'x' [4, 4] FLOAT64 was given FLOAT64 [3]");
        assertThatThrownBy(() -> program.set(y, random(1, SHAPE)))
                .hasMessageContaining("not among the program's inputs");
        assertThatThrownBy(() -> program.run(x)).hasMessageContaining("not among the program's outputs");
        program.close();
        program.close();
        assertThatThrownBy(program::run).hasMessageContaining("closed");
    }

    @Test
    void aFailedRunIsRepeated() {
        Tensor rows = Tensor.input("rows", DType.INT64, Shape.of(1));
        Tensor y = x.gather(rows).sum();
        try (Program program = Program.of(List.of(x, rows), List.of(y))) {
            program.set(x, random(1, SHAPE));
            program.set(rows, Arena.ofIntegers(9));
            assertThatThrownBy(program::run).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(program::run).isInstanceOf(IndexOutOfBoundsException.class);
            program.set(rows, Arena.ofIntegers(2));
            program.run();
            assertThat(program.scalar(y))
                    .isCloseTo(
                            Tensor.constant(random(1, SHAPE))
                                    .slice(0, 2, 3)
                                    .sum()
                                    .scalar(),
                            within(1e-14));
        }
    }

    /** Random graphs, random partial runs: whatever memory is shared, every output is what fresh evaluation gives. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void randomGraphsReplayRight(long seed) {
        Rng rng = new Rng(seed);
        for (int round = 0; round < 20; round++) {
            long shape = rng.nextLong();
            List<Tensor> inputs = List.of(
                    Tensor.input("a", DType.FLOAT64, SHAPE),
                    Tensor.input("b", DType.FLOAT64, SHAPE),
                    Tensor.input("c", DType.FLOAT64, SHAPE));
            List<Tensor> outputs = randomGraph(inputs, new Rng(shape));
            Program.Builder builder = Program.builder();
            boolean together = rng.nextBoolean();
            if (together) {
                builder.inputs(inputs, null).outputs(outputs, null);
            } else {
                inputs.forEach(builder::input);
                outputs.forEach(builder::output);
            }
            List<INDArray> values = new ArrayList<>();
            try (Program program = builder.build()) {
                for (Tensor input : inputs) {
                    values.add(random(rng.nextLong(), SHAPE));
                    program.set(input, values.get(values.size() - 1));
                }
                for (int run = 0; run < 6; run++) {
                    Tensor wanted = outputs.get(rng.nextInt(outputs.size()));
                    program.run(wanted);
                    compare(program, outputs, values, shape, outputs.indexOf(wanted), seed);
                    int moved = rng.nextInt(3);
                    values.set(moved, random(rng.nextLong(), SHAPE));
                    program.set(inputs.get(moved), values.get(moved));
                }
                program.run();
                for (int i = 0; i < outputs.size(); i++) {
                    compare(program, outputs, values, shape, i, seed);
                }
            }
        }
    }

    private static void compare(
            Program program, List<Tensor> outputs, List<INDArray> values, long shape, int i, long seed) {
        Tensor fresh = randomGraph(values.stream().map(Tensor::constant).toList(), new Rng(shape))
                .get(i);
        assertThat(Arena.toDoubles(program.memory(outputs.get(i))))
                .as("seed %d, output %d", seed, i)
                .containsExactly(Arena.toDoubles(fresh.value()), within(1e-10));
    }

    private static List<Tensor> randomGraph(List<Tensor> leaves, Rng rng) {
        List<Tensor> pool = new ArrayList<>(leaves);
        pool.add(Tensor.fill(DType.FLOAT64, SHAPE, 0.5).exp());
        for (int i = 0; i < 25; i++) {
            Tensor a = pool.get(pool.size() - 1 - rng.nextInt(Math.min(6, pool.size())));
            Tensor b = pool.get(rng.nextInt(pool.size()));
            pool.add(
                    switch (rng.nextInt(12)) {
                        case 0 -> a.add(b).mul(0.5);
                        case 1 -> a.mul(b).tanh();
                        case 2 -> a.matmul(b).add(b.matmul(a)).tanh();
                        case 3 -> a.matmul(b, true, false).add(b.sum(0)).tanh();
                        case 4 -> a.tanh();
                        case 5 -> a.reshape(16).sigmoid().reshape(SHAPE);
                        case 6 -> a.softmax(1).add(b).tanh();
                        case 7 -> a.sub(a.mean(0)).tanh();
                        case 8 -> a.transpose().add(b).sin();
                        case 9 -> Tensor.concat(0, a.slice(0, 1, 4), b.slice(0, 0, 1));
                        case 10 -> Tensor.where(a.step(), a, b).cos();
                        default -> a.square().add(b.matmul(b)).tanh();
                    });
        }
        return List.of(
                pool.get(pool.size() - 1),
                pool.get(pool.size() - 3),
                pool.get(pool.size() - 8).reshape(2, 8));
    }
}
