package dev.ravine.nn.layers;

import dev.ravine.core.Window;
import dev.ravine.nn.Fans;

/** What the layers of convolution check and count alike. */
final class Convolutions {
    private Convolutions() {}

    /** Each output sums over the window and its group's inputs; each input reaches as many windows and outputs. */
    static Fans fans(String layer, Window window, ConvolutionBuilder<?> settings) {
        requireChannels(layer, settings);
        return new Fans(
                window.count() * settings.inputs / settings.groups,
                window.count() * settings.outputs / settings.groups);
    }

    /** Each output sums over the places of the window that its own place meets, one in stride of them. */
    static Fans transposedFans(String layer, Window window, ConvolutionBuilder<?> settings) {
        requireChannels(layer, settings);
        return new Fans(
                met(window.height()) * met(window.width()) * settings.inputs / settings.groups,
                window.count() * settings.outputs / settings.groups);
    }

    private static void requireChannels(String layer, ConvolutionBuilder<?> settings) {
        long inputs = settings.inputs;
        long outputs = settings.outputs;
        long groups = settings.groups;
        if (inputs < 1 || outputs < 1 || groups < 1 || inputs % groups != 0 || outputs % groups != 0) {
            throw new IllegalArgumentException(layer + ": the number of groups must divide inputs and outputs, all at"
                    + " least 1, found " + inputs + " inputs, " + outputs + " outputs and " + groups + " groups");
        }
    }

    private static long met(Window.Axis axis) {
        return (axis.size() + axis.stride() - 1) / axis.stride();
    }
}
