package dev.ravine.nn.layers;

import dev.ravine.core.Window;

/** What the pooling layers check alike. */
final class Pools {
    private Pools() {}

    /** With more padding than half of a window, some windows could see nothing of the image. */
    static Window checked(String layer, Window window) {
        require(layer, "height", window.height());
        require(layer, "width", window.width());
        return window;
    }

    private static void require(String layer, String which, Window.Axis axis) {
        if (2 * Math.max(axis.before(), axis.after()) > axis.size()) {
            throw new IllegalArgumentException(layer + ": the padding along the " + which
                    + " must be at most half of the window, found " + axis.before() + " and " + axis.after()
                    + " with a window of " + axis.size());
        }
    }
}
