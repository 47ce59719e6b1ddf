package dev.ravine.optim.training;

import dev.ravine.core.io.AtomicFile;
import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of checkpoints, named by the step after which they were taken. A new one is written whole before an old one
 * is deleted, so the last good one is always there. An unfinished file of a killed run is deleted too, so one run at
 * a time uses a folder: a {@link Trainer} locks it while it trains. Other files are left alone. An interrupt of the
 * thread waits until a file is written or read.
 */
public final class CheckpointFolder {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);
    private static final Pattern NAME = Pattern.compile("step-(\\d{9,18})\\.safetensors");

    private final Path folder;
    private final int keep;
    /** Null for none. */
    private final CheckpointMirror mirror;

    /**
     * A folder, which is made when the first checkpoint is written.
     *
     * @param folder where checkpoints are
     * @param keep how many of the latest to keep, at least 1
     * @throws IllegalArgumentException if none would be kept
     */
    public CheckpointFolder(Path folder, int keep) {
        this(folder, keep, null);
    }

    /**
     * A folder whose files are copied to another place as well. A run that finds no checkpoint of a step here goes on
     * from the copy.
     *
     * @param folder where checkpoints are
     * @param keep how many of the latest to keep in either place, at least 1
     * @param mirror the other place; null for none
     * @throws IllegalArgumentException if none would be kept
     */
    public CheckpointFolder(Path folder, int keep, CheckpointMirror mirror) {
        if (keep < 1) {
            throw new IllegalArgumentException("at least one checkpoint must be kept, found " + keep);
        }
        this.folder = folder;
        this.keep = keep;
        this.mirror = mirror;
    }

    /**
     * Writes a checkpoint and deletes those before it that are too old, if it can. Those of later steps stay: a run
     * that goes on from an earlier step has passed over them because they are damaged, and replaces them when it gets
     * there.
     *
     * @param checkpoint what to write
     * @return its file
     * @throws IOException if writing or copying fails, as on a full disk; all older checkpoints are still there then
     */
    public Path write(Checkpoint checkpoint) throws IOException {
        Path file = folder.resolve(String.format(
                Locale.ROOT, "step-%09d.safetensors", checkpoint.state().steps()));
        try {
            Files.createDirectories(folder);
            Uninterrupted.call(() -> {
                checkpoint.write(file);
                return file;
            });
        } catch (IOException e) {
            throw new IOException(
                    file + ": cannot save the checkpoint (" + e.getClass().getSimpleName() + ": " + e.getMessage()
                            + "); earlier ones are as they were: make room or allow writing, then go on from there",
                    e);
        }
        if (mirror != null) {
            copy(file);
        }
        deleteOlderThan(file);
        return file;
    }

    private void copy(Path file) throws IOException {
        try {
            mirror.put(file);
        } catch (IOException e) {
            throw new IOException(
                    file + ": saved, but it cannot be copied to " + mirror + " (" + e
                            + "); make room or allow writing there, then go on from here",
                    e);
        }
        List<String> copies = copies();
        try {
            for (String old : tooOld(copies, file.getFileName().toString())) {
                mirror.delete(old);
            }
        } catch (IOException e) {
            LOG.warn("{} is copied to {}, but what is older there cannot be deleted: {}", file, mirror, e.toString());
        }
    }

    /** Checkpoints of the mirror, the oldest first. */
    private List<String> copies() throws IOException {
        return mirror.names().stream()
                .filter(name -> step(name) >= 0)
                .sorted(Comparator.comparingLong(CheckpointFolder::step))
                .toList();
    }

    /** What comes before the latest ones up to one of them. */
    private <T> List<T> tooOld(List<T> inOrder, T newest) {
        int end = inOrder.indexOf(newest) + 1;
        return inOrder.subList(0, Math.max(0, end - keep));
    }

    /** Brings here what only the mirror has. */
    private void fetch() throws IOException {
        List<String> copies = copies();
        Files.createDirectories(folder);
        for (String name : copies.subList(Math.max(0, copies.size() - keep), copies.size())) {
            Path file = folder.resolve(name);
            if (!Files.exists(file)) {
                Path part = Files.createTempFile(folder, "fetched", ".tmp");
                try {
                    mirror.get(name, part);
                    Files.move(part, file);
                } finally {
                    Files.deleteIfExists(part);
                }
            }
        }
    }

    /** What cannot be deleted stays: the new checkpoint is saved, so the run need not end. */
    private void deleteOlderThan(Path file) {
        try {
            tooOld(files(), file).forEach(CheckpointFolder::delete);
            AtomicFile.deleteLeftovers(folder);
        } catch (IOException e) {
            LOG.warn("{} is saved, but what is older cannot be deleted: {}", file, e.toString());
        }
    }

    private static void delete(Path old) {
        try {
            Files.deleteIfExists(old);
        } catch (IOException e) {
            LOG.warn("an old checkpoint cannot be deleted and stays: {}", e.toString());
        }
    }

    /** Keeps other runs out until the lock is closed. */
    FolderLock lock() throws IOException {
        return FolderLock.of(folder);
    }

    /**
     * The latest checkpoint that can be read; damaged ones are passed over with a warning in the log.
     *
     * @return empty if there are none
     * @throws MalformedFileException if there are some and all are damaged, or if the latest one is of a later format:
     *     to begin anew is for the user to decide
     * @throws IOException if the folder or its mirror cannot be read
     */
    public Optional<Checkpoint> latest() throws IOException {
        if (mirror != null) {
            fetch();
        }
        List<Path> files = files();
        MalformedFileException last = null;
        for (int i = files.size() - 1; i >= 0; i--) {
            try {
                Path file = files.get(i);
                return Optional.of(Uninterrupted.call(() -> Checkpoint.read(file)));
            } catch (LaterFormatException e) {
                throw e;
            } catch (MalformedFileException e) {
                LOG.warn("passing over a damaged checkpoint: {}", e.getMessage());
                last = e;
            }
        }
        if (last != null) {
            throw new MalformedFileException(
                    folder + ": all of " + files.size() + " checkpoints are damaged; move them away to begin anew;"
                            + " the oldest: " + last.getMessage(),
                    last);
        }
        return Optional.empty();
    }

    /**
     * The files, the oldest first.
     *
     * @return paths of all that are named like checkpoints; none if there is no folder
     * @throws IOException if the folder cannot be read
     */
    public List<Path> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> step(f) >= 0 && Files.isRegularFile(f))
                    .sorted(Comparator.comparingLong(CheckpointFolder::step))
                    .toList();
        }
    }

    /** Negative if it is not named like a checkpoint. */
    private static long step(Path file) {
        return step(file.getFileName().toString());
    }

    private static long step(String file) {
        Matcher name = NAME.matcher(file);
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }

    @Override
    public String toString() {
        return "CheckpointFolder[" + folder + ", keeps " + keep
                + (mirror == null ? "]" : ", copies to " + mirror + "]");
    }
}
