package dev.ravine.benchmarks;

import dev.ravine.core.NativeRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where figures were taken. */
final class Machine {
    private Machine() {}

    /** Processor, Java, OpenBLAS kernels, and what is set in the environment that changes threads or kernels. */
    static String describe() {
        return NativeRuntime.processor().orElse("unknown processor") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, Java " + Runtime.version()
                + ", environment " + NativeRuntime.environment();
    }

    /** The memory of this process that is in RAM now, in bytes. */
    static long residentMemory() {
        return status("VmRSS");
    }

    /** The largest it has been. */
    static long peakResidentMemory() {
        return status("VmHWM");
    }

    private static long status(String field) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(field + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the kernel does not tell " + field));
        } catch (IOException e) {
            throw new UncheckedIOException("resident memory is read from /proc/self/status, which only Linux has", e);
        }
    }
}
