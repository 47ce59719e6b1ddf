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
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NpyTest {
    /** Files of NumPy in the form that is written here too. */
    private static final Map<String, INDArray> USUAL_FILES = Map.of(
            "f4", Goldens.matrix(DType.FLOAT32),
            "f8", Goldens.matrix(DType.FLOAT64),
            "i8", Goldens.integers(),
            "scalar", Arena.of(DType.FLOAT64, Shape.of(), 2.5),
            "empty", Arena.create(DType.FLOAT32, Shape.of(0, 3)),
            "rank4", Goldens.counting(DType.FLOAT32, 2, 3, 4, 5));

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("dev.ravine.core.io.Goldens#randomArrays")
    void arraysComeBackBitForBit(INDArray array) throws IOException {
        Path file = folder.resolve("written.npy");
        Npy.write(file, array);
        Goldens.assertSame(Npy.read(file), array);
    }

    @Test
    void filesEqualNumPys() throws IOException {
        for (Map.Entry<String, INDArray> file : USUAL_FILES.entrySet()) {
            assertWritten(file.getKey(), file.getValue());
        }
    }

    @Test
    void headersOfAnySizeAreWrittenAsNumPyDoes() {
        // The lengths that NumPy writes for shapes of this rank, all sizes 1: the last one fills its lines exactly.
        long[] ones = new long[32];
        Arrays.fill(ones, 1);
        for (int[] rankAndLength : new int[][] {{1, 128}, {2, 128}, {3, 128}, {16, 192}, {32, 192}}) {
            INDArray array = Arena.create(DType.FLOAT32, Shape.of(Arrays.copyOf(ones, rankAndLength[0])));
            byte[] header = NpyHeader.render(array, FloatFormat.OWN);
            assertThat(header).as("rank %d", rankAndLength[0]).hasSize(rankAndLength[1]);
            assertThat(header[header.length - 1]).isEqualTo((byte) '\n');
        }
    }

    @Test
    void numPysFilesComeBack() throws IOException {
        for (Map.Entry<String, INDArray> file : USUAL_FILES.entrySet()) {
            assertRead(file.getKey(), file.getValue());
        }
        assertRead("fortran", Goldens.matrix(DType.FLOAT64));
        assertRead("fortran3", Goldens.counting(DType.INT64, 2, 3, 4));
        assertRead("version2", Goldens.matrix(DType.FLOAT64));
        assertRead("version3", Goldens.counting(DType.FLOAT32, 2, 3, 4));
        assertRead("big_f4", Goldens.matrix(DType.FLOAT32));
        assertRead("big_f8_fortran", Goldens.matrix(DType.FLOAT64));
        assertRead("big_i8", Goldens.integers());
    }

    @Test
    void smallerIntegersBecomeInt64() throws IOException {
        assertIntegers("i4", Shape.of(2, 2), 1, -2, Integer.MAX_VALUE, Integer.MIN_VALUE);
        assertIntegers("u4_big", Shape.of(2), 1, 0xffff_ffffL);
        assertIntegers("i2", Shape.of(2), 1, -32768);
        assertIntegers("u2", Shape.of(2), 1, 65535);
        assertIntegers("i1", Shape.of(2), 1, -128);
        assertIntegers("u1_fortran", Shape.of(2, 3), 1, 2, 3, 253, 254, 255);
        assertIntegers("b1", Shape.of(3), 1, 0, 1);
    }

    @Test
    void fortranOrderHoldsAcrossBlocks() throws IOException {
        int rows = 1000;
        int columns = 301;
        ByteBuffer data = ByteBuffer.allocate(4 * rows * columns).order(ByteOrder.LITTLE_ENDIAN);
        for (int column = 0; column < columns; column++) {
            for (int row = 0; row < rows; row++) {
                data.putFloat(row * columns + column);
            }
        }
        String header = "{'descr': '<f4', 'fortran_order': True, 'shape': (" + rows + ", " + columns + ")}\n";
        INDArray array = Npy.read(write(file(1, header, data.array())));
        assertThat(array).isEqualTo(Goldens.counting(DType.FLOAT32, rows, columns));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }   \n",
                "{'shape':(1,),'fortran_order':False,'descr':'<f4'}\n",
                "{ \"descr\" : \"<f4\" , \"fortran_order\" : False , \"shape\" : ( 1 , ) }\n",
            })
    void dictionariesMayBeSpacedAndOrderedFreely(String header) throws IOException {
        for (int version = 1; version <= 3; version++) {
            INDArray array = Npy.read(write(file(version, header, new byte[] {0, 0, 0, 0x40})));
            assertThat(array).isEqualTo(Arena.of(DType.FLOAT32, Shape.of(1), 2));
        }
    }

    @Test
    void brokenStartsAreNamed() throws IOException {
        byte[] good = Goldens.bytes("f4.npy");
        assertMalformed(new byte[0], "at byte 0, magic number and version", "8 bytes", "end of the file after 0");
        assertMalformed(Arrays.copyOf(good, 7), "at byte 0, magic number and version", "end of the file after 7");
        assertMalformed(changed(good, 0, 0x92), "at byte 0, magic number", "0x93 'NUMPY'", "'\\u0092NUMPY'");
        assertMalformed(changed(good, 6, 0), "at byte 6, version", "1.0, 2.0 or 3.0", "0.0");
        assertMalformed(changed(good, 6, 4), "at byte 6, version", "4.0");
        assertMalformed(changed(good, 6, 255), "at byte 6, version", "255.0");
        assertMalformed(changed(good, 7, 1), "at byte 6, version", "1.1");
        assertMalformed(Arrays.copyOf(good, 9), "at byte 8, length of the header", "2 bytes", "file after 1");
        assertMalformed(changed(good, 9, 0xff), "at byte 8, length of the header", "at most 142 bytes", "65398");
        byte[] second = Goldens.bytes("version2.npy");
        assertMalformed(Arrays.copyOf(second, 9), "at byte 8, length of the header", "4 bytes", "file after 1");
        assertMalformed(changed(second, 11, 0xff), "at byte 8, length of the header", "4278190196");
        byte[] large = Arrays.copyOf(second, 200_000);
        assertMalformed(changed(large, 10, 2), "at byte 8, length of the header", "at most 65536 bytes", "131188");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            ~~                                                       | at byte 10, header: expected '{' but found '\\u000a'
            [1]                                                      | at byte 10, header: expected '{'
            {}                                                       | at byte 12, header: expected a key 'descr' but found
            {'descr': '<f4'}                                         | header: expected a key 'fortran_order'
            {'descr': '<f4', 'fortran_order': True}                  | header: expected a key 'shape'
            {'descr': '<f4', 'x': True}                              | at byte 27, header: expected the keys 'descr',
            {'descr': '<f4', 'descr': '<f4'}                         | at byte 27, header: expected each key once but found
            {'shape': (), 'shape': ()}                               | at byte 24, header: expected each key once
            {'fortran_order': True, 'fortran_order': True}           | expected each key once but found ''fortran_order
            {descr: '<f4'}                                           | at byte 11, header: expected a key in quotes
            {'descr' '<f4'}                                          | at byte 19, header: expected ':'
            {'descr': '<f4' 'shape': ()}                             | at byte 26, header: expected '}'
            {'descr': '<f4',, 'shape': ()}                           | at byte 26, header: expected a key in quotes
            {'descr': b'<f4'}                                        | at byte 20, descr: expected one type in quotes
            {'descr': [('x', '<f4')]}                                | at byte 20, descr: expected one type in quotes, since
            {'descr': '<f4}                                          | descr: expected the end of a text in quotes
            {'descr': '<\\x664'}                                     | descr: expected the end of a text in quotes
            {'fortran_order': 1}                                     | at byte 28, fortran_order: expected True or False
            {'fortran_order': Truex}                                 | at byte 32, header: expected '}'
            {'fortran_order': not True}                              | fortran_order: expected True or False
            {'shape': 3}                                             | at byte 20, shape: expected '(' but found '3}
            {'shape': [3]}                                           | at byte 20, shape: expected '('
            {'shape': (3)}                                           | at byte 22, shape: expected a comma after the only size
            {'shape': (,)}                                           | at byte 21, shape: expected a size from 0
            {'shape': (3,,)}                                         | at byte 23, shape: expected a size from 0
            {'shape': (3, 4                                          | shape: expected ')'
            {'shape': (3L, 4)}                                       | shape: expected a comma after the only size
            {'shape': (3, 4L)}                                       | shape: expected ')' but found 'L)}
            {'shape': (-3,)}                                         | at byte 21, shape: expected a size from 0, below 2^63,
            {'shape': (03,)}                                         | shape: expected a size from 0
            {'shape': (3.0,)}                                        | shape: expected a comma
            {'shape': (0x3,)}                                        | shape: expected a comma
            {'shape': (1_0,)}                                        | shape: expected a comma
            {'shape': (2**9,)}                                       | shape: expected a comma
            {'shape': (((((                                          | shape: expected a size from 0
            {'shape': (9223372036854775808,)}                        | shape: expected a size from 0, below 2^63
            {'shape': (99999999999999999999999999999999999999999,)}  | shape: expected a size from 0, below 2^63
            {'descr': __import__('os')}                              | descr: expected one type in quotes
            """)
    void brokenDictionariesAreNamed(String header, String message) throws IOException {
        assertMalformed(file(1, header + "\n", new byte[4]), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '~', textBlock = """
            <f4  ; (2,)                        ; at byte 64, data: expected 8 bytes, as shape [2] and type announce, but found 4
            <f8  ; (1,)                        ; data: expected 8 bytes
            <f4  ; (0,)                        ; data: expected 0 bytes, as shape [0] and type announce, but found 4 bytes
            <f4  ; (500000000,)                ; data: expected 2000000000 bytes
            |u1  ; (5,)                        ; data: expected 5 bytes
            <f4  ; (536870912,)                ; shape: expected at most 536870911 elements of FLOAT32
            |u1  ; (300000000,)                ; shape: expected at most 268435455 elements of INT64
            <f4  ; (4294967296, 4294967296)    ; shape: expected sizes whose product is below 2^63
            <f4  ; (0, 9223372036854775807, 2) ; shape: expected sizes whose product is below 2^63
            <f4  ; (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1) ; at most 32 axes but found 33
            f4   ; (1,)                        ; at byte 20, descr: expected f4, f8, f2, i8, i4, i2, u4 or u2 after
            =f4  ; (1,)                        ; but found '=f4'
            |f4  ; (1,)                        ; but found '|f4'
            <F4  ; (1,)                        ; but found '<F4'
            <f16 ; (1,)                        ; but found '<f16'
            <c8  ; (1,)                        ; but found '<c8'
            |V4  ; (1,)                        ; but found '|V4'
            |S4  ; (1,)                        ; but found '|S4'
            <M8[ns] ; (1,)                     ; but found '<M8[ns]'
            """)
    void arraysThatCannotBeAreNamed(String descr, String shape, String message) throws IOException {
        String header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + "}";
        String padded = header + " ".repeat(Math.max(0, 53 - header.length())) + "\n";
        assertMalformed(file(1, padded, new byte[4]), message.replace("byte 64", "byte " + (10 + padded.length())));
    }

    @Test
    void otherTypesOfNumPyAreNamed() {
        for (String name : new String[] {"u8", "text", "object"}) {
            assertThatThrownBy(() -> Npy.read(Goldens.file(name + ".npy")))
                    .as(name)
                    .isInstanceOf(MalformedFileException.class)
                    .hasMessageContainingAll(name + ".npy: at byte 20, descr", "astype");
        }
        assertThatThrownBy(() -> Npy.read(Goldens.file("record.npy")))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("records and other structures are not read");
    }

    @Test
    void headersEndWithALineFeed() throws IOException {
        String dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}";
        for (String end : new String[] {"", "  ", "\n ", "\n\n", "\t\n", "\0\n", "x\n"}) {
            assertMalformed(
                    file(1, dictionary + end, new byte[4]), "header: expected spaces and one line feed after the last");
        }
    }

    @Test
    void truncatedAndOverlongDataAreRefused() throws IOException {
        byte[] good = Goldens.bytes("f4.npy");
        for (int length = 128; length < good.length; length++) {
            assertMalformed(Arrays.copyOf(good, length), "at byte 128, data: expected 24 bytes", "found");
        }
        assertMalformed(Arrays.copyOf(good, good.length + 1), "at byte 128, data: expected 24 bytes", "25 bytes");
    }

    @Test
    void missingFilesAndOtherDtypesAreNamed() {
        assertThatThrownBy(() -> Npy.read(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContainingAll("none", "npy format");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Npy.write(folder.resolve("x"), Nd4j.create(DataType.INT32, 2)))
                .withMessageContaining("INT");
        assertThat(folder).isEmptyDirectory();
    }

    private void assertWritten(String name, INDArray array) throws IOException {
        Path file = folder.resolve(name);
        Npy.write(file, array);
        assertThat(Files.readAllBytes(file)).as(name).containsExactly(Goldens.bytes(name + ".npy"));
    }

    private static void assertRead(String name, INDArray expected) throws IOException {
        INDArray array = Npy.read(Goldens.file(name + ".npy"));
        assertThat(DType.of(array)).as(name).isEqualTo(DType.of(expected));
        assertThat(Shape.of(array)).as(name).isEqualTo(Shape.of(expected));
        assertThat(Goldens.bits(array)).as(name).containsExactly(Goldens.bits(expected));
    }

    private static void assertIntegers(String name, Shape shape, long... expected) throws IOException {
        INDArray array = Npy.read(Goldens.file(name + ".npy"));
        assertThat(DType.of(array)).as(name).isEqualTo(DType.INT64);
        assertThat(Shape.of(array)).as(name).isEqualTo(shape);
        assertThat(Goldens.bits(array)).as(name).containsExactly(expected);
    }

    private void assertMalformed(byte[] bytes, String... parts) throws IOException {
        Path file = Files.write(folder.resolve("bad"), bytes);
        assertThatThrownBy(() -> Npy.read(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining(file + ": at byte ")
                .hasMessageContainingAll(parts);
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("made.npy"), bytes);
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        copy[at] = (byte) value;
        return copy;
    }

    static byte[] file(int version, String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer start = ByteBuffer.allocate(version == 1 ? 10 : 12).order(ByteOrder.LITTLE_ENDIAN);
        start.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        start.put((byte) version).put((byte) 0);
        if (version == 1) {
            start.putShort((short) text.length);
        } else {
            start.putInt(text.length);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(start.array());
        bytes.writeBytes(text);
        bytes.writeBytes(data);
        return bytes.toByteArray();
    }
}
