package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Npy;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class StreamedExamplesTest {
    @TempDir
    Path folder;

    private Path idx(String name, int type, int axes, int... sizes) throws IOException {
        int count = Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * axes + count).putInt(type << 8 | axes);
        Arrays.stream(sizes).forEach(bytes::putInt);
        for (int i = 0; i < count; i++) {
            bytes.put((byte) (axes == 1 ? i % 7 : 31 * i + i / 13));
        }
        return Files.write(folder.resolve(name), bytes.array());
    }

    private static void assertSame(StreamedExamples streamed, DataSet memory) {
        assertThat(streamed.size()).isEqualTo(memory.size());
        assertThat(streamed.featureShape()).isEqualTo(memory.featureShape());
        assertThat(streamed.targetShape()).isEqualTo(memory.targetShape());
        assertThat(streamed.dtype()).isEqualTo(memory.dtype());
        assertThat(streamed.hasLabels()).isEqualTo(memory.hasLabels());
        if (memory.hasLabels()) {
            assertThat(streamed.classes()).isEqualTo(memory.classes());
        }
        int n = memory.size();
        int[] mixed =
                IntStream.range(0, 2 * n).map(i -> (i % 5 < 3 ? i : 7 * i) % n).toArray();
        DataSet some = streamed.take(mixed);
        DataSet expected = memory.take(mixed);
        assertThat(Arena.toDoubles(some.features())).isEqualTo(Arena.toDoubles(expected.features()));
        assertThat(Arena.toDoubles(some.targets())).isEqualTo(Arena.toDoubles(expected.targets()));
    }

    @Test
    void imagesInIdxFilesAreThoseReadIntoMemory() throws IOException {
        Path images = idx("images", 8, 3, 60, 5, 4);
        Path labels = idx("labels", 8, 1, 60);
        try (StreamedExamples streamed = StreamedExamples.idx(images, labels)) {
            assertSame(streamed, Idx.read(images, labels));
            long before = streamed.checksum();
            assertThat(streamed.checksum()).isEqualTo(before);
            try (RandomAccessFile file = new RandomAccessFile(images.toFile(), "rw")) {
                file.seek(700);
                file.write(255 - file.read());
            }
            assertThat(streamed.checksum()).isNotEqualTo(before);
        }
    }

    /** Rows of 80 kB are read in two parts. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "FLOAT64"})
    void arraysInNpyFilesAreThoseReadIntoMemory(DType dtype) throws IOException {
        for (int width : new int[] {3, 20_000}) {
            double[] numbers =
                    IntStream.range(0, 12 * width).mapToDouble(Math::sin).toArray();
            INDArray features = Arena.of(dtype, Shape.of(12, width), numbers);
            INDArray targets = Arena.of(dtype, Shape.of(12, 2), Arrays.copyOf(numbers, 24));
            INDArray labels = Arena.ofIntegers(
                    IntStream.range(0, 12).mapToLong(i -> i * i % 5).toArray());
            Npy.write(folder.resolve("x"), features);
            Npy.write(folder.resolve("y"), targets);
            Npy.write(folder.resolve("l"), labels);
            try (StreamedExamples of = StreamedExamples.npy(folder.resolve("x"), folder.resolve("y"));
                    StreamedExamples labelled = StreamedExamples.npy(folder.resolve("x"), folder.resolve("l"))) {
                assertSame(of, DataSet.of(features, targets));
                assertSame(labelled, DataSet.of(features, labels));
                assertThatThrownBy(of::classes).hasMessageContaining("there are no classes");
            }
        }
    }

    /** Big-endian half-precision numbers and narrow integers, written by hand. */
    @Test
    void otherTypesAreReadAsNpyReadsThem() throws IOException {
        byte[] halves = ByteBuffer.allocate(12)
                .putShort((short) 0x3C00)
                .putShort((short) 0xC000)
                .putShort((short) 0x3555)
                .putShort((short) 0)
                .putShort((short) 1)
                .putShort((short) 0x7BFF)
                .array();
        Path x = npy("x", ">f2", "(3, 2)", halves);
        Path y = npy("y", "|i1", "(3, 2)", new byte[] {1, 2, 3, 4, 5, -6});
        try (StreamedExamples of = StreamedExamples.npy(x, y)) {
            assertSame(of, DataSet.ofSequences(Npy.read(x), Npy.read(y)));
        }
    }

    private Path npy(String name, String type, String shape, byte... data) throws IOException {
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
        byte[] text = (header + " ".repeat(117 - header.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] file = ByteBuffer.allocate(10 + 118 + data.length)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0})
                .put(text)
                .put(data)
                .array();
        return Files.write(folder.resolve(name), file);
    }

    @Test
    void aTableIsConvertedLineByLine() throws IOException {
        StringBuilder text = new StringBuilder("size,colour,weight,kind\n");
        for (int i = 0; i < 50; i++) {
            text.append(i % 9 == 3 ? "" : 0.25 * i)
                    .append(i % 3 == 0 ? ",red," : i % 3 == 1 ? ",blue," : ",green,")
                    .append(Math.sin(i))
                    .append(i % 4 == 0 ? ",pear\n" : ",apple\n");
        }
        Path table = Files.writeString(folder.resolve("table.csv"), text);
        Csv base = Csv.reader().categories("colour").missing(Missing.mean());
        for (Csv csv : new Csv[] {
            base.classNames("kind"),
            base.ignore("kind").targets("weight"),
            base.ignore("kind")
                    .targets("weight")
                    .missing("size", Missing.dropRow())
                    .dtype(DType.FLOAT64)
        }) {
            try (StreamedExamples of = StreamedExamples.csv(csv, table, folder.resolve("x"), folder.resolve("y"))) {
                assertSame(of, csv.read(table));
            }
        }
        Path numbered = Files.writeString(folder.resolve("numbered.csv"), "a,b\n1,0\n2,3\n");
        Csv labels = Csv.reader().labels("b");
        try (StreamedExamples of = StreamedExamples.csv(labels, numbered, folder.resolve("x"), folder.resolve("y"))) {
            assertSame(of, labels.read(numbered));
        }
        Files.writeString(numbered, "a,b\n1,0\nx,3\n");
        byte[] before = Files.readAllBytes(folder.resolve("x"));
        assertThatThrownBy(() -> StreamedExamples.csv(labels, numbered, folder.resolve("x"), folder.resolve("y")))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("line 3, column");
        assertThat(Files.readAllBytes(folder.resolve("x"))).isEqualTo(before);
        Files.writeString(numbered, "a,b\n,0\n,3\n");
        assertThatThrownBy(() -> StreamedExamples.csv(
                        labels.missing(Missing.mean()), numbered, folder.resolve("x"), folder.resolve("y")))
                .hasMessageContaining("missing cells only");
    }

    @Test
    void whatCannotBeStreamedIsRefused() throws IOException {
        Path images = idx("images", 8, 3, 60, 5, 4);
        Path labels = idx("labels", 8, 1, 60);
        Path packed = folder.resolve("packed");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(images, out);
        }
        assertThatThrownBy(() -> StreamedExamples.idx(packed, labels)).hasMessageContaining("unpack it with gunzip");
        assertThatThrownBy(() -> StreamedExamples.idx(images, idx("few", 8, 1, 59)))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("one target for each example");
        assertThatThrownBy(() -> StreamedExamples.idx(folder.resolve("none"), labels))
                .isInstanceOf(NoSuchFileException.class);
        Path longer = Files.write(folder.resolve("longer"), new byte[1008]);
        Files.write(longer, Arrays.copyOf(Files.readAllBytes(labels), 100));
        assertThatThrownBy(() -> StreamedExamples.idx(images, longer))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("expected 68 bytes");
        Path x = npy("x", "<f4", "(2, 2)", new byte[16]);
        assertThatThrownBy(() -> StreamedExamples.npy(x, npy("y", "|i1", "(2,)", new byte[] {1, -1})))
                .hasMessageContaining("row 1: expected a label from 0");
        assertThatThrownBy(() -> StreamedExamples.npy(x, npy("y", "<f8", "(2,)", new byte[16])))
                .hasMessageContaining("numbers of one type");
        Path fortran = Files.writeString(
                folder.resolve("fortran"),
                Files.readString(x, StandardCharsets.ISO_8859_1).replace("False", "True "),
                StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> StreamedExamples.npy(fortran, x)).hasMessageContaining("ascontiguousarray");
    }

    @Test
    void aFileThatGotShorterOrWasClosedIsRefused() throws IOException {
        Path images = idx("images", 8, 3, 60, 5, 4);
        StreamedExamples streamed = StreamedExamples.idx(images, idx("labels", 8, 1, 60));
        try (RandomAccessFile file = new RandomAccessFile(images.toFile(), "rw")) {
            file.setLength(600);
        }
        assertThat(streamed.take(0, 28).size()).isEqualTo(2);
        assertThatThrownBy(() -> streamed.take(59))
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCauseInstanceOf(MalformedFileException.class)
                .hasStackTraceContaining("got shorter since it was opened");
        assertThatThrownBy(() -> streamed.take(60)).isInstanceOf(IndexOutOfBoundsException.class);
        streamed.close();
        assertThatThrownBy(() -> streamed.take(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(streamed::checksum).isInstanceOf(IllegalStateException.class);
    }
}
