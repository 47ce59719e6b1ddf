package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import java.util.Optional;
import java.util.function.Supplier;

/** The path of the layer whose graph is being built in this thread. */
final class LayerPath {
    private static final ThreadLocal<String> CURRENT = new ThreadLocal<>();

    private LayerPath() {}

    /** Builds a graph one layer further down. */
    static Tensor during(String label, Supplier<Tensor> build) {
        String outer = CURRENT.get();
        CURRENT.set(outer == null ? label : outer + "." + label);
        try {
            return build.get();
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    /** The path, or empty if no graph is being built. */
    static Optional<String> current() {
        return Optional.ofNullable(CURRENT.get());
    }
}
