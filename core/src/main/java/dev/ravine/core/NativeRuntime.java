package dev.ravine.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the native libraries once and sets them to one thread per kernel: two native pools that spin on the same cores
 * slow each other down several times. {@link Workers} do the parallel work instead.
 */
public final class NativeRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(NativeRuntime.class);

    static {
        load(DataType.FLOAT);
    }

    private NativeRuntime() {}

    /** Loads the libraries if that has not happened yet. */
    public static void load() {
        // The static initializer has run.
    }

    /** {@return the versions of the native libraries, by name} */
    public static Map<String, String> versions() {
        load();
        Properties nd4j = new Properties();
        try (InputStream in = Nd4j.class.getResourceAsStream("/META-INF/maven/org.nd4j/nd4j-api/pom.properties")) {
            if (in != null) {
                nd4j.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the version of ND4J on the class path", e);
        }
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("ND4J", nd4j.getProperty("version", "unknown"));
        versions.put(
                "OpenBLAS", openblas.OPENBLAS_VERSION.replace("OpenBLAS", "").trim());
        return versions;
    }

    /** {@return the environment variables that change threads or kernels of native libraries, by name} */
    public static SortedMap<String, String> environment() {
        SortedMap<String, String> set = new TreeMap<>(System.getenv());
        set.keySet().removeIf(name -> !name.matches("(OMP|OPENBLAS|GOMP|MKL|ND4J)_.*"));
        return set;
    }

    /** {@return the processor's model name, where the system tells it as Linux does} */
    public static Optional<String> processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void load(DataType first) {
        long start = System.nanoTime();
        Nd4j.create(first, 1);
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
        Nd4jCpu.Environment.getInstance().setMaxThreads(1);
        openblas.blas_set_num_threads(1);
        LOG.debug("native libraries ready after {} ms", (System.nanoTime() - start) / 1_000_000);
    }
}
