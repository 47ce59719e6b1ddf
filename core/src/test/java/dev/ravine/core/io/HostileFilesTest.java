package dev.ravine.core.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Idx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whatever bytes a file holds, a reader gives a value or a {@link MalformedFileException}, within a second, and takes
 * memory for no more than the file can fill.
 *
 * <p>Each reader meets {@value #USUAL} mutations of good files, and {@code mvn -pl core -am verify
 * -Dtest=HostileFilesTest -Dsurefire.failIfNoSpecifiedTests=false -Dravine.fuzz=200000} as many as said, minutes in
 * all; it then also reports what came out. A file that fails the test is kept in {@code core/target/hostile}.
 */
class HostileFilesTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileFilesTest.class);

    private static final int USUAL = 3000;
    private static final Integer MUTATIONS = Integer.getInteger("ravine.fuzz");
    private static final int WARM_UP = 300;
    private static final long SEED = 20_240_501;

    private static final int LONGEST_MESSAGE = 2000;
    private static final long LONGEST_NANOS = 1_000_000_000;

    @TempDir
    Path folder;

    /** A reader with good files of its format. */
    private enum Reader {
        IDX(1 << 18, 128) {
            @Override
            List<byte[]> corpus() {
                return List.of(
                        ByteBuffer.allocate(16 + 12)
                                .putInt(0x803)
                                .putInt(2)
                                .putInt(2)
                                .putInt(3)
                                .array(),
                        ByteBuffer.allocate(16 + 784)
                                .putInt(0x803)
                                .putInt(1)
                                .putInt(28)
                                .putInt(28)
                                .array(),
                        ByteBuffer.allocate(8 + 5).putInt(0x801).putInt(5).array(),
                        gzip(ByteBuffer.allocate(8 + 300)
                                .putInt(0x801)
                                .putInt(300)
                                .array()));
            }

            @Override
            byte[] wrapped(byte[] bytes) {
                return gzip(bytes);
            }

            @Override
            Collection<INDArray> read(Path file, int variant) throws IOException {
                return List.of(variant % 2 == 0 ? Idx.images(file) : Idx.labels(file));
            }
        },

        CSV(1 << 18, 128) {
            @Override
            List<byte[]> corpus() {
                return Stream.of(
                                "length,width,species\n1.5,2,0\n-3,4e1,2\n",
                                "\uFEFF\"length\", \"width\" ,\"a \"\"quoted\"\", one\",species\r\n1,2,3,0\r\n\r\n4,5,\"6\",1\r\n",
                                "1,2,0\n3,4,1\n",
                                "0.1;2;3\n4;5;6\n",
                                "1,0\n".repeat(200))
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .toList();
            }

            @Override
            Collection<INDArray> read(Path file, int variant) throws IOException {
                Csv csv = switch (variant % 4) {
                    case 0 -> Csv.reader().labels("species");
                    case 1 -> Csv.reader().targets("width").dtype(DType.FLOAT64);
                    case 2 -> Csv.reader().withoutHeader().labels(-1);
                    default -> Csv.reader().withoutHeader().separator(';').targets(0);
                };
                DataSet data = csv.read(file);
                return List.of(data.features(), data.targets());
            }
        },

        SAFETENSORS(1 << 18, 128) {
            @Override
            List<byte[]> corpus() {
                Stream<byte[]> goldens =
                        Stream.of("mixed", "nothing", "f16", "bf16").map(name -> Goldens.bytes(name + ".safetensors"));
                String many = IntStream.range(0, 300)
                        .mapToObj(i -> "\"" + i + "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}")
                        .collect(Collectors.joining(",", "{", "}"));
                return Stream.concat(goldens, Stream.of(SafetensorsTest.file(many, new byte[0])))
                        .toList();
            }

            @Override
            Collection<INDArray> read(Path file, int variant) throws IOException {
                return Safetensors.read(file).arrays().values();
            }
        },

        NPY(1 << 18, 128) {
            @Override
            List<byte[]> corpus() {
                return Stream.of(
                                "f4",
                                "f8",
                                "i8",
                                "scalar",
                                "empty",
                                "rank4",
                                "fortran",
                                "fortran3",
                                "version2",
                                "version3",
                                "big_f4",
                                "big_f8_fortran",
                                "u1_fortran",
                                "i2",
                                "b1",
                                "record",
                                "object")
                        .map(name -> Goldens.bytes(name + ".npy"))
                        .toList();
            }

            @Override
            Collection<INDArray> read(Path file, int variant) throws IOException {
                return List.of(Npy.read(file));
            }
        },

        /** The JDK's reader of archives makes a table for as many entries, 65535 at most, as the file announces. */
        NPZ(1 << 20, 128) {
            @Override
            List<byte[]> corpus() {
                return List.of(Goldens.bytes("stored.npz"), Goldens.bytes("deflated.npz"));
            }

            @Override
            List<byte[]> innerCorpus() {
                return NPY.corpus();
            }

            @Override
            byte[] wrapped(byte[] bytes) {
                return zip(bytes);
            }

            @Override
            Collection<INDArray> read(Path file, int variant) throws IOException {
                return Npz.read(file).values();
            }
        };

        /** What any file may cost in memory, garbage included. */
        private final int constantBytes;

        /** What each byte of a file may cost on top. */
        private final int bytesPerByte;

        Reader(int constantBytes, int bytesPerByte) {
            this.constantBytes = constantBytes;
            this.bytesPerByte = bytesPerByte;
        }

        abstract List<byte[]> corpus();

        /** Files to mutate before they are packed. */
        List<byte[]> innerCorpus() {
            return corpus();
        }

        /** Packs a file as the format allows, so that not every mutation ends at a checksum. */
        byte[] wrapped(byte[] bytes) {
            return bytes;
        }

        abstract Collection<INDArray> read(Path file, int variant) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void hostileFilesAreReadOrRefused(Reader reader) throws IOException {
        Mutator outer = new Mutator(reader.corpus(), SEED);
        Mutator inner = new Mutator(reader.innerCorpus(), SEED + 1);
        Path file = folder.resolve("file");
        Outcomes outcomes = new Outcomes(reader);
        warmUp(reader, file);
        for (int i = 0; i < (MUTATIONS == null ? USUAL : MUTATIONS); i++) {
            byte[] bytes = i % 3 == 2 ? reader.wrapped(inner.next()) : outer.next();
            Files.write(file, bytes);
            try {
                outcomes.measure(file, i);
            } catch (Throwable e) {
                Path kept = Files.createDirectories(Path.of("target", "hostile"))
                        .resolve(reader.name().toLowerCase(Locale.ROOT) + "-" + i);
                Files.write(kept, bytes);
                throw new AssertionError("mutation " + i + " of " + bytes.length + " bytes, kept in " + kept, e);
            }
            // Some file systems take far longer to replace a file than to make a new one.
            Files.delete(file);
        }
        if (MUTATIONS != null) {
            LOG.info("{}", outcomes);
        }
        assertThat(outcomes.values).as("files that were read").isPositive();
        assertThat(outcomes.refused).as("files that were refused").isPositive();
    }

    /** The first calls load classes, which takes time and memory. */
    private static void warmUp(Reader reader, Path file) throws IOException {
        Arena.ofIntegers(1);
        Mutator mutator = new Mutator(reader.corpus(), SEED - 1);
        for (int i = 0; i < WARM_UP; i++) {
            Files.write(file, i % 2 == 0 ? mutator.next() : reader.wrapped(mutator.next()));
            try {
                assertThat(reader.read(file, i / 2)).isNotNull();
            } catch (MalformedFileException e) {
                assertThat(e).hasMessageContaining(file.toString());
            }
            Files.delete(file);
        }
    }

    /** What came of the files so far. */
    private static final class Outcomes {
        private final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final Nd4jCpu.Environment natives = Nd4jCpu.Environment.getInstance();
        private final Reader reader;
        private int values;
        private int refused;
        private long longestNanos;
        private long largestHeap;
        private long largestNative;
        private double largestPerByte;
        private int longestMessage;

        Outcomes(Reader reader) {
            this.reader = reader;
        }

        void measure(Path file, int variant) throws IOException {
            long nanos = read(file, variant);
            if (nanos > LONGEST_NANOS) {
                // The machine may have been busy; the file is at fault only if it is slow again.
                nanos = read(file, variant);
                assertThat(nanos).as("nanoseconds").isLessThan(LONGEST_NANOS);
            }
            longestNanos = Math.max(longestNanos, nanos);
        }

        private long read(Path file, int variant) throws IOException {
            long nativeBefore = natives.getDeviceCounter(0);
            long heapBefore = threads.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            MalformedFileException refusal = null;
            try {
                reader.read(file, variant).forEach(HostileFilesTest::touch);
            } catch (MalformedFileException e) {
                refusal = e;
            }
            long nanos = System.nanoTime() - start;
            long heap = threads.getCurrentThreadAllocatedBytes() - heapBefore;
            long offHeap = natives.getDeviceCounter(0) - nativeBefore;
            if (refusal == null) {
                values++;
            } else {
                refused++;
                checkMessage(refusal, file);
            }
            long size = Files.size(file);
            largestHeap = Math.max(largestHeap, heap);
            largestNative = Math.max(largestNative, offHeap);
            largestPerByte =
                    Math.max(largestPerByte, (heap + offHeap - reader.constantBytes) / Math.max(1.0, (double) size));
            assertThat(heap + offHeap)
                    .as("bytes of memory for a file of %d bytes", size)
                    .isLessThan(reader.constantBytes + reader.bytesPerByte * size);
            return nanos;
        }

        private void checkMessage(MalformedFileException refusal, Path file) {
            if (!refusal.getMessage().startsWith(file.toString())) {
                throw new AssertionError("the message does not name the file", refusal);
            }
            longestMessage = Math.max(longestMessage, refusal.getMessage().length());
            assertThat(longestMessage).as("length of the message").isLessThan(LONGEST_MESSAGE);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s: %d values, %d refused, longest %.1f ms, largest %d kB of heap and %d kB native, above %d kB"
                            + " %.1f bytes a byte, longest message %d",
                    reader,
                    values,
                    refused,
                    longestNanos / 1e6,
                    largestHeap >> 10,
                    largestNative >> 10,
                    reader.constantBytes >> 10,
                    largestPerByte,
                    longestMessage);
        }
    }

    /** The ends of the memory that an array claims to have. */
    private static void touch(INDArray array) {
        if (!array.isEmpty()) {
            Elements elements = Elements.of(array);
            elements.get(0);
            elements.get(elements.size() - 1);
        }
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static byte[] zip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(packed)) {
            out.putNextEntry(new ZipEntry("a.npy"));
            out.write(bytes);
            out.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
