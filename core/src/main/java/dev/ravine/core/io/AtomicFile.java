package dev.ravine.core.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes files as a whole or not at all: into a temporary file in the same folder, which is forced to disk and then
 * renamed. A reader of the target finds the old or the new content, never a part of it, even after a crash or a power
 * failure.
 */
public final class AtomicFile {
    private static final String ALL_TEMPORARY = ".ravine-????????????????.tmp";

    private AtomicFile() {}

    /** The content of a file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes all of it.
         *
         * @param out buffered; need not be flushed or closed, but may be
         * @throws IOException if that fails; the target then stays as it was
         */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Creates or replaces a file. If the target is a symbolic link, the file it points to is replaced. If anything
     * fails, the target stays as it was and the temporary file is deleted.
     *
     * <p>The folder's entry is forced to disk too, if the platform can do that.
     *
     * @param target the file
     * @param content its new content
     * @throws NoSuchFileException if the target's folder does not exist
     * @throws NotDirectoryException if the target's parent is a file
     * @throws FileSystemException if the target is a folder, or if the folder does not allow new files
     * @throws IOException if writing fails
     */
    public static void write(Path target, Content content) throws IOException {
        Path file = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        Path folder = file.getParent();
        checkPlace(target, file, folder);
        Path temporary = folder.resolve(String.format(
                Locale.ROOT, ".ravine-%016x.tmp", ThreadLocalRandom.current().nextLong()));
        try {
            writeTo(temporary, target, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (Throwable e) {
            deleteAfter(e, temporary);
            throw e;
        }
        force(folder);
    }

    /**
     * Deletes the temporary files of writers that were killed.
     *
     * @param folder a folder in which nobody is writing
     * @throws IOException if the folder cannot be read, or a file cannot be deleted
     */
    public static void deleteLeftovers(Path folder) throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, ALL_TEMPORARY)) {
            for (Path leftover : leftovers) {
                Files.deleteIfExists(leftover);
            }
        }
    }

    private static void writeTo(Path temporary, Path target, Content content) throws IOException {
        try (FileChannel channel = create(temporary, target)) {
            OutputStream out = new Buffered(Channels.newOutputStream(channel));
            content.writeTo(out);
            out.flush();
            channel.force(true);
        }
    }

    private static void checkPlace(Path target, Path file, Path folder) throws FileSystemException {
        if (folder == null || Files.isDirectory(file)) {
            throw new FileSystemException(target.toString(), null, "is a folder; name the file to write");
        }
        if (!Files.exists(folder)) {
            throw new NoSuchFileException(
                    target.toString(), null, "there is no folder " + folder + " to write it to; make the folder first");
        }
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(target + ": " + folder + " is a file and not a folder");
        }
    }

    /** Keeps the file open for {@link FileChannel#force}, even if the stream is closed. */
    private static final class Buffered extends BufferedOutputStream {
        Buffered(OutputStream out) {
            super(out, 1 << 16);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    private static FileChannel create(Path temporary, Path target) throws IOException {
        try {
            return FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileSystemException e) {
            FileSystemException clear = new FileSystemException(
                    target.toString(),
                    null,
                    "cannot make a file in " + temporary.getParent() + " ("
                            + e.getClass().getSimpleName()
                            + (e.getReason() == null ? "" : ", " + e.getReason())
                            + "); allow writing to the folder, or choose another one");
            clear.initCause(e);
            throw clear;
        }
    }

    private static void deleteAfter(Throwable failure, Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Some platforms cannot open folders, and some file systems cannot force them; the file is in place anyway. */
    private static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            return;
        }
    }
}
