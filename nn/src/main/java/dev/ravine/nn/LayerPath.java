package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import java.util.Optional;
import java.util.function.Supplier;

/** The path of the layer whose graph is being built in this thread. */
final class LayerPath {
    private static final ThreadLocal<String> CURRENT = new ThreadLocal<>();
    private static final ThreadLocal<Observer> OBSERVER = new ThreadLocal<>();

    private LayerPath() {}

    /** Hears of each layer when its graph is built. */
    @FunctionalInterface
    interface Observer {
        /** A layer, its path without the outermost name, and its output. */
        void built(Object layer, String path, Tensor output);
    }

    /** Builds a graph one layer further down. */
    static Tensor during(Object layer, String label, Supplier<Tensor> build) {
        String outer = CURRENT.get();
        CURRENT.set(outer == null ? label : outer + "." + label);
        try {
            Tensor output = build.get();
            if (OBSERVER.get() != null) {
                String path = CURRENT.get();
                String inside = path.substring(outer == null ? path.length() : path.indexOf('.') + 1);
                OBSERVER.get().built(layer, inside, output);
            }
            return output;
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    /** Builds a graph and tells an observer of its layers. */
    static Tensor observed(Observer observer, Supplier<Tensor> build) {
        OBSERVER.set(observer);
        try {
            return build.get();
        } finally {
            OBSERVER.remove();
        }
    }

    /** The path, or empty if no graph is being built. */
    static Optional<String> current() {
        return Optional.ofNullable(CURRENT.get());
    }
}
