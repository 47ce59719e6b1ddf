package dev.ravine.onednn;

import dev.ravine.core.Elements;
import dev.ravine.core.NativeRuntime;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The library, its one engine, and its threads: one, which is the caller. */
final class OneDnn {
    private static final class Library {
        static final engine ENGINE = new engine(engine.kind.cpu, 0);
        static final stream STREAM = new stream(ENGINE);
    }

    /**
     * OpenMP counts the threads of a region by the thread that enters it, so each one says once that it is alone. A
     * primitive also divides its work among as many threads as the one has that makes it.
     */
    private static final ThreadLocal<Boolean> ALONE = ThreadLocal.withInitial(() -> {
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
        return true;
    });

    private OneDnn() {}

    /**
     * Loads the library if that has not happened yet.
     *
     * @throws IllegalStateException if there is none for this platform on the class path
     */
    static void load() {
        NativeRuntime.load();
        try {
            engine();
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "oneDNN's native library cannot be loaded: " + e.getMessage() + "; put org.bytedeco:dnnl with the"
                            + " classifier of this platform on the class path, or set -Dravine.kernels=own",
                    e);
        }
    }

    static String version() {
        dnnl_version_t version = dnnl.dnnl_version();
        return version.major() + "." + version.minor() + "." + version.patch();
    }

    static engine engine() {
        ALONE.get();
        return Library.ENGINE;
    }

    /** The stream of all kernels; a kernel is done when its call returns. */
    static stream stream() {
        ALONE.get();
        return Library.STREAM;
    }

    /** An array's memory as oneDNN sees it; it keeps the array, which nobody else may know. */
    static memory memory(memory.desc layout, INDArray array) {
        return new Kept(layout, (Elements.Floats) Elements.of(array));
    }

    /** Memory of an array. */
    private static final class Kept extends memory {
        @SuppressWarnings("unused") // Keeps the array from being collected.
        private final Elements.Floats numbers;

        Kept(memory.desc layout, Elements.Floats numbers) {
            super(layout, engine(), numbers.pointer());
            this.numbers = numbers;
        }
    }

    /** New memory, as long as it is reachable. */
    static memory allocate(memory.desc layout) {
        FloatPointer numbers = new FloatPointer(Math.max(1, layout.get_size() / Float.BYTES));
        return new Owned(layout, numbers);
    }

    /** Memory of its own. */
    private static final class Owned extends memory {
        @SuppressWarnings("unused") // Keeps the numbers from being collected.
        private final FloatPointer numbers;

        Owned(memory.desc layout, FloatPointer numbers) {
            super(layout, engine(), numbers);
            this.numbers = numbers;
        }

        @Override
        public void close() {
            super.close();
            numbers.close();
        }
    }
}
