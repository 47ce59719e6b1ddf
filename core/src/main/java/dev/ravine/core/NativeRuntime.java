package dev.ravine.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the native libraries once and sets them up: one thread a kernel, since two native pools that spin on the same
 * cores slow each other down several times; parallel work is done by {@link Workers} instead. Then multiplies two small
 * matrices and compares with a plain loop, because some builds of OpenBLAS compute wrong products on newer processors.
 */
public final class NativeRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(NativeRuntime.class);

    static {
        load(DataType.FLOAT);
    }

    private NativeRuntime() {}

    /**
     * Makes sure that the libraries are loaded and checked; cheap after the first call.
     *
     * @throws IllegalStateException (inside an ExceptionInInitializerError) if the product's self-test fails
     */
    public static void load() {
        // The static initializer has run.
    }

    /**
     * The versions of the native libraries.
     *
     * @return by name
     */
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

    private static void load(DataType first) {
        long start = System.nanoTime();
        Nd4j.create(first, 1);
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
        Nd4jCpu.Environment.getInstance().setMaxThreads(1);
        openblas.blas_set_num_threads(1);
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            checkProduct(dtype);
        }
        LOG.debug("native libraries ready after {} ms", (System.nanoTime() - start) / 1_000_000);
    }

    /** One product of 67 x 45 by 45 x 71: odd sizes reach the edge cases of blocked kernels. */
    private static void checkProduct(DType dtype) {
        int m = 67;
        int k = 45;
        int n = 71;
        double[] a = new double[m * k];
        double[] b = new double[k * n];
        Rng rng = new Rng(1);
        for (int i = 0; i < a.length; i++) {
            a[i] = (float) rng.nextDouble(-1, 1);
        }
        for (int i = 0; i < b.length; i++) {
            b[i] = (float) rng.nextDouble(-1, 1);
        }
        INDArray product = plain(dtype, Shape.of(m, n), new double[m * n]);
        new Gemm(plain(dtype, Shape.of(m, k), a), false, plain(dtype, Shape.of(k, n), b), false, product, 0).run();
        double tolerance = dtype == DType.FLOAT32 ? 1e-4 : 1e-12;
        Elements computed = Elements.of(product);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double expected = 0;
                for (int l = 0; l < k; l++) {
                    expected += a[i * k + l] * b[l * n + j];
                }
                double found = computed.get(i * n + j);
                if (!(Math.abs(found - expected) <= tolerance)) {
                    throw new IllegalStateException("the native matrix product is wrong on this processor: "
                            + dtype + " element (" + i + ", " + j + ") is " + found + ", expected " + expected
                            + "; set the environment variable OPENBLAS_CORETYPE=Haswell and start again");
                }
            }
        }
    }

    /** Arena's doors call load(), which is running; so arrays are made here directly. */
    private static INDArray plain(DType dtype, Shape shape, double[] values) {
        INDArray array = Nd4j.create(dtype.toNd4j(), shape.toArray());
        Elements out = Elements.of(array);
        for (int i = 0; i < values.length; i++) {
            out.set(i, values[i]);
        }
        return array;
    }
}
