package dev.ravine.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at the resident memory of the driver and of all executors once a second, where Linux tells it. */
final class ResidentMemory implements AutoCloseable {
    private static final int KILOBYTES = 1024;

    private final SparkHome cluster;
    private final Map<String, List<Long>> samples = new LinkedHashMap<>();
    private final Thread thread = new Thread(this::look, "resident memory");
    private volatile boolean isOver;

    /**
     * The largest samples of a process.
     *
     * @param first from a sixth of the time to the middle, in megabytes
     * @param second from the middle to the end
     */
    record Halves(long first, long second) {
        @Override
        public String toString() {
            return "at most " + first + " MB in the first half, " + second + " MB in the second half";
        }
    }

    ResidentMemory(SparkHome cluster) {
        this.cluster = cluster;
        thread.start();
    }

    private void look() {
        try {
            while (!isOver) {
                sample("driver", ProcessHandle.current().pid());
                for (ProcessHandle executor : cluster.executors()) {
                    sample("executor process " + executor.pid(), executor.pid());
                }
                Thread.sleep(1000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void sample(String process, long pid) {
        try {
            Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .forEach(kilobytes -> samples.computeIfAbsent(process, k -> new ArrayList<>())
                            .add(kilobytes / KILOBYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the halves of each process's time} */
    synchronized Map<String, Halves> halves() {
        Map<String, Halves> all = new LinkedHashMap<>();
        samples.forEach((process, sizes) -> {
            int half = sizes.size() / 2;
            all.put(
                    process,
                    new Halves(
                            largest(sizes.subList(sizes.size() / 6, half)),
                            largest(sizes.subList(half, sizes.size()))));
        });
        return all;
    }

    private static long largest(List<Long> sizes) {
        return sizes.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    @Override
    public void close() {
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
