package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import java.util.Optional;
import java.util.function.Supplier;

/** The path of the layer whose graph is being built in this thread. */
final class LayerPath {
    private static final ThreadLocal<String> CURRENT = new ThreadLocal<>();
    private static final ThreadLocal<Observer> OBSERVER = new ThreadLocal<>();

    private LayerPath() {}

    /** Hears of each layer before and after its graph is built. */
    interface Observer {
        /** A layer begins with an input. */
        void begun(Tensor input);

        /** The layer that began last ends: with its path without the outermost name, and its output. */
        void built(Object layer, String path, Tensor output);
    }

    /** Builds a graph one layer further down. */
    static Tensor during(Object layer, String label, Tensor input, Supplier<Tensor> build) {
        String outer = CURRENT.get();
        CURRENT.set(outer == null ? label : outer + "." + label);
        try {
            Observer observer = OBSERVER.get();
            if (observer != null) {
                observer.begun(input);
            }
            Tensor output = build.get();
            if (observer != null) {
                String path = CURRENT.get();
                String inside = path.substring(outer == null ? path.length() : path.indexOf('.') + 1);
                observer.built(layer, inside, output);
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
