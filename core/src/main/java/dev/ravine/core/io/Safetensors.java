package dev.ravine.core.io;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads and writes named arrays in the safetensors format, which other frameworks use for the weights of models.
 *
 * <p>A file is the length of a header (8 bytes, little-endian), the header in JSON with each tensor's dtype, shape and
 * place, and the tensors' numbers, which cover the rest of the file without gaps. F32 and F64 keep their type, F16 and
 * BF16 become FLOAT32, and BOOL and integers INT64, except U64, which INT64 cannot hold. The format:
 * github.com/huggingface/safetensors.
 */
public final class Safetensors {
    private static final String FILE = "a file in the safetensors format";
    private static final int LENGTH_BYTES = 8;
    private static final String LENGTH = "length of the header";

    private Safetensors() {}

    /**
     * The contents of a file.
     *
     * @param arrays the tensors by name, in the order of the header
     * @param metadata text by key, empty if the file has none
     */
    public record Contents(Map<String, INDArray> arrays, Map<String, String> metadata) {}

    /**
     * Reads a file.
     *
     * @param file a file in the safetensors format
     * @return its arrays, which the garbage collector owns, and its metadata
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the contents break the format or hold a dtype that Ravine does not read
     * @throws IOException if reading fails
     */
    public static Contents read(Path file) throws IOException {
        try (ByteSource source = ByteSource.open(file, FILE)) {
            SafetensorsHeader header = header(source);
            Map<String, INDArray> arrays = new LinkedHashMap<>();
            for (SafetensorsHeader.Tensor tensor : header.tensors()) {
                arrays.put(tensor.name(), Arena.create(tensor.type().dtype(), tensor.shape()));
            }
            for (SafetensorsHeader.Tensor tensor : header.inOrderOfPlace()) {
                String field = "data of tensor " + Quoted.of(tensor.name());
                ArrayBytes.read(source, ByteOrder.LITTLE_ENDIAN, tensor.type(), arrays.get(tensor.name()), field);
            }
            source.expectEnd();
            return new Contents(arrays, header.metadata());
        }
    }

    private static SafetensorsHeader header(ByteSource source) throws IOException {
        long length = source.numbers(LENGTH_BYTES, LENGTH).getLong();
        long limit = Math.min(SafetensorsHeader.LONGEST, source.remaining());
        if (length < 2 || length > limit) {
            throw source.malformed(
                    0,
                    LENGTH,
                    "2 to " + limit + " bytes (the format's limit is " + SafetensorsHeader.LONGEST + ", the file has "
                            + source.remaining() + " more)",
                    Long.toUnsignedString(length),
                    "this is no safetensors file, or it is damaged: check that the right file is given");
        }
        return SafetensorsHeader.parse(source, (int) length);
    }

    /**
     * Writes a file, as a whole or not at all, like {@link AtomicFile}. Equal contents give equal bytes: the tensors
     * are sorted by dtype, wide ones first so that all are aligned, and then by name; the metadata by key.
     *
     * @param file the file to create or replace
     * @param arrays the tensors by name; "__metadata__" is not allowed
     * @param metadata text by key, may be empty
     * @throws IllegalArgumentException if a dtype is not one of Ravine's, if a text cannot be encoded in UTF-8, or if
     *     the header would be longer than the 100 MB that the format allows
     * @throws IOException if writing fails
     */
    public static void write(Path file, Map<String, INDArray> arrays, Map<String, String> metadata) throws IOException {
        write(file, arrays, metadata, FloatFormat.OWN);
    }

    /**
     * Writes a file as {@link #write(Path, Map, Map)} does, with all floating-point numbers in one format.
     *
     * @param file the file to create or replace
     * @param arrays the tensors by name; "__metadata__" is not allowed
     * @param metadata text by key, may be empty
     * @param format of floating-point numbers
     * @throws IllegalArgumentException if a number is too large for the format, if a dtype is not one of Ravine's, if a
     *     text cannot be encoded in UTF-8, or if the header would be longer than the 100 MB that the format allows
     * @throws IOException if writing fails
     */
    public static void write(Path file, Map<String, INDArray> arrays, Map<String, String> metadata, FloatFormat format)
            throws IOException {
        Check.noNullsIn("the texts of the metadata", metadata);
        Check.noNullsIn("the arrays", arrays).forEach(Names::dtype);
        arrays.forEach((name, array) -> ArrayBytes.checkRange(name, array, format));
        List<Map.Entry<String, INDArray>> sorted = arrays.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, INDArray>, DType>comparing(
                                entry -> DType.of(entry.getValue()), Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
        byte[] header = SafetensorsHeader.render(sorted, metadata, format);
        AtomicFile.write(file, out -> {
            out.write(ByteBuffer.allocate(LENGTH_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .array());
            out.write(header);
            for (Map.Entry<String, INDArray> entry : sorted) {
                ArrayBytes.write(entry.getValue(), format, out);
            }
        });
    }
}
