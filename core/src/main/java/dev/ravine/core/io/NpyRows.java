package dev.ravine.core.io;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes an array in the npy format row by row, so that it may be larger than memory. */
public final class NpyRows {
    private final OutputStream out;
    private final DType dtype;
    private final long rows;
    private final ByteBuffer bytes;
    private long written;

    /**
     * Writes the header.
     *
     * @param out receives the file; neither flushed nor closed
     * @param dtype of the array
     * @param shape [rows, ...]
     * @throws IOException if writing fails
     */
    public NpyRows(OutputStream out, DType dtype, Shape shape) throws IOException {
        this.out = out;
        this.dtype = dtype;
        this.rows = shape.size(0);
        this.bytes = ByteBuffer.allocate(Math.toIntExact(shape.dropping(0).count() * dtype.bytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        out.write(NpyHeader.render(ElementType.of(dtype), shape));
    }

    /**
     * Writes a row.
     *
     * @param numbers of the row, in order; whole numbers for {@link DType#INT64}
     * @throws IllegalArgumentException if the number of numbers is wrong, or all rows are written
     * @throws IOException if writing fails
     */
    public void write(double... numbers) throws IOException {
        if (written == rows || numbers.length * dtype.bytes() != bytes.capacity()) {
            throw new IllegalArgumentException("row " + written + " of " + rows + " has " + numbers.length
                    + " numbers; expected " + bytes.capacity() / dtype.bytes());
        }
        bytes.clear();
        for (double number : numbers) {
            switch (dtype) {
                case FLOAT32 -> bytes.putFloat((float) number);
                case FLOAT64 -> bytes.putDouble(number);
                case INT64 -> bytes.putLong((long) number);
            }
        }
        out.write(bytes.array());
        written++;
    }

    /**
     * Checks that all rows were written.
     *
     * @throws IllegalStateException if some are missing
     */
    public void finish() {
        if (written != rows) {
            throw new IllegalStateException("the array has " + rows + " rows, of which " + written + " were written");
        }
    }
}
