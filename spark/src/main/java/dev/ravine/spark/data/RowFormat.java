package dev.ravine.spark.data;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.io.Serializable;

/**
 * What one example looks like.
 *
 * @param dtype of all numbers that are not integers
 * @param featureType of the features
 * @param featureShape of one example
 * @param targetType of the targets
 * @param targetShape of one target; none for labels
 * @param classes their number; 0 if the targets are not labels
 * @param isWeighted whether examples have weights
 */
@DefaultSerializer(JavaSerializer.class) // Kryo does not know records
@SuppressWarnings("ArrayRecordComponent")
public record RowFormat(
        DType dtype,
        DType featureType,
        long[] featureShape,
        DType targetType,
        long[] targetShape,
        int classes,
        boolean isWeighted)
        implements Serializable {
    RowFormat withClasses(int count) {
        return new RowFormat(dtype, featureType, featureShape, targetType, targetShape, count, isWeighted);
    }

    /** How many numbers the features of an example have. */
    int featureWidth() {
        return Math.toIntExact(Shape.of(featureShape).count());
    }

    int targetWidth() {
        return Math.toIntExact(Shape.of(targetShape).count());
    }

    /** {@return the bytes of one example in memory} */
    public long bytes() {
        return (long) featureWidth() * featureType.bytes() + (long) targetWidth() * targetType.bytes() + Integer.BYTES;
    }
}
