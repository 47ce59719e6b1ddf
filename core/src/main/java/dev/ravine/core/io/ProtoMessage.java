package dev.ravine.core.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A message in the wire format of Protocol Buffers, built field by field. Fields are written in the order in which they
 * are added; a field that is added twice is repeated. Nothing is checked against a schema.
 *
 * <p>Source: <a href="https://protobuf.dev/programming-guides/encoding/">Protocol Buffers, Encoding</a>.
 */
public final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;
    private static final int LARGEST_FIELD = (1 << 29) - 1;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A message without fields. */
    public ProtoMessage() {}

    /**
     * Adds a field of type int32, int64, bool or enum.
     *
     * @param field its number, at least 1
     * @param value its value; a bool is 0 or 1
     * @return this
     */
    public ProtoMessage integer(int field, long value) {
        tag(field, VARINT);
        varint(value);
        return this;
    }

    /**
     * Adds a field of type float.
     *
     * @param field its number, at least 1
     * @param value its value
     * @return this
     */
    public ProtoMessage number(int field, float value) {
        tag(field, FIXED_32);
        out.writeBytes(littleEndian(Float.BYTES).putFloat(value).array());
        return this;
    }

    /**
     * Adds a field of type double.
     *
     * @param field its number, at least 1
     * @param value its value
     * @return this
     */
    public ProtoMessage number(int field, double value) {
        tag(field, FIXED_64);
        out.writeBytes(littleEndian(Double.BYTES).putDouble(value).array());
        return this;
    }

    /**
     * Adds a field of type string.
     *
     * @param field its number, at least 1
     * @param value its value
     * @return this
     */
    public ProtoMessage text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Adds a field that is a message.
     *
     * @param field its number, at least 1
     * @param value its value as it is now; later changes of it are not seen
     * @return this
     */
    public ProtoMessage message(int field, ProtoMessage value) {
        return bytes(field, value.toBytes());
    }

    /**
     * Adds a field of type bytes.
     *
     * @param field its number, at least 1
     * @param value its value
     * @return this
     */
    public ProtoMessage bytes(int field, byte[] value) {
        tag(field, LENGTH_DELIMITED);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    /** {@return the message in its wire format} */
    public byte[] toBytes() {
        return out.toByteArray();
    }

    private void tag(int field, int wireType) {
        if (field < 1 || field > LARGEST_FIELD) {
            throw new IllegalArgumentException(
                    "the number of a field must be from 1 to " + LARGEST_FIELD + ", found " + field);
        }
        varint(((long) field << 3) | wireType);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
