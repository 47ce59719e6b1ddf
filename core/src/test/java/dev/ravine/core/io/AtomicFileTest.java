package dev.ravine.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    private static final byte[] TEXT = "new".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    @Test
    void filesAreMadeAndReplaced() throws IOException {
        Path file = folder.resolve("file");
        AtomicFile.write(file, out -> out.write(new byte[100_000]));
        assertThat(file).hasSize(100_000);
        AtomicFile.write(file, out -> {
            try (out) {
                out.write(TEXT);
            }
        });
        assertThat(file).hasContent("new");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void theOldContentIsThereUntilTheNewOneIsWhole() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        AtomicFile.write(file, out -> {
            out.write(TEXT);
            out.flush();
            assertThat(file).hasContent("old");
        });
        assertThat(file).hasContent("new");
    }

    @Test
    void failuresLeaveTheTargetAndNothingElse() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        Path other = folder.resolve("other");
        for (Throwable failure : new Throwable[] {
            new IOException("disk full"), new IllegalStateException("bug"), new OutOfMemoryError("memory")
        }) {
            for (Path target : List.of(file, other)) {
                assertThatThrownBy(() -> AtomicFile.write(target, out -> {
                            out.write(new byte[1 << 20]);
                            out.flush();
                            raise(failure);
                        }))
                        .isSameAs(failure);
            }
            assertThat(file).hasContent("old");
            assertThat(names()).containsExactly("file");
        }
    }

    private static void raise(Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        throw (Error) failure;
    }

    @Test
    void interruptedWritersLeaveTheTargetToo() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        try {
            assertThatIOException()
                    .isThrownBy(() -> AtomicFile.write(file, out -> {
                        Thread.currentThread().interrupt();
                        out.write(TEXT);
                    }));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void linksStayLinks() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        AtomicFile.write(link, out -> out.write(TEXT));
        assertThat(link).isSymbolicLink().hasContent("new");
        assertThat(file).hasContent("new");
    }

    @Test
    void placesThatCannotBeWrittenAreNamed() throws IOException {
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("none/file"), out -> out.write(TEXT)))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContainingAll("file", "there is no folder " + folder.resolve("none"), "make the folder");
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertThatThrownBy(() -> AtomicFile.write(file.resolve("inner"), out -> out.write(TEXT)))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessageContaining(file + " is a file and not a folder");
        assertThatThrownBy(() -> AtomicFile.write(folder, out -> out.write(TEXT)))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("is a folder");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void foldersThatRefuseNewFilesAreNamed() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        assumeFalse(!closed.toFile().setWritable(false) || Files.isWritable(closed), "this user may write anywhere");
        try {
            assertThatThrownBy(() -> AtomicFile.write(closed.resolve("file"), out -> out.write(TEXT)))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContainingAll("cannot make a file in " + closed, "AccessDenied", "allow writing");
        } finally {
            assertThat(closed.toFile().setWritable(true)).isTrue();
        }
    }

    @Test
    void whatKilledWritersLeaveIsDeleted() throws IOException {
        Files.write(folder.resolve(".ravine-0123456789abcdef.tmp"), TEXT);
        Files.write(folder.resolve(".ravine-notes.tmp"), TEXT);
        AtomicFile.deleteLeftovers(folder);
        assertThat(names()).containsExactly(".ravine-notes.tmp");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
