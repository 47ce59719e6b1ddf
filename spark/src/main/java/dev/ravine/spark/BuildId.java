package dev.ravine.spark;

import dev.ravine.autodiff.Program;
import dev.ravine.core.kernels.KernelSets;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Module;
import dev.ravine.optim.shards.ThreadedShards;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Which Ravine runs in a process: a checksum of one class of each module, and the kernels. Numbers are equal only where the code is.
 *
 * @param modules checksums by module, and the name of the kernel set
 */
record BuildId(Map<String, String> modules) implements Serializable {
    private static final List<Class<?>> WITNESSES =
            List.of(Vectors.class, Program.class, Module.class, ThreadedShards.class, Engine.class);
    private static final List<String> NAMES =
            List.of("ravine-core", "ravine-autodiff", "ravine-nn", "ravine-optim", "ravine-spark");

    /** Of this process. */
    static BuildId here() {
        Map<String, String> sums = new LinkedHashMap<>();
        for (int i = 0; i < NAMES.size(); i++) {
            sums.put(NAMES.get(i), checksum(WITNESSES.get(i)));
        }
        sums.put("the kernel set", KernelSets.name());
        return new BuildId(sums);
    }

    private static String checksum(Class<?> witness) {
        String file = "/" + witness.getName().replace('.', '/') + ".class";
        try (InputStream in = witness.getResourceAsStream(file)) {
            CRC32C crc = new CRC32C();
            crc.update(in.readAllBytes());
            return Long.toHexString(crc.getValue());
        } catch (IOException e) {
            throw new UncheckedIOException("the class file " + file + " cannot be read", e);
        }
    }

    /** Refuses an executor with another build. */
    void requireSame(BuildId executor) {
        modules.forEach((module, sum) -> {
            if (!sum.equals(executor.modules.get(module))) {
                throw new IllegalStateException(
                        module + " differs: the executor has "
                                + executor.modules.get(module) + ", expected " + sum
                                + ", as on the driver; give executors the"
                                + " driver's jars, with spark-submit --jars, and remove others from spark.executor.extraClassPath");
            }
        });
    }
}
