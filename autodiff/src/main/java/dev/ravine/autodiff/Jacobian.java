package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The derivatives of all elements of a tensor with respect to all parameters, as numbers.
 *
 * <p>An instance is planned once and evaluated at many points, column by column in forward mode: only the unit vector
 * changes between columns, so a column costs the tangent operations and nothing else. {@link #dense} and
 * {@link #denseHessian} compute a matrix once, at the present values of a graph.
 */
public final class Jacobian implements AutoCloseable {
    private final Tensor output;
    private final Tensor firstParameter;
    private final Tensor firstVector;
    private final Tensor tangent;
    private final Arena arena = new Arena("the Jacobian");
    private final Lifetime lifetime = new Lifetime("the Jacobian", this::release);
    private final INDArray point;
    private final INDArray vector;
    private final INDArray column;
    private final Program program;

    /**
     * Plans the columns.
     *
     * @param output a tensor of any shape, read row by row
     * @param parameters variables or {@link Tensor#input}s, in the order of the flat vectors; at least one
     * @throws IllegalArgumentException if there are no parameters
     */
    public Jacobian(Tensor output, List<Tensor> parameters) {
        if (Check.noNulls("the parameters", parameters).isEmpty()) {
            throw new IllegalArgumentException("a Jacobian of " + output.shape() + " needs at least one parameter");
        }
        FlatViews views = new FlatViews(parameters);
        List<Tensor> vectors = views.placeholders();
        this.output = output;
        this.firstParameter = parameters.get(0);
        this.firstVector = vectors.get(0);
        this.tangent = Autodiff.jvp(List.of(output), parameters, vectors).get(0);
        this.point = arena.allocate(output.dtype(), Shape.of(views.size()));
        this.vector = arena.allocate(output.dtype(), Shape.of(views.size()));
        this.column = arena.allocate(output.dtype(), output.shape());
        this.program = Program.builder()
                .inputs(parameters, views.of(point))
                .inputs(vectors, views.of(vector))
                .output(output)
                .outputs(List.of(tangent), List.of(column))
                .build();
    }

    /**
     * Computes value and derivatives at a point.
     *
     * @param theta all parameters, flat
     * @param value overwritten with the output, flat
     * @param columns of shape [parameters, outputs], overwritten with the transposed Jacobian: row i is the
     *     derivative with respect to parameter i
     * @throws ShapeException if a shape or dtype does not fit
     * @throws IllegalStateException if it is closed
     */
    public void at(INDArray theta, INDArray value, INDArray columns) {
        long n = vector.length();
        long m = column.length();
        if (columns.rank() != 2
                || columns.size(0) != n
                || columns.size(1) != m
                || DType.of(columns) != DType.of(vector)) {
            throw new ShapeException("a Jacobian of " + m + " outputs and " + n + " parameters needs "
                    + DType.of(vector) + " columns of [" + n + ", " + m + "], found " + DType.of(columns) + " "
                    + Shape.of(columns));
        }
        lifetime.enter();
        try {
            Vectors.copy(theta, point);
            program.changed(firstParameter);
            program.run(output);
            Vectors.copy(program.outputMemory(output), value);
            multiplyUnitVectors(
                    program,
                    firstVector,
                    vector,
                    tangent,
                    i -> Vectors.copy(column, Arena.view(columns, i * m, output.shape())));
        } finally {
            lifetime.exit();
        }
    }

    /** {@return the work done so far, in floating-point operations by {@link Op#cost}} */
    public long executedCost() {
        return program.executedCost();
    }

    @Override
    public void close() {
        lifetime.close();
    }

    private void release() {
        program.close();
        arena.close();
    }

    /**
     * {@return the Jacobian at present values: an array of y's shape followed by x's, whose element [i, j] is d y[i] /
     * d x[j]} It is computed column by column in forward mode or row by row in reverse mode, whichever are fewer.
     *
     * @param y output
     * @param x any tensor that y is computed from
     */
    public static INDArray dense(Tensor y, Tensor x) {
        int rows = (int) y.shape().count();
        int columns = (int) x.shape().count();
        INDArray jacobian = Arena.create(y.dtype(), joined(y.shape(), x.shape()));
        if (jacobian.isEmpty()) {
            return jacobian;
        }
        boolean isForward = columns <= rows;
        Tensor moving = isForward ? x : y;
        Tensor unit = Tensor.input("vector", moving.dtype(), moving.shape());
        Tensor product = (isForward
                        ? Autodiff.jvp(List.of(y), List.of(x), List.of(unit))
                        : Autodiff.vjp(List.of(y), List.of(x), List.of(unit)))
                .get(0);
        Elements out = Elements.of(jacobian);
        try (Program program = Program.of(List.of(unit), List.of(product))) {
            Elements result = Elements.of(program.outputMemory(product));
            multiplyUnitVectors(program, unit, program.memory(unit), product, k -> {
                for (int l = 0; l < result.size(); l++) {
                    out.set(isForward ? l * columns + k : k * columns + l, result.get(l));
                }
            });
        }
        return jacobian;
    }

    /**
     * {@return the Hessian at present values: an array of x's shape twice, whose element [i, j] is
     * d2 loss / d x[i] d x[j]}
     *
     * @param loss a tensor with one element
     * @param x any tensor that the loss is computed from
     */
    public static INDArray denseHessian(Tensor loss, Tensor x) {
        return dense(Autodiff.gradient(loss, x), x);
    }

    /** Runs a product with each unit vector in turn, and says which one it was. */
    private static void multiplyUnitVectors(
            Program program, Tensor vector, INDArray memory, Tensor product, IntConsumer use) {
        Elements unit = Elements.of(memory);
        for (int i = 0; i < unit.size(); i++) {
            unit.set(i, 1);
            program.changed(vector);
            program.run(product);
            unit.set(i, 0);
            use.accept(i);
        }
    }

    private static Shape joined(Shape first, Shape second) {
        return Shape.of(LongStream.concat(LongStream.of(first.toArray()), LongStream.of(second.toArray()))
                .toArray());
    }
}
