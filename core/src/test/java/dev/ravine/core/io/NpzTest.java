package dev.ravine.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NpzTest {
    /** Places in an entry of the archive's directory and in its local header, from where each begins. */
    private static final int DIRECTORY_CRC = 16;

    private static final int DIRECTORY_PACKED = 20;
    private static final int DIRECTORY_UNPACKED = 24;

    @TempDir
    Path folder;

    @Test
    void arraysComeBackInTheirOrder() throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put("z/größe", Goldens.counting(DType.FLOAT32, 2, 3, 4));
        arrays.put("", Goldens.integers());
        arrays.put("a", Goldens.random(DType.FLOAT64, Shape.of(100, 1000)));
        arrays.put("empty", Goldens.counting(DType.INT64, 0, 7));
        arrays.put("..dots..", Goldens.random(DType.FLOAT32, Shape.of()));
        Path file = folder.resolve("written.npz");
        Npz.write(file, arrays);
        Map<String, INDArray> back = Npz.read(file);
        assertThat(back.keySet()).containsExactlyElementsOf(arrays.keySet());
        arrays.forEach((name, array) -> {
            assertThat(DType.of(back.get(name))).isEqualTo(DType.of(array));
            assertThat(Shape.of(back.get(name))).isEqualTo(Shape.of(array));
            assertThat(Goldens.bits(back.get(name))).containsExactly(Goldens.bits(array));
        });
        byte[] first = Files.readAllBytes(file);
        Npz.write(file, arrays);
        assertThat(Files.readAllBytes(file)).as("written again").containsExactly(first);
        Npz.write(file, Map.of());
        assertThat(Npz.read(file)).isEmpty();
    }

    @Test
    void numPysFilesComeBack() throws IOException {
        Map<String, INDArray> stored = Npz.read(Goldens.file("stored.npz"));
        assertThat(stored.keySet()).containsExactly("a", "b");
        assertThat(stored.get("a")).isEqualTo(Goldens.matrix(DType.FLOAT64));
        assertThat(Goldens.bits(stored.get("b"))).containsExactly(Goldens.bits(Goldens.integers()));
        Map<String, INDArray> deflated = Npz.read(Goldens.file("deflated.npz"));
        assertThat(deflated.keySet()).containsExactly("zeros", "cube");
        assertThat(deflated.get("cube")).isEqualTo(Goldens.counting(DType.INT64, 2, 3, 4));
        assertThat(deflated.get("zeros").sumNumber().doubleValue()).isZero();
        assertThat(Shape.of(deflated.get("zeros"))).isEqualTo(Shape.of(16, 64));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a.npy.txt",
                "/a.npy",
                "../a.npy",
                "b/../a.npy",
                "b\\a.npy",
                "a\n.npy",
                "a.npy/",
                "\u0000.npy",
                "C:\\a.npy"
            })
    void namesThatCouldBePathsAreRefused(String name) throws IOException {
        Path file = zip(Map.of(name, Goldens.bytes("f4.npy")));
        assertThatThrownBy(() -> Npz.read(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContainingAll(file + ", entry " + Quoted.of(name), "a name that ends with '.npy'", "'..'");
    }

    @Test
    void entriesThatAreNotArraysAreNamed() throws IOException {
        assertMalformed(zip(Map.of("a.npy", new byte[3])), "entry 'a.npy': at byte 0, magic number", "file after 3");
        assertMalformed(zip(Map.of("a.npy", Goldens.bytes("object.npy"))), "entry 'a.npy': at byte 20, descr", "'|O'");
        byte[] good = Goldens.bytes("f4.npy");
        assertMalformed(
                zip(Map.of("a.npy", Arrays.copyOf(good, 140))),
                "entry 'a.npy': at byte 128, data: expected 24 bytes",
                "found 12 bytes");
        assertMalformed(
                zip(Map.of("a.npy", Arrays.copyOf(good, 160))),
                "entry 'a.npy': at byte 128, data: expected 24 bytes",
                "found 32 bytes");
    }

    @Test
    void arraysBeyondTheLimitAreRefusedBeforeTheyAreMade() throws IOException {
        int mebibytes = 9;
        String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1048576,)}\n";
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (int i = 0; i < mebibytes; i++) {
            entries.put(i + ".npy", NpyTest.file(1, header, new byte[1 << 20]));
        }
        Path file = zip(entries);
        assertThat(Files.size(file)).isLessThan(20_000);
        // A byte in the file is 8 in memory, so that the eighth part is over the limit of 64 MB.
        assertMalformed(
                file, "entry '8.npy': at byte 72, data", "67108864 bytes in all, of which 0 are left", "8388608");
        assertThat(Npz.read(file, (long) mebibytes << 23)).hasSize(mebibytes);
        assertThatThrownBy(() -> Npz.read(file, ((long) mebibytes << 23) - 1))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContainingAll("entry '8.npy'", "of which 8388607 are left", "give Npz.read a higher limit");
    }

    @Test
    void sizesThatCannotBeAreRefused() throws IOException {
        byte[] good = Files.readAllBytes(zip(Map.of("a.npy", Goldens.bytes("f4.npy"))));
        int directory = directory(good);
        ByteBuffer bytes = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN);
        int packed = bytes.getInt(directory + DIRECTORY_PACKED);
        assertMalformed(
                changed(good, directory + DIRECTORY_UNPACKED, 153), "data: expected 24 bytes", "found 25 bytes");
        assertMalformed(
                changed(good, directory + DIRECTORY_UNPACKED, 1 << 30),
                "entry 'a.npy': expected sizes that fit together",
                packed + " bytes that unpack to 1073741824");
        assertMalformed(changed(good, directory + DIRECTORY_PACKED, 10), "a.npy");
        assertMalformed(changed(good, directory + DIRECTORY_PACKED, 100_000), "expected");
        assertMalformed(
                changed(good, directory + DIRECTORY_CRC, 7), "entry 'a.npy': at byte 152, checksum", "CRC-32 00000007");
    }

    @Test
    void entriesThatShareBytesAreRefused() throws IOException {
        byte[] bad = Goldens.bytes("stored.npz");
        int first = directory(bad);
        int second = first + 46 + "a.npy".length();
        for (int entry : new int[] {first, second}) {
            bad = changed(changed(bad, entry + DIRECTORY_PACKED, 300), entry + DIRECTORY_UNPACKED, 300);
        }
        assertMalformed(bad, "entry 'b.npy': expected entries that share no bytes", "a sum of 600 bytes");
    }

    @Test
    void namesComeOnce() throws IOException {
        byte[] good = Goldens.bytes("stored.npz");
        byte[] twice = good.clone();
        twice[good.length - 22 - 1 - 4] = 'a';
        assertMalformed(twice, "entry 'a.npy': expected distinct names but found this one twice");
    }

    @Test
    void brokenArchivesAreNamed() throws IOException {
        byte[] good = Goldens.bytes("deflated.npz");
        for (int length : new int[] {0, 1, 21, 22, 100, good.length - 1}) {
            assertMalformed(Arrays.copyOf(good, length), "bad");
        }
        byte[] middle = good.clone();
        Arrays.fill(middle, 60, 120, (byte) 0xff);
        assertMalformed(middle, "entry 'zeros.npy'", "can be unpacked");
        byte[] stored = Goldens.bytes("stored.npz");
        stored[stored.length / 4] ^= 1;
        assertMalformed(stored, "entry 'a.npy'");
    }

    @Test
    void whatCannotBeReadOrWrittenIsNamed() {
        assertThatThrownBy(() -> Npz.read(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContainingAll("none", "npz format");
        Path file = folder.resolve("file.npz");
        INDArray array = Goldens.matrix(DType.FLOAT32);
        for (String name : new String[] {"/a", "../a", "a\\b", "a\n", "\ud800"}) {
            assertThatIllegalArgumentException()
                    .as(name)
                    .isThrownBy(() -> Npz.write(file, Map.of(name, array)))
                    .withMessageContaining("array name " + Quoted.of(name));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Npz.write(file, Map.of("a", Nd4j.create(DataType.INT32, 2))))
                .withMessageContaining("array 'a'");
        assertThat(folder).isEmptyDirectory();
    }

    private void assertMalformed(byte[] bytes, String... parts) throws IOException {
        assertMalformed(Files.write(folder.resolve("bad"), bytes), parts);
    }

    private static void assertMalformed(Path file, String... parts) {
        assertThatThrownBy(() -> Npz.read(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContainingAll(parts);
    }

    private Path zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return Files.write(folder.resolve("made.npz"), bytes.toByteArray());
    }

    /** Where the directory of an archive begins. */
    private static int directory(byte[] zip) {
        return new String(zip, StandardCharsets.ISO_8859_1).indexOf("PK\u0001\u0002");
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return copy;
    }

    /** An extra field for ZIP64 in the directory gives a size that Java's own reader takes for a negative one. */
    @Test
    void aNegativeSizeInZip64IsRefused() throws IOException {
        byte[] good = Goldens.bytes("stored.npz");
        int directory = directory(good);
        for (int field : new int[] {DIRECTORY_PACKED, DIRECTORY_UNPACKED, 42}) {
            for (long size : new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE, 1L << 40}) {
                byte[] bad = withExtra(changed(good, directory + field, -1), directory, size);
                assertThat(bad).hasSizeLessThan(600);
                assertMalformed(bad, "a.npy");
            }
        }
    }

    /** Numbers that fit may be in such a field, as NumPy writes them for streams. */
    @Test
    void aTrueSizeInZip64IsRead() throws IOException {
        byte[] good = Goldens.bytes("stored.npz");
        int directory = directory(good);
        int packed = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(directory + DIRECTORY_PACKED);
        byte[] large = withExtra(changed(good, directory + DIRECTORY_PACKED, -1), directory, packed);
        Path file = Files.write(folder.resolve("large.npz"), large);
        assertThat(Npz.read(file).keySet()).isEqualTo(Npz.read(folder(good)).keySet());
    }

    private Path folder(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("good.npz"), bytes);
    }

    /** Puts an extra field with one number of 64 bits behind the name of the directory's first entry. */
    private static byte[] withExtra(byte[] zip, int directory, long number) {
        ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int after = directory + 46 + in.getShort(directory + 28);
        ByteBuffer out = ByteBuffer.allocate(zip.length + 12).order(ByteOrder.LITTLE_ENDIAN);
        out.put(zip, 0, after).putShort((short) 1).putShort((short) 8).putLong(number);
        out.put(zip, after, zip.length - after);
        out.putShort(directory + 30, (short) 12);
        int end = out.capacity() - 22;
        out.putInt(end + 12, out.getInt(end + 12) + 12);
        return out.array();
    }

    /** A ZIP64 end of 149 bytes that announces 2^28 - 1 entries: there is room for none of them. */
    @ParameterizedTest
    @ValueSource(longs = {(1L << 28) - 1, 3, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void entriesThatCannotBeThereAreRefused(long entries) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(149).order(ByteOrder.LITTLE_ENDIAN);
        int end64 = 149 - 22 - 20 - 56;
        bytes.position(end64);
        bytes.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
        bytes.putInt(0)
                .putInt(0)
                .putLong(entries)
                .putLong(entries)
                .putLong(end64)
                .putLong(0);
        bytes.putInt(0x07064b50).putInt(0).putLong(end64).putInt(1);
        bytes.putInt(0x06054b50).putShort((short) 0).putShort((short) 0);
        bytes.putShort((short) -1).putShort((short) -1).putInt(-1).putInt(-1).putShort((short) 0);
        assertMalformed(bytes.array(), "at most 1 entries in a directory of 51 bytes", Long.toUnsignedString(entries));
    }

    @Test
    void commentsMayHoldAnyBytes() throws IOException {
        byte[] good = Goldens.bytes("stored.npz");
        int directory = directory(good);
        ByteBuffer in = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN);
        int after = directory + 46 + in.getShort(directory + 28) + in.getShort(directory + 30);
        ByteBuffer out = ByteBuffer.allocate(good.length + 4 + 3).order(ByteOrder.LITTLE_ENDIAN);
        out.put(good, 0, after).putInt(0xfffefdfc).put(good, after, good.length - after);
        out.putShort(directory + 32, (short) 4);
        int end = good.length + 4 - 22;
        out.putInt(end + 12, out.getInt(end + 12) + 4).putShort(end + 20, (short) 3);
        Path file = Files.write(folder.resolve("comments.npz"), out.array());
        assertThat(Npz.read(file).keySet()).isEqualTo(Npz.read(folder(good)).keySet());
    }

    @Test
    void aNameThatIsNotUtf8IsRefused() throws IOException {
        byte[] good = Goldens.bytes("stored.npz");
        good[directory(good) + 46] = (byte) 0xff;
        assertMalformed(good, "a name in UTF-8 for entry 0");
    }

    /** As in archives that unpack themselves. */
    @Test
    void bytesInFrontOfTheArchiveDoNotMatter() throws IOException {
        byte[] good = Goldens.bytes("deflated.npz");
        byte[] shifted = new byte[good.length + 1000];
        System.arraycopy(good, 0, shifted, 1000, good.length);
        Path file = Files.write(folder.resolve("shifted.npz"), shifted);
        assertThat(Npz.read(file).keySet()).isEqualTo(Npz.read(folder(good)).keySet());
    }
}
