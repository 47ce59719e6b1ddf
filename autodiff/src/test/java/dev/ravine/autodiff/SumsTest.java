package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Sums of contributions to a derivative are built so that they cost little, and are the same numbers. */
class SumsTest {
    private static final int STEPS = 40;

    private static long count(Tensor of, Predicate<Tensor> kind) {
        return Graph.ancestors(List.of(of)).stream().filter(kind).count();
    }

    private static boolean isFullSum(Tensor t, Shape shape) {
        return t.op() instanceof BinaryOps.Add && t.shape().equals(shape);
    }

    /** A recurrence over slices of its inputs, as a recurrent net has. */
    private static Tensor recurrence(Tensor x) {
        Tensor state = x.slice(0, 0, 2).tanh();
        for (int t = 1; t < STEPS; t++) {
            state = state.mul(x.slice(0, 2L * t, 2L * t + 2)).tanh();
        }
        return state.sum();
    }

    @Test
    void cotangentsOfSlicesAreJoined() {
        Tensor x = numbers(2 * STEPS, 3);
        Tensor gradient = Autodiff.gradient(recurrence(x), x);
        assertThat(count(gradient, t -> t.op() instanceof LayoutOps.Concat)).isEqualTo(1);
        assertThat(count(gradient, t -> t.op() instanceof LayoutOps.Pad)).isZero();
        assertThat(count(gradient, t -> isFullSum(t, x.shape()))).isZero();
    }

    @Test
    void tangentsOfPartsAreJoinedWithZerosWhereOneIsMissing() {
        List<Tensor> parts = new ArrayList<>();
        for (int t = 0; t < STEPS; t++) {
            parts.add(numbers(2, 3));
        }
        Tensor whole = Tensor.concat(1, parts.toArray(Tensor[]::new));
        List<Tensor> moving = List.of(parts.get(3), parts.get(4), parts.get(9));
        List<Tensor> tangents = List.of(numbers(2, 3), numbers(2, 3), numbers(2, 3));
        Tensor tangent = Autodiff.jvp(List.of(whole), moving, tangents).get(0);
        assertThat(count(tangent, t -> t.op() instanceof LayoutOps.Concat)).isEqualTo(1);
        assertThat(count(tangent, t -> isFullSum(t, whole.shape()))).isZero();
        Tensor zeros = Tensor.fill(DType.FLOAT64, Shape.of(2, 3), 0);
        Tensor[] expected = new Tensor[STEPS];
        for (int t = 0; t < STEPS; t++) {
            int at = moving.indexOf(parts.get(t));
            expected[t] = at < 0 ? zeros : tangents.get(at);
        }
        assertThat(Arena.toDoubles(tangent.value()))
                .containsExactly(Arena.toDoubles(Tensor.concat(1, expected).value()));
    }

    /** Overlapping slices need as many full tensors as overlap at one place, not as many as there are. */
    @Test
    void overlappingBlocksAreJoinedInLayers() {
        Tensor x = numbers(STEPS, 2);
        Tensor sum = Tensor.fill(DType.FLOAT64, Shape.of(), 0);
        double[] expected = new double[2 * STEPS];
        for (int t = 0; t + 3 <= STEPS; t++) {
            sum = sum.add(x.slice(0, t, t + 3).mul(t + 1).sum());
            for (int i = 2 * t; i < 2 * t + 6; i++) {
                expected[i] += t + 1;
            }
        }
        Tensor gradient = Autodiff.gradient(sum, x);
        assertThat(Arena.toDoubles(gradient.value())).containsExactly(expected);
        assertThat(count(gradient, t -> isFullSum(t, x.shape()))).isEqualTo(2);
    }

    @Test
    void equalBlocksAreAddedBeforeTheyArePlaced() {
        Tensor x = numbers(6, 2);
        Tensor f = x.slice(0, 1, 3).square().sum().add(x.slice(0, 1, 3).exp().sum());
        Tensor gradient = Autodiff.gradient(f, x);
        assertThat(count(gradient, t -> isFullSum(t, x.shape()))).isZero();
        assertThat(count(gradient, t -> t.op() instanceof LayoutOps.Pad)).isEqualTo(1);
    }

    /** A a + A b = A (a + b), so that products in front of a reshape add to each other in place. */
    @Test
    void sumsMoveIntoLinearOperations() {
        Tensor x = numbers(3, 4, 2);
        Tensor a = numbers(2, 5);
        Tensor b = numbers(2, 5);
        Tensor f = x.matmul(a).square().sum().add(x.matmul(b).square().sum());
        Tensor gradient = Autodiff.gradient(f, x);
        assertThat(count(gradient, t -> isFullSum(t, Shape.of(12, 2)))).isEqualTo(1);
        try (Program program = Program.of(List.of(), List.of(gradient))) {
            assertThat(program.plannedOps(op -> op instanceof AddableProduct.PlusProduct))
                    .isEqualTo(1);
        }
    }

    @Test
    void batchedProductsAddToSums() {
        Tensor s = Tensor.input("s", DType.FLOAT64, Shape.of(2, 3, 5));
        Tensor a = numbers(2, 3, 4);
        Tensor b = numbers(2, 4, 5);
        Tensor y = s.exp().add(a.matmul(b));
        try (Program program = Program.of(List.of(s), List.of(y))) {
            program.set(s, numbers(2, 3, 5).value());
            program.run();
            assertThat(program.plannedOps(op -> op instanceof AddableProduct.PlusProduct, s))
                    .isEqualTo(1);
            Tensor fresh = numbers(2, 3, 5).exp().add(a.matmul(b));
            assertThat(Arena.toDoubles(program.outputMemory(y))).containsExactly(Arena.toDoubles(fresh.value()));
        }
    }

    /** Numbers that differ from each other, the same for the same shape. */
    private static Tensor numbers(long... dims) {
        Shape shape = Shape.of(dims);
        double[] values = new double[(int) shape.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.sin(1.3 * i + 0.2);
        }
        return Tensor.constant(DType.FLOAT64, shape, values);
    }
}
