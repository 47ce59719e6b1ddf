package dev.ravine.core.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.Elements;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a reader mutations of good files and measures what comes of them: a value or a {@link MalformedFileException}
 * that names the file, within a second, and memory for no more than the file can fill.
 *
 * <p>There are {@value #USUAL} mutations, and as many as said with {@code -Dravine.fuzz=200000}; then what came out is
 * logged. A file that fails is kept in {@code target/hostile}.
 */
public final class HostileFiles {
    private static final Logger LOG = LoggerFactory.getLogger(HostileFiles.class);

    private static final int USUAL = 3000;
    private static final Integer MUTATIONS = Integer.getInteger("ravine.fuzz");
    private static final int WARM_UP = 300;
    private static final long SEED = 20_240_501;

    private static final int LONGEST_MESSAGE = 2000;
    private static final long LONGEST_NANOS = 1_000_000_000;

    private HostileFiles() {}

    /** A reader with good files of its format. */
    public interface Reader {
        /** For reports. */
        String name();

        /** What any file may cost in memory, garbage included. */
        int constantBytes();

        /** What each byte of a file may cost on top. */
        int bytesPerByte();

        /** Good files. */
        List<byte[]> corpus() throws IOException;

        /** Files to mutate before they are packed. */
        default List<byte[]> innerCorpus() throws IOException {
            return corpus();
        }

        /** Packs a file as the format allows, so that not every mutation ends at a checksum. */
        default byte[] wrapped(byte[] bytes) throws IOException {
            return bytes;
        }

        /** Reads a file, in one of several ways. */
        Collection<INDArray> read(Path file, int variant) throws IOException;
    }

    /** The usual number of mutations for a reader that takes this many times as long as others. */
    public static int mutations(int timesAsSlow) {
        return (MUTATIONS == null ? USUAL : MUTATIONS) / timesAsSlow;
    }

    /** Checks a reader, with files in a folder. */
    public static void check(Reader reader, int mutations, Path folder) throws IOException {
        Mutator outer = new Mutator(reader.corpus(), SEED);
        Mutator inner = new Mutator(reader.innerCorpus(), SEED + 1);
        Path file = folder.resolve("file");
        Outcomes outcomes = new Outcomes(reader);
        warmUp(reader, file);
        for (int i = 0; i < mutations; i++) {
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
                reader.read(file, variant).forEach(HostileFiles::touch);
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
                    Math.max(largestPerByte, (heap + offHeap - reader.constantBytes()) / Math.max(1.0, (double) size));
            assertThat(heap + offHeap)
                    .as("bytes of memory for a file of %d bytes", size)
                    .isLessThan(reader.constantBytes() + reader.bytesPerByte() * size);
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
                    reader.name(),
                    values,
                    refused,
                    longestNanos / 1e6,
                    largestHeap >> 10,
                    largestNative >> 10,
                    reader.constantBytes() >> 10,
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
}
