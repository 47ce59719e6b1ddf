package dev.ravine.cli.runs;

import dev.ravine.cli.report.Listing;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder of all runs. Each run has a folder of its own in it, named after the time of its beginning. The link
 * {@code latest} leads to the run that ended last, and {@code index.html} lists all.
 *
 * @param root the folder; made when it is needed
 */
public record RunFolders(Path root) {
    /** The name of the link to the run that ended last. */
    public static final String LATEST = "latest";

    private static final DateTimeFormatter DATED = DateTimeFormatter.ofPattern("uuuu-MM-dd-HHmm", Locale.ROOT);
    private static final String NAME = "[^a-z0-9]+";

    /**
     * Makes an empty folder for a run that begins.
     *
     * @param label what it does, such as {@code compare-classify}; anything but letters and digits becomes a hyphen
     * @param begin when it begins
     * @return a folder that did not exist before
     * @throws IOException if none can be made
     */
    public Path create(String label, LocalDateTime begin) throws IOException {
        Files.createDirectories(root);
        String name = DATED.format(begin) + "-" + label.toLowerCase(Locale.ROOT).replaceAll(NAME, "-");
        for (int number = 1; ; number++) {
            Path folder = root.resolve(number == 1 ? name : name + "-" + number);
            // Another run may have begun in the same minute.
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                try {
                    return Files.createDirectory(folder);
                } catch (FileAlreadyExistsException e) {
                    System.getLogger(RunFolders.class.getName())
                            .log(System.Logger.Level.DEBUG, "another process took it", e);
                }
            }
        }
    }

    /**
     * {@return whether a folder is that of a run here}
     *
     * @param folder any
     */
    public boolean holds(Path folder) {
        return root.toAbsolutePath()
                .normalize()
                .equals(folder.toAbsolutePath().normalize().getParent());
    }

    /**
     * Leads the link to a run and lists it.
     *
     * @param run a folder here whose report is written
     * @return why there is no link, if the file system has none
     * @throws IOException if the page cannot be written
     */
    public Optional<String> finish(Path run) throws IOException {
        writeIndex();
        Path link = root.resolve(LATEST);
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
            return Optional.of(link + " is not a link; move it, so that it can lead to the latest run");
        }
        Path fresh = root.resolve("." + run.getFileName() + ".link");
        try {
            Files.deleteIfExists(fresh);
            Files.createSymbolicLink(fresh, run.getFileName());
            Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return Optional.empty();
        } catch (UnsupportedOperationException | FileSystemException e) {
            return Optional.of("this file system has no links, so " + link + " was not made");
        }
    }

    /**
     * {@return all runs, the newest first}
     *
     * @throws IOException if a folder or a report cannot be read
     */
    public List<SavedRun> all() throws IOException {
        List<SavedRun> runs = new ArrayList<>();
        if (!Files.isDirectory(root)) {
            return runs;
        }
        List<Path> folders;
        try (Stream<Path> inside = Files.list(root)) {
            folders = inside.filter(f -> Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS))
                    .sorted(Comparator.comparing((Path f) -> f.getFileName().toString())
                            .reversed())
                    .toList();
        }
        for (Path folder : folders) {
            runs.add(SavedRun.of(folder));
        }
        return runs;
    }

    /**
     * {@return the run that a name means}
     *
     * @param name of its folder here or a part that no other has, {@code latest}, or a path
     * @throws IOException if there is none, or several
     */
    public SavedRun find(String name) throws IOException {
        if (name.equals(LATEST) && Files.exists(root.resolve(LATEST))) {
            return SavedRun.of(root.resolve(root.resolve(LATEST).toRealPath().getFileName()));
        }
        List<SavedRun> all = all();
        List<SavedRun> meant =
                all.stream().filter(run -> run.name().equals(name)).toList();
        if (meant.isEmpty() && Files.isDirectory(Path.of(name))) {
            return SavedRun.of(Path.of(name));
        }
        if (meant.isEmpty() && !name.isBlank()) {
            meant = all.stream().filter(run -> run.name().contains(name)).toList();
        }
        if (meant.size() == 1) {
            return meant.get(0);
        }
        if (meant.isEmpty()) {
            throw new NoSuchFileException(
                    root.resolve(name).toString(),
                    null,
                    "there is no such run; "
                            + (all.isEmpty() ? "there is none at all yet" : "./ravine runs lists all"));
        }
        throw new IOException("'" + name + "' could be "
                + meant.stream().map(SavedRun::name).collect(Collectors.joining(" or "))
                + "; write more of the name");
    }

    /**
     * Deletes a run with all its files, and leads the link to the newest one that is left and finished.
     *
     * @param run of this folder
     * @throws IOException if a file cannot be deleted, or the run is not here
     */
    public void delete(SavedRun run) throws IOException {
        if (!holds(run.folder())) {
            throw new IOException(run.folder() + " is not a run in " + root + ", so it is not deleted");
        }
        Path link = root.resolve(LATEST);
        boolean wasLatest = Files.exists(link) && Files.isSameFile(link, run.folder());
        Files.walkFileTree(run.folder(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
        writeIndex();
        if (wasLatest) {
            Files.delete(link);
            Optional<SavedRun> next =
                    all().stream().filter(r -> r.summary().isPresent()).findFirst();
            if (next.isPresent()) {
                finish(next.get().folder());
            }
        }
    }

    private void writeIndex() throws IOException {
        List<Listing.Entry> entries = all().stream()
                .filter(run -> run.summary().isPresent())
                .map(run -> {
                    SavedRun.Summary head = run.summary().get();
                    return new Listing.Entry(
                            run.name() + "/" + run.page().getFileName(),
                            run.name(),
                            head.title(),
                            head.sentence(),
                            head.command(),
                            head.time());
                })
                .toList();
        Listing.write(root.resolve("index.html"), "Runs", entries);
    }
}
