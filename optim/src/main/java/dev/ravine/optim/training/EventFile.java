package dev.ravine.optim.training;

import dev.ravine.core.io.ProtoMessage;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * An event file of TensorBoard: records that each hold an {@code Event} message. A record is its length as 8 bytes, the
 * masked CRC-32C of these bytes, the message, and the masked CRC-32C of the message, all little-endian. A record is
 * handed to the operating system in one call, so a process that dies leaves whole records, or a last one that is cut
 * off, which readers ignore.
 *
 * <p>Sources: TensorFlow's {@code tsl/lib/io/record_writer.h} and {@code tsl/lib/hash/crc32c.h} (format and mask),
 * {@code core/util/event.proto} and {@code core/framework/summary.proto} (numbers of fields).
 */
final class EventFile implements AutoCloseable {
    private static final int MASK_DELTA = 0xa282ead8;
    private static final int MOST_FILES_A_SECOND = 10_000;

    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int EVENT_SESSION_LOG = 7;
    private static final int SESSION_LOG_STATUS = 1;
    private static final int STATUS_START = 1;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE_VALUE = 2;

    private final OutputStream out;

    private EventFile(OutputStream out) {
        this.out = out;
    }

    /**
     * {@return a new file that goes on after a step} TensorBoard reads the files of a folder in the order of their
     * names and, by the second record of this one, drops what earlier files say about later steps.
     *
     * @param folder made if there is none
     * @param step the last one of which earlier files may tell
     */
    static EventFile create(Path folder, long step) {
        try {
            Files.createDirectories(folder);
            // Not by a channel of Files, which an interrupt of the thread would close.
            EventFile file = new EventFile(new FileOutputStream(newFile(folder)));
            file.write(event(0).text(EVENT_FILE_VERSION, "brain.Event:2"));
            file.write(event(step + 1)
                    .message(EVENT_SESSION_LOG, new ProtoMessage().integer(SESSION_LOG_STATUS, STATUS_START)));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static File newFile(Path folder) throws IOException {
        long seconds = System.currentTimeMillis() / 1000;
        for (int i = 0; i < MOST_FILES_A_SECOND; i++) {
            File file = folder.resolve(String.format(Locale.ROOT, "events.out.tfevents.%010d.ravine.%04d", seconds, i))
                    .toFile();
            if (file.createNewFile()) {
                return file;
            }
        }
        throw new IOException(folder + ": expected fewer than " + MOST_FILES_A_SECOND + " event files of one second");
    }

    /** Writes numbers about a step; they are kept in single precision. */
    void write(long step, Map<String, Double> scalars) {
        ProtoMessage summary = new ProtoMessage();
        scalars.forEach((tag, value) -> summary.message(
                SUMMARY_VALUE, new ProtoMessage().text(VALUE_TAG, tag).number(VALUE_SIMPLE_VALUE, value.floatValue())));
        write(event(step).message(EVENT_SUMMARY, summary));
    }

    private static ProtoMessage event(long step) {
        return new ProtoMessage()
                .number(EVENT_WALL_TIME, System.currentTimeMillis() / 1e3)
                .integer(EVENT_STEP, step);
    }

    private void write(ProtoMessage event) {
        byte[] message = event.toBytes();
        ByteBuffer record = ByteBuffer.allocate(Long.BYTES + message.length + 2 * Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(message.length);
        record.putInt(maskedCrc(record.array(), 0, Long.BYTES));
        record.put(message);
        record.putInt(maskedCrc(message, 0, message.length));
        try {
            out.write(record.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int maskedCrc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
