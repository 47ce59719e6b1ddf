package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.io.MalformedFileException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class IdxTest {
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void imagesComeBackScaled(boolean compressed) throws IOException {
        // The file's name says nothing about compression.
        Path file =
                write("images", idx(IMAGES, new int[] {2, 2, 3}, 0, 255, 51, 1, 2, 3, 4, 5, 6, 7, 8, 102), compressed);
        INDArray images = Idx.images(file);
        assertThat(Shape.of(images)).isEqualTo(Shape.of(2, 6));
        assertThat(DType.of(images)).isEqualTo(DType.FLOAT32);
        double[] pixels = Arena.toDoubles(images);
        assertThat(pixels[0]).isEqualTo(0);
        assertThat(pixels[1]).isEqualTo(1);
        assertThat(pixels[2]).isEqualTo(0.2f);
        assertThat(pixels[11]).isEqualTo(0.4f);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void labelsComeBack(boolean compressed) throws IOException {
        Path file = write("labels.gz", idx(LABELS, new int[] {4}, 3, 0, 255, 9), compressed);
        INDArray labels = Idx.labels(file);
        assertThat(DType.of(labels)).isEqualTo(DType.INT64);
        assertThat(Arena.toDoubles(labels)).containsExactly(3, 0, 255, 9);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void filesLargerThanOneChunkComeBack(boolean compressed) throws IOException {
        int n = 3_000_001;
        byte[] header = ByteBuffer.allocate(8).putInt(LABELS).putInt(n).array();
        byte[] bytes = Arrays.copyOf(header, 8 + n);
        for (int i = 0; i < n; i++) {
            bytes[8 + i] = (byte) (i % 251);
        }
        double[] labels = Arena.toDoubles(Idx.labels(write("large", bytes, compressed)));
        assertThat(labels).hasSize(n);
        for (int i = 0; i < n; i++) {
            if (labels[i] != i % 251) {
                assertThat(labels[i]).as("label %d", i).isEqualTo(i % 251);
            }
        }
    }

    @Test
    void streamsAreReadAndLeftOpen() throws IOException {
        boolean[] closed = {false};
        InputStream stream = new ByteArrayInputStream(gzip(idx(LABELS, new int[] {2}, 7, 8))) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        assertThat(Arena.toDoubles(Idx.labels(stream, "resource"))).containsExactly(7, 8);
        assertThat(closed[0]).isFalse();
        INDArray images = Idx.images(new ByteArrayInputStream(idx(IMAGES, new int[] {1, 1, 1}, 255)), "resource");
        assertThat(Arena.toDoubles(images)).containsExactly(1);
    }

    @Test
    void aMissingResourceIsNamed() {
        assertThatThrownBy(() -> Idx.images(null, "/mnist/train"))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("/mnist/train")
                .hasMessageContaining("class path");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void corruptHeadersAreNamedByOffset(boolean compressed) throws IOException {
        byte[] good = idx(IMAGES, new int[] {1, 2, 2}, 1, 2, 3, 4);
        assertMalformed(changed(good, 0, 1), compressed, "at byte 0", "a zero byte", "0x01");
        assertMalformed(changed(good, 1, 9), compressed, "at byte 1", "a zero byte", "0x09");
        assertMalformed(changed(good, 2, 0x0d), compressed, "at byte 2", "0x08 (unsigned byte)", "0x0d");
        assertMalformed(changed(good, 3, 1), compressed, "at byte 3", "number of axes", "0x01");
        assertMalformed(changed(good, 4, 0xff), compressed, "at byte 4", "at least 1", "-16777215");
        assertMalformed(changed(good, 11, 0), compressed, "at byte 8", "number of rows of at least 1", "found 0");
        assertMalformed(idx(IMAGES, new int[] {0, 2, 2}), compressed, "at byte 4", "images of at least 1", "found 0");
        assertMalformed(new byte[0], compressed, "at byte 0", "the end of the file");
        assertMalformed(Arrays.copyOf(good, 1), compressed, "at byte 1", "the end of the file");
        assertMalformed(Arrays.copyOf(good, 3), compressed, "at byte 3", "the end of the file");
        assertMalformed(
                Arrays.copyOf(good, 6), compressed, "at byte 4", "the number of images", "end of the file after 2");
        assertMalformed(Arrays.copyOf(good, 12), compressed, "at byte 12", "the number of columns", "after 0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oversizedHeadersAreRefusedBeforeAnythingIsAllocated(boolean compressed) throws IOException {
        int max = Integer.MAX_VALUE;
        assertMalformed(idx(IMAGES, new int[] {max, max, max}), compressed, "at byte 4", "at most 536870911");
        assertMalformed(idx(IMAGES, new int[] {65536, 65536, 1}), compressed, "at byte 8", "4294967296");
        assertMalformed(idx(IMAGES, new int[] {1 << 28, 1, 2}), compressed, "at byte 12", "536870912");
        // 500 MB are announced and would fit, but are not there.
        byte[] hollow = idx(IMAGES, new int[] {500_000_000, 1, 1}, 1, 2, 3);
        Path file = write("hollow", hollow, compressed);
        long before = Runtime.getRuntime().totalMemory();
        assertThatThrownBy(() -> Idx.images(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("at byte 16")
                .hasMessageContaining("500000000 bytes")
                .hasMessageContaining(compressed ? "100 times the" : "found 3 bytes");
        assertThat(Runtime.getRuntime().totalMemory() - before).isLessThan(400_000_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void truncatedAndOverlongDataAreRefused(boolean compressed) throws IOException {
        byte[] good = idx(IMAGES, new int[] {1, 2, 2}, 1, 2, 3, 4);
        for (int length = 16; length < 20; length++) {
            assertMalformed(
                    Arrays.copyOf(good, length), compressed, "at byte 16", "4 bytes of data", "download it again");
        }
        if (compressed) {
            assertMalformed(Arrays.copyOf(good, 21), true, "at byte 20", "the end of the file", "more bytes");
        } else {
            assertMalformed(Arrays.copyOf(good, 21), false, "at byte 16", "4 bytes of data", "found 5 bytes");
        }
        InputStream stream = new ByteArrayInputStream(Arrays.copyOf(good, 21));
        assertThatThrownBy(() -> Idx.images(stream, "stream"))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("stream: at byte 20")
                .hasMessageContaining("more bytes");
    }

    @Test
    void brokenCompressionIsRefused() throws IOException {
        byte[] data = idx(IMAGES, new int[] {1, 30, 30}, new int[900]);
        byte[] good = gzip(data);
        for (int length = 2; length < good.length; length++) {
            Path file = folder.resolve("cut");
            Files.write(file, Arrays.copyOf(good, length));
            assertThatThrownBy(() -> Idx.images(file))
                    .as("cut to %d of %d bytes", length, good.length)
                    .isInstanceOf(MalformedFileException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("at byte ");
        }
        for (int at : new int[] {2, 12, good.length - 8, good.length - 4}) {
            byte[] bad = good.clone();
            bad[at] ^= 0x55;
            Path file = folder.resolve("flipped");
            Files.write(file, bad);
            assertThatThrownBy(() -> Idx.images(file))
                    .as("byte %d changed", at)
                    .isInstanceOf(MalformedFileException.class);
        }
        for (int extra : new int[] {1, 5, 100, 200_000}) {
            Path file = folder.resolve("trailing");
            Files.write(file, Arrays.copyOf(good, good.length + extra));
            assertThatThrownBy(() -> Idx.images(file))
                    .as("%d bytes after the compressed data", extra)
                    .isInstanceOf(MalformedFileException.class)
                    .hasMessageContaining("more bytes");
        }
    }

    @Test
    void compressedMembersInARowAreOneFile() throws IOException {
        byte[] data = idx(LABELS, new int[] {4}, 1, 2, 3, 4);
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        members.writeBytes(gzip(Arrays.copyOf(data, 9)));
        members.writeBytes(gzip(Arrays.copyOfRange(data, 9, data.length)));
        INDArray labels = Idx.labels(new ByteArrayInputStream(members.toByteArray()), "members");
        assertThat(Arena.toDoubles(labels)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void membersWithoutContentsArePassedOver() throws IOException {
        byte[] data = idx(LABELS, new int[] {4}, 1, 2, 3, 4);
        byte[] empty = gzip(new byte[0]);
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int i = 0; i < 20_000; i++) {
            members.writeBytes(empty);
        }
        byte[] many = members.toByteArray();
        members.writeBytes(gzip(Arrays.copyOf(data, 9)));
        members.writeBytes(many);
        members.writeBytes(gzip(Arrays.copyOfRange(data, 9, data.length)));
        members.writeBytes(many);
        INDArray labels = Idx.labels(new ByteArrayInputStream(members.toByteArray()), "members");
        assertThat(Arena.toDoubles(labels)).containsExactly(1, 2, 3, 4);
        members.write(empty, 0, 1);
        assertThatThrownBy(() -> Idx.labels(new ByteArrayInputStream(members.toByteArray()), "members"))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("more bytes");
    }

    /** An extra field, a name, a comment, and the checksum of all that (RFC 1952, section 2.3). */
    @Test
    void allFieldsOfAHeaderArePassedOver() throws IOException {
        byte[] packed = gzip(idx(LABELS, new int[] {4}, 1, 2, 3, 4));
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 3, 0, 'a', 0, 'b'});
        header.writeBytes("labels".repeat(50_000).getBytes(StandardCharsets.US_ASCII));
        header.writeBytes(new byte[] {0, 'c', 0});
        CRC32 checksum = new CRC32();
        checksum.update(header.toByteArray());
        int low = (int) checksum.getValue() & 0xffff;
        for (int wrong = 0; wrong < 2; wrong++) {
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            header.writeTo(file);
            file.write(low ^ wrong);
            file.write(low >> 8);
            file.write(packed, 10, packed.length - 10);
            InputStream stream = new ByteArrayInputStream(file.toByteArray());
            if (wrong == 0) {
                assertThat(Arena.toDoubles(Idx.labels(stream, "fields"))).containsExactly(1, 2, 3, 4);
            } else {
                assertThatThrownBy(() -> Idx.labels(stream, "fields"))
                        .isInstanceOf(MalformedFileException.class)
                        .hasMessageContaining("checksum");
            }
        }
    }

    @Test
    void imagesAndLabelsMakeADataSet() throws IOException {
        Path images = write("images", idx(IMAGES, new int[] {2, 1, 1}, 0, 255), false);
        Path labels = write("labels", idx(LABELS, new int[] {2}, 1, 0), true);
        DataSet data = Idx.read(images, labels);
        assertThat(data.size()).isEqualTo(2);
        assertThat(data.classes()).isEqualTo(2);
        Path three = write("three", idx(LABELS, new int[] {3}, 1, 0, 1), false);
        assertThatThrownBy(() -> Idx.read(images, three))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("2 images")
                .hasMessageContaining("3 labels");
        assertThatThrownBy(() -> Idx.read(labels, images))
                .as("swapped files")
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("not an IDX file of images");
    }

    @Test
    void missingFilesAreNamed() {
        Path missing = folder.resolve("nothing");
        assertThatThrownBy(() -> Idx.images(missing))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(missing.toString())
                .hasMessageContaining("looked for images");
        assertThatThrownBy(() -> Idx.labels(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("Idx.folder");
    }

    @Test
    void aFolderHoldsTrainingAndTestParts() throws IOException {
        write("train-images-idx3-ubyte.gz", idx(IMAGES, new int[] {2, 1, 2}, 1, 2, 3, 4), true);
        write("train-labels.idx1-ubyte", idx(LABELS, new int[] {2}, 0, 1), false);
        write("t10k-images.idx3-ubyte.gz", idx(IMAGES, new int[] {1, 1, 2}, 5, 6), true);
        assertThatThrownBy(() -> Idx.folder(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("missing t10k-labels-idx1-ubyte;")
                .hasMessageContaining(".gz");
        Path labels = write("t10k-labels-idx1-ubyte", idx(LABELS, new int[] {1}, 0), false);
        TrainTest parts = Idx.folder(folder);
        assertThat(parts.test().classes())
                .as("the test has only class 0")
                .isEqualTo(parts.train().classes())
                .isEqualTo(2);
        assertThat(parts.train().size()).isEqualTo(2);
        assertThat(parts.test().size()).isEqualTo(1);
        assertThatThrownBy(() -> Idx.folder(labels)).isInstanceOf(NotDirectoryException.class);
        write("t10k-images.idx3-ubyte.gz", idx(IMAGES, new int[] {1, 1, 1}, 5), true);
        assertThatThrownBy(() -> Idx.folder(folder))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("images of 1 pixels, expected 2");
    }

    private void assertMalformed(byte[] bytes, boolean compressed, String... parts) throws IOException {
        Path file = write("bad", bytes, compressed);
        assertThatThrownBy(() -> Idx.images(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(parts);
    }

    private Path write(String name, byte[] bytes, boolean compressed) throws IOException {
        return Files.write(folder.resolve(name), compressed ? gzip(bytes) : bytes);
    }

    private static byte[] idx(int magic, int[] sizes, int... data) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + data.length);
        bytes.putInt(magic);
        Arrays.stream(sizes).forEach(bytes::putInt);
        Arrays.stream(data).forEach(value -> bytes.put((byte) value));
        return bytes.array();
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        copy[at] = (byte) value;
        return copy;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    /** 28 MB of zeros take 28 kB. A file of the same size that is plain, or compresses as data do, is read. */
    @Test
    void zerosThatHardlyTakeSpaceAreRefusedBeforeTheyAreUnpacked() throws IOException {
        byte[] bomb = gzip(Arrays.copyOf(idx(IMAGES, new int[] {28_000, 1000, 1}), 16 + 28_000_000));
        assertThat(bomb).hasSizeLessThan(30_000);
        Path file = Files.write(folder.resolve("bomb"), bomb);
        assertThatThrownBy(() -> Idx.images(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContainingAll("bomb: at byte 16", "100 times the", "found 28000000", "gunzip");
        try (InputStream stream = new ByteArrayInputStream(bomb)) {
            assertThatThrownBy(() -> Idx.images(stream, "stream"))
                    .isInstanceOf(MalformedFileException.class)
                    .hasMessageContainingAll("stream: at byte 16", "100 times the", "gunzip");
        }
        Path small = Files.write(
                folder.resolve("small"), gzip(Arrays.copyOf(idx(LABELS, new int[] {4_000_000}), 8 + 4_000_000)));
        assertThat(Idx.labels(small).length()).isEqualTo(4_000_000);
    }
}
