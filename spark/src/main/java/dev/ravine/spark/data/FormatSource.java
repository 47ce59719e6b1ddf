package dev.ravine.spark.data;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.ExampleSource;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What drivers and executors know alike about the examples: their number and their format. */
public abstract class FormatSource implements ExampleSource {
    private final int size;
    private final RowFormat format;

    FormatSource(int size, RowFormat format) {
        this.size = size;
        this.format = format;
    }

    /** {@return what each example looks like} */
    public final RowFormat format() {
        return format;
    }

    @Override
    public final int size() {
        return size;
    }

    @Override
    public final DType dtype() {
        return format.dtype();
    }

    @Override
    public final DType featureType() {
        return format.featureType();
    }

    @Override
    public final DType targetType() {
        return format.targetType();
    }

    @Override
    public final Shape featureShape() {
        return Shape.of(format.featureShape());
    }

    @Override
    public final Shape targetShape() {
        return Shape.of(format.targetShape());
    }

    @Override
    public final boolean hasLabels() {
        return format.classes() > 0;
    }

    @Override
    public final int classes() {
        requireLabels();
        return format.classes();
    }

    @Override
    public final boolean hasWeights() {
        return format.isWeighted();
    }

    /** Opens memory for so many rows, after a check of its shape. */
    static Elements rows(String name, DType dtype, Shape row, int count, INDArray memory) {
        Shape expected = Shape.of(LongStream.concat(LongStream.of(count), LongStream.of(row.toArray()))
                .toArray());
        if (DType.of(memory) != dtype || !Shape.of(memory).equals(expected)) {
            throw new ShapeException("the memory for " + name + " must be " + dtype + " " + expected + ", found "
                    + DType.of(memory) + " " + Shape.of(memory));
        }
        return Elements.of(memory);
    }
}
