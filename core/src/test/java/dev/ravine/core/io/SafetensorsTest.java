package dev.ravine.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SafetensorsTest {
    private static final String ENTRY = "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("dev.ravine.core.io.Goldens#randomArrays")
    void arraysComeBackBitForBit(INDArray array) throws IOException {
        Safetensors.Contents read = roundTrip(Map.of("x", array), Map.of());
        assertThat(read.arrays()).containsOnlyKeys("x");
        assertThat(read.metadata()).isEmpty();
        Goldens.assertSame(read.arrays().get("x"), array);
    }

    @Test
    void manyArraysAndMetadataComeBack() throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        List<DType> dtypes = List.of(DType.values());
        for (int i = 0; i < 50; i++) {
            arrays.put(
                    "layer" + i + ".größe \"\\\u0001 \uD83D\uDE00",
                    Goldens.counting(dtypes.get(i % dtypes.size()), i, 3));
        }
        Map<String, String> metadata = Map.of("é", "\n", "", "", "json", "{\"a\": [1]}");
        Safetensors.Contents read = roundTrip(arrays, metadata);
        assertThat(read.metadata()).isEqualTo(metadata);
        assertThat(read.arrays().keySet()).containsExactlyInAnyOrderElementsOf(arrays.keySet());
        arrays.forEach((name, array) ->
                assertThat(Goldens.bits(read.arrays().get(name))).as(name).containsExactly(Goldens.bits(array)));
    }

    @Test
    void theReferenceImplementationsFileComesBack() throws IOException {
        Safetensors.Contents read = Safetensors.read(Goldens.file("mixed.safetensors"));
        assertThat(read.metadata()).containsExactly(Map.entry("format", "np"));
        assertThat(read.arrays().keySet()).containsExactly("moments", "step", "bias", "a", "größe", "weight");
        assertThat(read.arrays().get("weight")).isEqualTo(Goldens.matrix(DType.FLOAT32));
        assertThat(read.arrays().get("moments")).isEqualTo(Goldens.counting(DType.INT64, 2, 3, 4));
        assertThat(Shape.of(read.arrays().get("größe"))).isEqualTo(Shape.of(0, 3));
        assertThat(Shape.of(read.arrays().get("step"))).isEqualTo(Shape.of());
        assertThat(read.arrays().get("step").getLong(0)).isEqualTo(7);
        assertThat(Arena.toDoubles(read.arrays().get("bias"))).containsExactly(1, 2);
        assertThat(Safetensors.read(Goldens.file("nothing.safetensors")).arrays())
                .isEmpty();
    }

    @Test
    void filesEqualTheReferenceImplementations() throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put("größe", Goldens.counting(DType.FLOAT32, 0, 3));
        arrays.put("weight", Goldens.matrix(DType.FLOAT32));
        arrays.put("a", Arena.of(DType.FLOAT32, Shape.of(1), 0.5));
        arrays.put("bias", Arena.of(DType.FLOAT64, Shape.of(2), 1, 2));
        arrays.put("moments", Goldens.counting(DType.INT64, 2, 3, 4));
        INDArray step = Arena.create(DType.INT64, Shape.of());
        step.putScalar(0, 7);
        arrays.put("step", step);
        Path file = folder.resolve("mixed");
        Safetensors.write(file, arrays, Map.of("format", "np"));
        assertThat(Files.readAllBytes(file)).containsExactly(Goldens.bytes("mixed.safetensors"));
        Safetensors.write(file, Map.of(), Map.of());
        assertThat(Files.readAllBytes(file)).containsExactly(Goldens.bytes("nothing.safetensors"));
    }

    @Test
    void viewsAreWrittenRowByRow() throws IOException {
        INDArray root = Goldens.counting(DType.FLOAT64, 3, 4);
        INDArray back =
                roundTrip(Map.of("x", root.transpose()), Map.of()).arrays().get("x");
        assertThat(Arena.toDoubles(back)).containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
    }

    @Test
    void headersMayComeInAnyOrderAndWithTrailingSpaces() throws IOException {
        byte[] data = new byte[12];
        data[0] = 1;
        data[8 + 3] = 0x40;
        Safetensors.Contents read = Safetensors.read(write(
                "{\"f\":{\"data_offsets\":[8,12],\"shape\":[1],\"dtype\":\"F32\"},\"__metadata__\":{},"
                        + "\"i\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}}   ",
                data));
        assertThat(read.arrays().keySet()).containsExactly("f", "i");
        assertThat(read.arrays().get("i").getLong(0)).isEqualTo(1);
        assertThat(read.arrays().get("f").getDouble(0)).isEqualTo(2);
    }

    @Test
    void brokenLengthsAreNamed() throws IOException {
        assertMalformed(new byte[0], "at byte 0, length of the header", "8 bytes", "end of the file after 0");
        assertMalformed(new byte[7], "at byte 0, length of the header", "8 bytes", "end of the file after 7");
        assertMalformed(length(0, "{}"), "at byte 0, length of the header", "2 to 2 bytes", "found 0;");
        assertMalformed(length(1, "{}"), "at byte 0, length of the header", "found 1;");
        assertMalformed(length(3, "{}"), "2 to 2 bytes", "the file has 2 more", "found 3;");
        assertMalformed(length(100_000_001, "{}"), "the format's limit is 100000000", "found 100000001;");
        assertMalformed(length(Long.MAX_VALUE, "{}"), "found 9223372036854775807;");
        assertMalformed(length(-1, "{}"), "found 18446744073709551615;");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            []                                | at byte 8, header: expected '{' as its first byte but found 0x5b
            {"a":1}                           | at byte 13, entry of tensor 'a': expected an object of dtype, shape and
            {"a":{}}                          | entry of tensor 'a': expected a field dtype but found '}'
            {"a":{"dtype":"F32"}}             | entry of tensor 'a': expected a field shape
            {"a":{"dtype":"F32","shape":[1]}} | entry of tensor 'a': expected a field data_offsets
            {"a":{"dtype":"F32","x":[1]}}     | the fields dtype, shape and data_offsets only but found 'x'
            {"a":{"dtype":1}}                 | at byte 22, dtype of tensor 'a': expected a text but found '1'
            {"a":{"dtype":"F32","shape":1}}   | shape of tensor 'a': expected an array of integers but found '1'
            {"a":{"dtype":"F32","shape":[1.5  | shape of tensor 'a': expected an array of integers below 2^63 but found
            {"a":{"dtype":"F32","shape":[1e0  | found '1e0'
            {"a":{"dtype":"F32","shape":["1"  | found '1'
            {"a":{"dtype":"F32","shape":[[1   | at byte 39, header: expected a JSON object
            {"a":{"dtype":"F32","shape":[true | found 'true'
            {"a":{"dtype":"F32","shape":[9223372036854775808]}} | below 2^63 but found '9223372036854775808'
            {"a":{"dtype":"F32","shape":[99999999999999999999999]}} | broken JSON ('Number value length
            {"a":{"dtype":"F32","shape":[01]  | broken JSON
            {"a":{"dtype":"F32","dtype":"F32" | broken JSON ('Duplicate field 'dtype'
            {"a":{"dtype":"F32"               | broken JSON ('Unexpected end-of-input
            {'a':1}                           | broken JSON
            {"a"}                             | broken JSON
            {/**/}                            | broken JSON
            {,}                               | broken JSON
            {"a":{"b":[[[[                    | the fields dtype, shape and data_offsets only but found 'b'
            {"a":{"shape":[[[[                | broken JSON ('Document nesting depth
            {"__metadata__":1}                | at byte 24, __metadata__: expected an object of texts but found '1'
            {"__metadata__":null}             | __metadata__: expected an object of texts but found 'null'
            {"__metadata__":{"k":1}}          | __metadata__ of key 'k': expected a text but found '1'
            {"__metadata__":{"k":{}}}         | __metadata__ of key 'k': expected a text but found '{'
            {"__metadata__":{"k":"","k":""}}  | Duplicate field 'k'
            {"__metadata__":{},"__metadata__":{}} | Duplicate field '__metadata__'
            {"\\ud800":{}}                    | Broken surrogate pair
            {"\\udc00":{}}                    | Unexpected low surrogate
            {"__metadata__":{"k":"\\ud800"}}  | of key 'k': expected text without half of a surrogate pair but found '\\ud800'
            {"__metadata__":{"\\ud800":"v"}}  | Broken surrogate pair
            {"__metadata__":{"k":"\\udc00"}}  | of key 'k': expected text without half of a surrogate pair but found '\\udc00'
            {}{}                              | at byte 10, header: expected nothing but spaces after the last '}'
            {}x                               | broken JSON
            """)
    void brokenHeadersAreNamed(String header, String message) throws IOException {
        assertMalformed(file(header.replace("\\\\", "\\"), new byte[0]), message.replace("\\\\", "\\"));
    }

    @Test
    void duplicateTensorsAreRefused() throws IOException {
        assertMalformed(file("{" + ENTRY + "," + ENTRY + "}", new byte[4]), "Duplicate field 'a'");
    }

    @Test
    void textThatIsNotUtf8IsNamedByItsByte() throws IOException {
        byte[] bytes = file("{\"é\":1}", new byte[0]);
        assertMalformed(bytes, "at byte 14, entry of tensor 'é'");
        bytes[11] = 'x';
        assertMalformed(bytes, "at byte 10, header: expected text in UTF-8 but found 0xc3");
        // Another encoding would be guessed from such a start.
        assertMalformed("\u0004\0\0\0\0\0\0\0{\0}\0".getBytes(StandardCharsets.ISO_8859_1), "broken JSON");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            F32 | [-1]                                | [0,4]   | shape of tensor 'a': expected sizes from 0 but found [-1]
            F32 | [4294967296,4294967296]             | [0,4]   | product is below 2^63 but found [4294967296, 4294967296]
            F32 | [0,9223372036854775807,3]           | [0,0]   | sizes whose product is below 2^63
            F32 | [9223372036854775807]               | [0,4]   | at most 536870911 elements of FLOAT32 but found
            F64 | [268435456]                         | [0,4]   | at most 268435455 elements of FLOAT64 but found
            F32 | [2]                                 | [0,4]   | a begin and an end 8 bytes apart
            F32 | [500000000]                         | [0,2000000000] | to the 4 bytes of data that the file has
            F64 | [1]                                 | [0,4]   | a begin and an end 8 bytes apart
            F32 | [1]                                 | [4,0]   | but found [4, 0]
            F32 | [1]                                 | [-4,0]  | but found [-4, 0]
            F32 | [1]                                 | [0]     | but found [0]
            F32 | [1]                                 | [0,4,4] | but found [0, 4, 4]
            F32 | [1]                                 | [1,5]   | to the 4 bytes of data that the file has but found [1, 5]
            F32 | [1]                       | [9223372036854775804,9223372036854775807] | a begin and an end 4 bytes apart
            F32 | [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1] | [0,4] | at most 32 axes but found 33
            F32 | [0]                                 | [0,0]   | data of all tensors: expected 0 bytes, as the header
            U64 | [1]                                 | [0,8]   | a dtype that Ravine reads (F32, F64, F16, BF16, BOOL, or integers except U64) but found 'U64'
            F16 | [1]                                 | [0,4]   | a begin and an end 2 bytes apart
            F16 | [1000000000]                        | [0,4]   | at most 536870911 elements of FLOAT32 but found
            I8  | [300000000]                         | [0,4]   | at most 268435455 elements of INT64 but found
            f32 | [1]                                 | [0,4]   | but found 'f32'
            """)
    void brokenEntriesAreNamed(String dtype, String shape, String offsets, String message) throws IOException {
        String entry = "{\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
        assertMalformed(file(entry, new byte[4]), message, "'a'".substring(0, message.contains("data of all") ? 0 : 3));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [0,4] | [8,12]  | 12 | data_offsets of tensor 'b': expected data that begins at 4, where the tensor before it
            [0,4] | [0,4]   | 4  | data_offsets of tensor 'b': expected data that begins at 4
            [0,4] | [2,6]   | 6  | without gaps or overlaps
            [4,8] | [8,12]  | 12 | data_offsets of tensor 'a': expected data that begins at 0
            [0,4] | [4,8]   | 9  | data of all tensors: expected 8 bytes, as the header announces, but found 9 bytes
            """)
    void gapsAndOverlapsAreNamed(String a, String b, int bytes, String message) throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" + a
                + "},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" + b + "}}";
        assertMalformed(file(header, new byte[bytes]), message);
    }

    @Test
    void messagesStayShortAndPrintable() throws IOException {
        String name = "\u001b[2J" + "x".repeat(100_000);
        assertThatThrownBy(
                        () -> Safetensors.read(write("{\"" + name.replace("\u001b", "\\u001b") + "\":1}", new byte[0])))
                .isInstanceOf(MalformedFileException.class)
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(2000))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u001b"));
    }

    @Test
    void missingFilesAndFoldersAreNamed() {
        assertThatThrownBy(() -> Safetensors.read(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContainingAll("none", "no such file", "safetensors");
        assertThatThrownBy(() -> Safetensors.read(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("not a regular file");
    }

    @Test
    void whatCannotBeWrittenIsNamed() {
        Path file = folder.resolve("file");
        INDArray array = Goldens.matrix(DType.FLOAT32);
        INDArray ints = Nd4j.create(DataType.INT32, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Safetensors.write(file, Map.of("ints", ints), Map.of()))
                .withMessageContainingAll("'ints'", "INT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Safetensors.write(file, Map.of("__metadata__", array), Map.of()))
                .withMessageContaining("__metadata__");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Safetensors.write(file, Map.of("\udc00", array), Map.of()))
                .withMessageContaining("surrogate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Safetensors.write(file, Map.of("a", array), Map.of("key", "\ud800")))
                .withMessageContainingAll("'key'", "surrogate");
        assertThat(file).doesNotExist();
    }

    private Safetensors.Contents roundTrip(Map<String, INDArray> arrays, Map<String, String> metadata)
            throws IOException {
        Path file = folder.resolve("written");
        Safetensors.write(file, arrays, metadata);
        return Safetensors.read(file);
    }

    private void assertMalformed(byte[] bytes, String... parts) throws IOException {
        Path file = Files.write(folder.resolve("bad"), bytes);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining(file + ": at byte ")
                .hasMessageContainingAll(parts);
    }

    private Path write(String header, byte[] data) throws IOException {
        return Files.write(folder.resolve("made"), file(header, data));
    }

    static byte[] file(String header, byte[] data) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        bytes.writeBytes(length(text.length, ""));
        bytes.writeBytes(text);
        bytes.writeBytes(data);
        return bytes.toByteArray();
    }

    private static byte[] length(long length, String header) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = Arrays.copyOf(
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(length)
                        .array(),
                8 + text.length);
        System.arraycopy(text, 0, bytes, 8, text.length);
        return bytes;
    }
}
