package dev.ravine.optim.matrix;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.nn.Module;
import dev.ravine.nn.ParameterVector;
import dev.ravine.optim.firstorder.GradientStep;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Span;
import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A parameter as a matrix [inputs, outputs]. The last axis is that of outputs; all others are flattened into one.
 *
 * @param path its full name, such as {@code encoder.0.weight}
 * @param span where it is in the parameter vector
 * @param axes how many the parameter itself has
 * @param rows inputs; 1 for a vector
 * @param columns outputs
 */
record MatrixParameter(String path, Span span, int axes, int rows, int columns) {

    /** The parameters of a module in their order, without those that have no elements. */
    static List<MatrixParameter> of(Module module) {
        return Objects.requireNonNull(module, "module").parameterVector().segments().stream()
                .filter(segment -> segment.size() > 0)
                .map(MatrixParameter::of)
                .toList();
    }

    private static MatrixParameter of(ParameterVector.Segment segment) {
        Shape shape = segment.parameter().shape();
        int columns = shape.rank() == 0 ? 1 : (int) shape.size(shape.rank() - 1);
        int from = Math.toIntExact(segment.offset());
        int size = Math.toIntExact(segment.size());
        return new MatrixParameter(segment.path(), new Span(from, from + size), shape.rank(), size / columns, columns);
    }

    /** Whether it has two axes or more. */
    boolean isMatrix() {
        return axes >= 2;
    }

    /** Its part of a vector, as a matrix. */
    INDArray of(INDArray vector) {
        return Arena.view(vector, span.from(), Shape.of(rows, columns));
    }

    /** The group that it belongs to in a step; null if it is frozen. */
    GradientStep.Part partOf(List<GradientStep.Part> parts) {
        for (GradientStep.Part part : parts) {
            for (Span each : part.spans()) {
                if (each.from() < span.to() && each.to() > span.from()) {
                    return whole(part, each);
                }
            }
        }
        return null;
    }

    /** Whether it is in a group. */
    boolean isIn(ParameterGroup group) {
        List<Span> shared = group.within(List.of(span));
        if (!shared.isEmpty() && !shared.equals(List.of(span))) {
            throw cut(shared.get(0));
        }
        return !shared.isEmpty();
    }

    private GradientStep.Part whole(GradientStep.Part part, Span each) {
        if (each.from() > span.from() || each.to() < span.to()) {
            throw cut(each);
        }
        return part;
    }

    private IllegalArgumentException cut(Span part) {
        return new IllegalArgumentException("the parameter " + path + " (elements " + span.from() + ".."
                + (span.to() - 1) + ") is a matrix that must be in one group as a whole, found a group with elements "
                + part.from() + ".." + (part.to() - 1) + "; make groups of whole parameters with ParameterGroup.of");
    }

    /** Such as {@code 0.weight [784, 250]}. */
    @Override
    public String toString() {
        return path + (isMatrix() ? " [" + rows + ", " + columns + "]" : " [" + columns + "]");
    }
}
