package dev.ravine.benchmarks;

import dev.ravine.core.kernels.KernelSets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A subject with the environment of its process. What threads and the allocator do is decided by the environment before
 * libraries are loaded.
 *
 * @param column what it stands for in tables; the fastest contender of a column counts
 * @param kind of the subject
 * @param setting the environment in words
 * @param environment what is set
 * @param options of its Java virtual machine
 */
record Contender(String column, String kind, String setting, Map<String, String> environment, List<String> options) {
    private static final Path JEMALLOC = Path.of("/usr/lib/x86_64-linux-gnu/libjemalloc.so.2");

    /** Threads that wait without spinning, which is the best setting for two pools on the same cores. */
    private static final Map<String, String> PASSIVE =
            Map.of("OMP_WAIT_POLICY", "PASSIVE", "OPENBLAS_THREAD_TIMEOUT", "4");

    /** The C library does not give memory back, so that its pages are not cleared and mapped anew at each call. */
    private static final Map<String, String> KEEPS_MEMORY =
            Map.of("MALLOC_TRIM_THRESHOLD_", "-1", "MALLOC_MMAP_MAX_", "0", "MALLOC_TOP_PAD_", "268435456");

    private Contender(String column, String kind, String setting, Map<String, String> environment) {
        this(column, kind, setting, environment, List.of());
    }

    /** Ravine with each of its kernel sets. */
    static List<Contender> ours(String kind) {
        return List.of(ours(kind, "own"), ours(kind, "onednn"));
    }

    private static Contender ours(String kind, String kernels) {
        String option = "-D" + KernelSets.PROPERTY + "=" + kernels;
        return new Contender("ours", kind, kernels + " kernels", Map.of(), List.of(option));
    }

    /** Matrix products alone, on rows divided among Java threads and on BLAS's own threads. */
    static List<Contender> floors() {
        return List.of(
                new Contender("floor", "floor", "rows on Java threads", Map.of()),
                new Contender("floor", "floor-blas-threads", "BLAS threads", PASSIVE));
    }

    /**
     * A peer with each of two threadings and of two or three allocators: glibc as it comes, glibc that keeps memory,
     * and jemalloc where Debian's package {@code libjemalloc2} is installed.
     */
    static List<Contender> peer(String column, String kind) {
        Map<String, Map<String, String>> allocators = new LinkedHashMap<>();
        allocators.put("as it comes", Map.of());
        allocators.put("keeps memory", KEEPS_MEMORY);
        if (Files.exists(JEMALLOC)) {
            allocators.put("jemalloc", Map.of("LD_PRELOAD", JEMALLOC.toString()));
        }
        List<Contender> all = new ArrayList<>();
        allocators.forEach((name, allocator) -> {
            all.add(new Contender(column, kind, name, allocator));
            Map<String, String> both = new LinkedHashMap<>(PASSIVE);
            both.putAll(allocator);
            all.add(new Contender(column, kind, "passive, " + name, both));
        });
        return all;
    }

    /** PyTorch, for images with channels last and with channels first in memory. */
    static List<Contender> pytorch(String kind, Net net) {
        List<Contender> all = peer("pytorch", kind);
        if (net.hasImages()) {
            for (Contender last : List.copyOf(all)) {
                Map<String, String> first = new LinkedHashMap<>(last.environment);
                first.put(PyTorchNet.CHANNELS_FIRST, "1");
                all.add(new Contender("pytorch", kind, last.setting + ", channels first", first));
            }
        }
        return all;
    }

    ChildSubject open(Net net) {
        return new ChildSubject(kind, net, environment, options.toArray(String[]::new));
    }

    @Override
    public String toString() {
        return kind + ", " + setting;
    }
}
