package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The derivatives of all elements of a tensor with respect to all parameters, written out column by column in forward mode:
 * a replayed program whose only changing input is the direction, so a column costs the tangent operations and nothing else.
 */
public final class Jacobian implements AutoCloseable {
    private final Tensor output;
    private final Tensor direction;
    private final Arena arena = new Arena();
    private final INDArray point;
    private final INDArray vector;
    private final INDArray column;
    private final Tensor firstParameter;
    private final Tensor tangent;
    private final Program program;

    /**
     * Plans the columns.
     *
     * @param output a tensor of any shape, read row by row
     * @param parameters variables or {@link Tensor#input}s, in the order of the flat vectors
     */
    public Jacobian(Tensor output, List<Tensor> parameters) {
        DType dtype = output.dtype();
        long size = parameters.stream().mapToLong(p -> p.shape().count()).sum();
        this.output = output;
        this.firstParameter = parameters.get(0);
        this.point = arena.allocate(dtype, Shape.of(size));
        this.vector = arena.allocate(dtype, Shape.of(size));
        this.column = arena.allocate(dtype, output.shape());
        List<Tensor> directions = parameters.stream()
                .map(p -> Tensor.input("direction of " + p.describe(), dtype, p.shape()))
                .toList();
        this.direction = directions.get(0);
        this.tangent = Autodiff.jvp(List.of(output), parameters, directions).get(0);
        this.program = Program.builder()
                .inputs(parameters, views(parameters, point))
                .inputs(directions, views(directions, vector))
                .output(output)
                .outputs(List.of(tangent), List.of(column))
                .build();
    }

    private static List<INDArray> views(List<Tensor> parameters, INDArray flat) {
        List<INDArray> views = new ArrayList<>();
        long offset = 0;
        for (Tensor p : parameters) {
            views.add(Arena.view(flat, offset, p.shape()));
            offset += p.shape().count();
        }
        return views;
    }

    /**
     * Value and derivatives at a point.
     *
     * @param theta all parameters, flat
     * @param value overwritten with the output, flat
     * @param columns of shape [parameters, outputs], overwritten with the transposed Jacobian: row i is the derivative with
     *     respect to parameter i
     * @throws ShapeException if a shape or dtype does not fit
     */
    public void at(INDArray theta, INDArray value, INDArray columns) {
        int n = (int) vector.length();
        int m = (int) column.length();
        if (columns.rank() != 2
                || columns.size(0) != n
                || columns.size(1) != m
                || DType.of(columns) != DType.of(vector)) {
            throw new ShapeException("a Jacobian of " + m + " outputs and " + n + " parameters needs "
                    + DType.of(vector) + " columns of [" + n + ", " + m + "], found " + DType.of(columns) + " "
                    + Shape.of(columns));
        }
        Vectors.copy(theta, point);
        program.changed(firstParameter);
        program.run(output);
        Vectors.copy(program.memory(output), value);
        Elements directions = Elements.of(vector);
        for (int i = 0; i < n; i++) {
            directions.set(i, 1);
            program.changed(direction);
            program.run(tangent);
            directions.set(i, 0);
            Vectors.copy(column, Arena.view(columns, (long) i * m, output.shape()));
        }
    }

    /**
     * The work done so far, by {@link Op#cost}.
     *
     * @return floating-point operations
     */
    public long executedCost() {
        return program.executedCost();
    }

    @Override
    public void close() {
        program.close();
        arena.close();
    }
}
