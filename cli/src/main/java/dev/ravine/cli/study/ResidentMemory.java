package dev.ravine.cli.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The memory that the operating system has given this process, including the native memory of arrays. */
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ResidentMemory() {}

    /** The bytes after a garbage collection; empty on systems other than Linux. */
    static OptionalLong now() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return OptionalLong.empty();
        }
        System.gc();
        List<String> lines = Files.readAllLines(STATUS);
        return lines.stream()
                .filter(l -> l.startsWith("VmRSS:"))
                .mapToLong(l -> 1024 * Long.parseLong(l.replaceAll("[^0-9]", "")))
                .findFirst();
    }
}
