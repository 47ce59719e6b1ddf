package dev.ravine.core.io;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.Arrays;

/** Checks the sizes of axes in a file before an array of that shape is made. */
final class Sizes {
    private static final int HIGHEST_RANK = 32;

    private Sizes() {}

    /** The shape, if it is valid: no negative size, no overflow, and within the limits of rank and memory. */
    static Shape check(ByteSource source, long at, String field, long[] sizes, DType dtype)
            throws MalformedFileException {
        if (sizes.length > HIGHEST_RANK) {
            throw source.malformed(
                    at,
                    field,
                    "at most " + HIGHEST_RANK + " axes",
                    String.valueOf(sizes.length),
                    "reshape the array before it is saved");
        }
        // Zeros count as ones here: the strides of an empty array are products of its other sizes.
        long product = 1;
        boolean empty = false;
        for (long size : sizes) {
            if (size < 0) {
                throw source.malformed(at, field, "sizes from 0", Arrays.toString(sizes), ByteSource.DAMAGED);
            }
            empty |= size == 0;
            try {
                product = Math.multiplyExact(product, Math.max(size, 1));
            } catch (ArithmeticException e) {
                throw source.malformed(
                        at, field, "sizes whose product is below 2^63", Arrays.toString(sizes), ByteSource.DAMAGED);
            }
        }
        long limit = Integer.MAX_VALUE / dtype.bytes();
        if (!empty && product > limit) {
            throw source.malformed(
                    at,
                    field,
                    "at most " + limit + " elements of " + dtype,
                    Arrays.toString(sizes) + ", which makes " + product,
                    "split the array before it is saved");
        }
        return Shape.of(sizes);
    }
}
