package dev.ravine.spark;

import dev.ravine.autodiff.Program;
import dev.ravine.core.kernels.KernelSets;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Module;
import dev.ravine.optim.shards.ThreadedShards;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Which Ravine runs in a process: a checksum of all classes of each module, and the kernels. Numbers are equal only
 * where the code is.
 *
 * @param modules checksums by module, and the name of the kernel set
 */
record BuildId(Map<String, String> modules) implements Serializable {
    /** A class of each module. */
    private static final Map<String, Class<?>> WITNESSES = new TreeMap<>(Map.of(
            "core", Vectors.class,
            "autodiff", Program.class,
            "nn", Module.class,
            "optim", ThreadedShards.class,
            "spark", SparkObjective.class));

    /** Computed once in a process. */
    private static final class Here {
        private static final BuildId ID = ofThisProcess();
    }

    /** Of this process. */
    static BuildId here() {
        return Here.ID;
    }

    private static BuildId ofThisProcess() {
        Map<String, String> sums = new LinkedHashMap<>();
        WITNESSES.forEach((module, witness) -> sums.put("ravine-" + module, checksum(module, witness)));
        sums.put("the kernel set", KernelSets.name());
        return new BuildId(sums);
    }

    private static String checksum(String module, Class<?> witness) {
        String folder = "dev/ravine/" + module;
        try {
            Path place = Path.of(
                    witness.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isDirectory(place)) {
                return checksum(place, folder);
            }
            try (FileSystem jar = FileSystems.newFileSystem(place)) {
                return checksum(jar.getPath("/"), folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the classes of ravine-" + module + " cannot be read", e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of ravine-" + module + " is no path", e);
        }
    }

    /** The same for a folder as for a jar of its files. */
    private static String checksum(Path root, String folder) throws IOException {
        Map<String, Path> classes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root.resolve(folder))) {
            files.filter(file -> file.toString().endsWith(".class"))
                    .forEach(
                            file -> classes.put(root.relativize(file).toString().replace('\\', '/'), file));
        }
        CRC32C crc = new CRC32C();
        for (Map.Entry<String, Path> one : classes.entrySet()) {
            crc.update(one.getKey().getBytes(StandardCharsets.UTF_8));
            crc.update(Files.readAllBytes(one.getValue()));
        }
        return Long.toHexString(crc.getValue());
    }

    /** Refuses an executor with another build. */
    void requireSame(BuildId executor) {
        modules.forEach((module, sum) -> {
            if (!sum.equals(executor.modules.get(module))) {
                throw new IllegalStateException(module + " differs: the executor has "
                        + executor.modules.get(module) + ", expected " + sum
                        + ", as on the driver; give executors the driver's jars, with spark-submit --jars, and"
                        + " remove others from spark.executor.extraClassPath");
            }
        });
    }
}
