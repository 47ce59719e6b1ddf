package dev.ravine.optim.training;

import dev.ravine.core.io.AtomicFile;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToLongFunction;

/**
 * A text file to which lines about steps are appended. When it is opened, lines of steps that a run which goes on from
 * an earlier one will make again are removed, and so is a last line that was cut off.
 */
final class StepLines {
    private final Path file;
    private final ToLongFunction<String> stepOf;
    private BufferedWriter writer;

    /**
     * A file that is not open yet.
     *
     * @param file may exist
     * @param stepOf the step of a line; negative for a header; throws if it is none of these
     */
    StepLines(Path file, ToLongFunction<String> stepOf) {
        this.file = file;
        this.stepOf = stepOf;
    }

    /** Opens it, to go on after a step; a header is written if the file is new. */
    void open(long step, String header) {
        try {
            if (Files.exists(file)) {
                Uninterrupted.call(() -> {
                    if (!isUpTo(step)) {
                        dropAfter(step);
                    }
                    return file;
                });
            } else {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Uninterrupted.call(() -> Files.writeString(file, header, StandardCharsets.UTF_8));
            }
            // Not by a channel of Files, which an interrupt of the thread would close.
            writer = new BufferedWriter(
                    new OutputStreamWriter(new FileOutputStream(file.toFile(), true), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the file stays as it is: all lines are whole, and of steps that are not made again. */
    private boolean isUpTo(long step) throws IOException {
        return keep(step, line -> {}) == Files.size(file);
    }

    private void dropAfter(long step) throws IOException {
        AtomicFile.write(file, out -> keep(step, out::write));
    }

    /** What takes a line with its end. */
    @FunctionalInterface
    private interface Lines {
        void take(byte[] line) throws IOException;
    }

    /** Byte by byte, as a line that was cut off may end within a character; returns how many bytes are kept. */
    private long keep(long step, Lines kept) throws IOException {
        long size = Files.size(file);
        long read = 0;
        long all = 0;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                byte[] bytes = (line + "\n").getBytes(StandardCharsets.ISO_8859_1);
                read += bytes.length;
                if (read <= size && stepOf(line) <= step) {
                    kept.take(bytes);
                    all += bytes.length;
                }
            }
        }
        return all;
    }

    private long stepOf(String line) {
        try {
            return stepOf.applyAsLong(line);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    file + ": a line is not about a step, so this is another file and stays as it is: " + line, e);
        }
    }

    void write(String line) {
        if (writer == null) {
            throw new IllegalStateException(
                    file + ": is not open; a listener writes from onStart, which a trainer calls first, to onClose");
        }
        try {
            writer.write(line);
            writer.write('\n');
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void close() {
        try {
            if (writer != null) {
                writer.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
