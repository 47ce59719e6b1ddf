package dev.ravine.nn.layers;

import dev.ravine.core.Window;
import dev.ravine.nn.Fans;

/** What the layers of convolution check and count alike. */
final class Convolutions {
    private Convolutions() {}

    static void requireChannels(String layer, long inputs, long outputs, long groups) {
        if (inputs < 1 || outputs < 1 || groups < 1 || inputs % groups != 0 || outputs % groups != 0) {
            throw new IllegalArgumentException(layer + ": the number of groups must divide inputs and outputs, all at"
                    + " least 1, found " + inputs + " inputs, " + outputs + " outputs and " + groups + " groups");
        }
    }

    /** Each output sums over the window and its group's inputs; each input reaches as many windows and outputs. */
    static Fans fans(Window window, long inputs, long outputs, long groups) {
        return new Fans(window.count() * inputs / groups, window.count() * outputs / groups);
    }

    /** Each output sums over the places of the window that its own place meets, one in stride of them. */
    static Fans transposedFans(Window window, long inputs, long outputs, long groups) {
        return new Fans(
                met(window.height()) * met(window.width()) * inputs / groups, window.count() * outputs / groups);
    }

    private static long met(Window.Axis axis) {
        return (axis.size() + axis.stride() - 1) / axis.stride();
    }
}
