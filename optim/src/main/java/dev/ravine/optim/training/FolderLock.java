package dev.ravine.optim.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that one run has for itself, in this process and among others. The system gives the lock back when the
 * process ends, however it ends. The file of the lock stays; it says who held it last.
 */
final class FolderLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);
    private static final String NAME = ".ravine-lock";
    /** Behind the text, which others can then read on systems where a lock forbids that. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    /**
     * Folders that runs of this process have, and since when. A second channel on a locked file must not even be
     * closed: on some systems that gives back the lock of the first.
     */
    private static final Map<Path, String> OWN = new HashMap<>();

    private final Path folder;
    /** Null where the file system has no locks. */
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Takes the folder, which is made if there is none.
     *
     * @throws IOException if another run has it, saying which
     */
    static FolderLock of(Path folder) throws IOException {
        Path real = real(folder);
        String since = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        synchronized (OWN) {
            if (OWN.containsKey(real)) {
                throw inUse(folder, OWN.get(real));
            }
            FileChannel channel = Uninterrupted.call(() -> locked(folder, since));
            OWN.put(real, "by another run of this process since " + since);
            return new FolderLock(real, channel);
        }
    }

    /** A run whose checkpoints have no place is refused before its first step, not at its first checkpoint. */
    private static Path real(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
            return folder.toRealPath();
        } catch (IOException e) {
            throw new IOException(
                    folder + ": cannot make a folder for checkpoints there ("
                            + e.getClass().getSimpleName() + ": " + e.getMessage()
                            + "); take another folder, or make room for this one",
                    e);
        }
    }

    private static FileChannel locked(Path folder, String since) throws IOException {
        Path file = folder.resolve(NAME);
        FileChannel channel = null;
        FileLock lock;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock = channel.tryLock(LOCKED_BYTE, 1, false);
            if (lock != null) {
                String text = "by process " + ProcessHandle.current().pid() + " since " + since;
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                return channel;
            }
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            LOG.warn("{}: no lock, so take care that one run at a time uses the folder: {}", folder, e.toString());
            close(channel);
            return null;
        }
        close(channel);
        String holder = Files.readString(file);
        throw inUse(folder, holder.isBlank() ? "by another process" : holder);
    }

    private static void close(FileChannel channel) throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    private static IOException inUse(Path folder, String holder) {
        return new IOException(
                folder + ": in use " + holder
                        + "; a folder of checkpoints is for one run at a time: wait for its end, stop it, or take another folder");
    }

    /** Gives the folder back. */
    @Override
    public void close() throws IOException {
        synchronized (OWN) {
            OWN.remove(folder);
            close(channel);
        }
    }
}
