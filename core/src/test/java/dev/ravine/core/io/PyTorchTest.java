package dev.ravine.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Files in the layout of torch.save, made by torch_files.py, and pickles written by hand. */
class PyTorchTest {
    /** A global and a storage of three floats; the key is put in. */
    private static final String TENSOR = "ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n"
            + "X\1\0\0\0000X\3\0\0\0cpuK\3tQ";

    private static final String END = "\u0089ccollections\nOrderedDict\n)RtR";

    @TempDir
    Path folder;

    private static void assertArray(INDArray found, DType dtype, Shape shape, double... values) {
        assertThat(DType.of(found)).isEqualTo(dtype);
        assertThat(Shape.of(found)).isEqualTo(shape);
        assertThat(Arena.toDoubles(found)).containsExactly(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"types.pt", "big-endian.pt"})
    void everyTypeOfNumbersIsRead(String name) throws IOException {
        Map<String, INDArray> read = PyTorch.read(Goldens.file(name));
        assertThat(read.keySet())
                .containsExactly(
                        "f32", "f64", "f16", "bf16", "i64", "i32", "i16", "i8", "u8", "bool", "scalar", "empty");
        assertThat(Goldens.bits(read.get("f32"))).isEqualTo(Goldens.bits(Goldens.matrix(DType.FLOAT32)));
        assertThat(Goldens.bits(read.get("f64"))).isEqualTo(Goldens.bits(Goldens.matrix(DType.FLOAT64)));
        assertArray(read.get("f16"), DType.FLOAT32, Shape.of(4), 1.5, -65504, 0x1p-24, Double.POSITIVE_INFINITY);
        assertArray(read.get("bf16"), DType.FLOAT32, Shape.of(4), 1.5, -2, Double.POSITIVE_INFINITY, 0x1p-133);
        assertThat(Goldens.bits(read.get("i64"))).containsExactly(0, -1, (1L << 53) + 1, Long.MIN_VALUE);
        assertArray(read.get("i32"), DType.INT64, Shape.of(2), 1, Integer.MIN_VALUE);
        assertArray(read.get("i16"), DType.INT64, Shape.of(2), 1, Short.MIN_VALUE);
        assertArray(read.get("i8"), DType.INT64, Shape.of(2), 1, -128);
        assertArray(read.get("u8"), DType.INT64, Shape.of(2), 1, 255);
        assertArray(read.get("bool"), DType.INT64, Shape.of(2), 1, 0);
        assertArray(read.get("scalar"), DType.FLOAT32, Shape.of(), 2.5);
        assertThat(Shape.of(read.get("empty"))).isEqualTo(Shape.of(0, 3));
    }

    /** Its archive and its pickle were written by PyTorch's own code. */
    @Test
    void aFileOfLibtorchIsRead() throws IOException {
        Map<String, INDArray> read = PyTorch.read(Goldens.file("libtorch.pt"));
        Map<String, INDArray> original = PyTorch.read(Goldens.file("plain.pt"));
        assertThat(read).hasSize(8).containsOnlyKeys(original.keySet());
        read.forEach(
                (name, array) -> assertThat(Goldens.bits(array)).as(name).isEqualTo(Goldens.bits(original.get(name))));
        assertArray(read.get("part"), DType.FLOAT32, Shape.of(2, 2), 5, 6, 9, 10);
    }

    @Test
    void tensorsMayBeViewsOfOneStorage() throws IOException {
        Map<String, INDArray> read = PyTorch.read(Goldens.file("views.pt"));
        double[] counting = IntStream.range(0, 24).asDoubleStream().toArray();
        assertArray(read.get("all"), DType.FLOAT32, Shape.of(2, 3, 4), counting);
        assertArray(read.get("tied"), DType.FLOAT32, Shape.of(2, 3, 4), counting);
        assertArray(read.get("transposed"), DType.FLOAT32, Shape.of(3, 2), 0, 3, 1, 4, 2, 5);
        assertArray(read.get("part"), DType.FLOAT32, Shape.of(2, 2), 5, 6, 9, 10);
        assertArray(read.get("repeated"), DType.FLOAT32, Shape.of(3), 7, 7, 7);
    }

    @Test
    void tensorsInACheckpointAreCalledByTheirPath() throws IOException {
        Map<String, INDArray> read = PyTorch.read(Goldens.file("checkpoint.pt"));
        assertThat(read.keySet())
                .containsExactly(
                        "model_state_dict.fc1.weight",
                        "optimizer.state.0.step",
                        "optimizer.state.0.exp_avg",
                        "extra.0");
        assertArray(read.get("model_state_dict.fc1.weight"), DType.FLOAT32, Shape.of(1, 3), 1, 2, 3);
        assertThat(PyTorch.read(Goldens.file("many.pt"))).hasSize(40);
    }

    @ParameterizedTest
    @CsvSource({"evil.pt, __builtin__.eval", "module.pt, __main__.Net"})
    void everythingElseIsRefusedByItsName(String name, String global) {
        assertThatThrownBy(() -> PyTorch.read(Goldens.file(name)))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContainingAll(
                        name, "data.pkl", "but found '" + global + "', which is refused", "model.state_dict()");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "os system",
                "builtins exec",
                "torch load",
                "torch.serialization load",
                "numpy.core.multiarray _reconstruct",
                "torch._utils _rebuild_sparse_tensor",
                "collections OrderedDict.pop",
                "torch QUInt8Storage",
                "java.lang Runtime"
            })
    void noOtherFunctionIsKnown(String global) {
        String[] parts = global.split(" ", 2);
        assertMalformed(
                "}X\1\0\0\0ac" + parts[0] + "\n" + parts[1] + "\n)Rs.",
                "'" + parts[0] + "." + parts[1] + "', which is refused");
    }

    @Test
    void handWrittenPicklesAreRead() throws IOException {
        String pickle = "}(X\1\0\0\0a" + TENSOR + "K\1K\2\u0085K\1\u0085" + END + "K\5]q\0X\1\0\0\0bNu.";
        Path file = archive(entries(pickle));
        // The list has no tensors; nothing else is one.
        assertThat(PyTorch.read(file).keySet()).containsExactly("a");
        assertArray(PyTorch.read(file).get("a"), DType.FLOAT32, Shape.of(2), 2, 3);
    }

    /** Opcodes of the JDK's worst dreams: objects, classes, extensions, persistent names, other protocols. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0081", "i", "o", "\u0082", "\u0083", "\u0084", "P", "\u0092", "\u0093", "\u0094", "\u0095", "\u008c",
                "0", "1", "2", "I", "F", "L", "S", "V", "g", "p", "d", "l", "B", "C", "U", "T", "\u0096", "\0"
            })
    void opcodesThatDataDoNotNeedAreRefused(String opcode) {
        assertMalformed("}" + opcode + "aaaaaaaaaa\n.", "an opcode that plain data need", "at byte 3, pickle");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            .          | an object to work on but found none
            }          | 1 more bytes but found the end of the pickle
            }}.        | one object and the end of the pickle
            }.}        | one object and the end of the pickle
            (}.        | one object and the end of the pickle
            u.         | objects after a mark
            }(Nu.      | a dictionary, and pairs of keys and values
            ](NNu.     | a dictionary, and pairs of keys and values
            }NNs.      | texts or integers as the keys
            }(K1NK1Nu. | each key of a dictionary once but found '49' again
            }Na.       | a list to append to
            NQ.        | a storage with its type, key, device and number of elements
            }NR.       | a tuple of arguments
            N)R.       | a call that makes a dictionary
            ccollections\\nOrderedDict\\nN\\205R. | a call that makes a dictionary
            hA.        | a key under which an object is kept
            }rAAAA(q.  | an object to work on
            N.         | tensors by name, as model.state_dict() gives them, but found none
            \\212\\11AAAAAAAAA. | an integer of at most 8 bytes
            X\\377\\377\\377\\377. | 4294967295 more bytes but found the end of the pickle
            X\\1\\0\\0\\0\\377. | text in UTF-8
            """)
    void brokenPicklesAreNamed(String pickle, String message) {
        assertMalformed(unescaped(pickle), message);
    }

    private static String unescaped(String text) {
        return Pattern.compile("\\\\([0-7]{1,3}|n)")
                .matcher(text)
                .replaceAll(
                        m -> m.group(1).equals("n") ? "\n" : String.valueOf((char) Integer.parseInt(m.group(1), 8)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            K\\1 | K\\3\\205 | K\\1\\205  | stay inside of a storage of 3 elements
            K\\0 | K\\2\\205 | K\\3\\205  | stay inside of a storage of 3 elements
            K\\0 | K\\4\\205 | K\\1\\205  | stay inside of a storage of 3 elements
            K\\3 | )         | )          | stay inside of a storage of 3 elements
            J\\377\\377\\377\\377 | K\\1\\205 | K\\1\\205 | stay inside
            K\\2 | K\\2\\205 | J\\377\\377\\377\\377\\205 | stay inside
            K\\0 | J\\377\\377\\377\\377\\205 | K\\1\\205 | sizes from 0 but found [-1]
            K\\0 | K\\1\\205 | )          | stay inside of a storage
            K\\0 | N         | )          | a tuple of integers
            N    | )         | )          | a tensor of a storage and an offset
            K\\1 | \\212\\10\\377\\377\\377\\377\\377\\377\\377\\177\\205 | \\212\\10\\377\\377\\377\\377\\377\\377\\377\\177\\205 | at most 536870911 elements
            K\\0 | K\\2\\205 | \\212\\10\\377\\377\\377\\377\\377\\377\\377\\177\\205 | stay inside
            \\212\\10\\377\\377\\377\\377\\377\\377\\377\\177 | K\\2\\205 | K\\1\\205 | stay inside
            """)
    void tensorsStayInsideOfTheirStorage(String offset, String sizes, String strides, String message) {
        String tensor = TENSOR + unescaped(offset) + unescaped(sizes) + unescaped(strides) + END;
        assertMalformed("}X\1\0\0\0a" + tensor + "s.", message);
    }

    @Test
    void repeatedElementsDoNotMakeLargeArrays() {
        // One element as 500 million of them, by a stride of 0.
        String tensor = TENSOR + "K\0J\0\0\0\20\u0085K\0\u0085" + END;
        assertMalformed("}X\1\0\0\0a" + tensor + "s.", "tensors of up to 16 times the size of the file", "clone()");
    }

    @Test
    void negatedViewsAreNotReadAsTheirStorage() {
        String end = END.substring(0, END.length() - 2);
        String tensor = TENSOR + "K\0K\3\u0085K\1\u0085" + end;
        assertMalformed("}X\1\0\0\0a" + tensor + "}X\3\0\0\0neg\u0088stRs.", "one that negates or conjugates them");
    }

    @Test
    void sharedListsDoNotMultiply() {
        StringBuilder pickle = new StringBuilder("]q\0N" + "a");
        for (int i = 1; i < 60; i++) {
            pickle.append("](h").append((char) (i - 1)).append('h').append((char) (i - 1));
            pickle.append("eq").append((char) i);
        }
        // All lists stay on the stack, so they end in one tuple.
        assertMalformed("(" + pickle + "t.", "that do not share their parts");
        assertMalformed("]q\0h\0a.", "that do not share their parts");
        assertMalformed("]".repeat(200) + "a".repeat(199) + ".", "at most 64 deep");
    }

    @Test
    void archivesThatBreakTheLayoutAreNamed() throws IOException {
        Map<String, byte[]> good = entries("}X\1\0\0\0a" + TENSOR + "K\0K\3\u0085K\1\u0085" + END + "s.");
        assertThat(PyTorch.read(archive(good))).hasSize(1);
        Map<String, byte[]> changed = new LinkedHashMap<>(good);
        changed.remove("a/data/0");
        assertBroken(archive(changed), "entry 'a/data/0': expected this entry but found none");
        changed.put("a/data/0", new byte[8]);
        assertBroken(archive(changed), "3 elements of F32, as the pickle says, but found 8 bytes");
        changed.put("a/data/0", new byte[13]);
        assertBroken(archive(changed), "3 elements of F32", "13 bytes");
        changed.putAll(good);
        changed.put("b/data.pkl", new byte[0]);
        assertBroken(archive(changed), "entry 'b/data.pkl': expected one pickle of this name");
        changed = new LinkedHashMap<>(good);
        changed.put("a/byteorder", bytes("middle"));
        assertBroken(archive(changed), "'little' or 'big' but found 'middle'");
        changed = new LinkedHashMap<>(good);
        changed.remove("a/data.pkl");
        assertBroken(archive(changed), "an entry '.../data.pkl'");
        Path packed = folder.resolve("packed.pt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(packed))) {
            zip.putNextEntry(new ZipEntry("a/data.pkl"));
            zip.write(good.get("a/data.pkl"));
            zip.closeEntry();
        }
        assertBroken(packed, "bytes that are not compressed");
        byte[] bytes = Files.readAllBytes(archive(good));
        int storage = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("a/data/0") + "a/data/0".length();
        bytes[storage]++;
        assertBroken(Files.write(folder.resolve("flipped.pt"), bytes), "the checksum that the archive states");
    }

    @Test
    void otherFilesAreNamed() throws IOException {
        assertThatThrownBy(() -> PyTorch.read(folder.resolve("none.pt")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("torch.save");
        assertBroken(Files.write(folder.resolve("a.pt"), new byte[0]), "at byte 0", "another file");
        assertBroken(Files.write(folder.resolve("b.pt"), bytes("PK\3\4")), "zip archive");
        assertBroken(
                Files.write(folder.resolve("c.pt"), bytes("\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.")),
                "before PyTorch 1.6",
                "torch.save, or as safetensors");
    }

    private void assertMalformed(String pickle, String... parts) {
        assertThatThrownBy(() -> PyTorch.read(archive(entries(pickle))))
                .as(pickle)
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("a.pt")
                .hasMessageContainingAll(parts);
    }

    private static void assertBroken(Path file, String... parts) {
        assertThatThrownBy(() -> PyTorch.read(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContainingAll(parts);
    }

    /** The entries of an archive with a pickle of protocol 2 and a storage of 1, 2, 3. */
    private static Map<String, byte[]> entries(String pickle) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("a/data.pkl", bytes("\u0080\2" + pickle));
        entries.put(
                "a/data/0",
                ByteBuffer.allocate(12)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(1)
                        .putFloat(2)
                        .putFloat(3)
                        .array());
        return entries;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private Path archive(Map<String, byte[]> entries) throws IOException {
        return Files.write(folder.resolve("a.pt"), stored(entries));
    }

    static byte[] stored(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(packed)) {
            for (Map.Entry<String, byte[]> named : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(named.getKey());
                CRC32 crc = new CRC32();
                crc.update(named.getValue());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(named.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(named.getValue());
                zip.closeEntry();
            }
        }
        return packed.toByteArray();
    }
}
