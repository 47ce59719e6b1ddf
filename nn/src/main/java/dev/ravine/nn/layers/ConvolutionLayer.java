package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.nn.Fans;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;

/** A layer with the weights of a convolution and, unless it was left out, a bias for each output channel. */
abstract class ConvolutionLayer extends Module {
    final long groups;
    final Parameter weight;
    private final Parameter bias;

    /**
     * For subclasses.
     *
     * @param settings which {@link Convolutions} has checked
     * @param fans of the weights
     * @param sizes of the weights
     */
    ConvolutionLayer(ConvolutionBuilder<?> settings, Fans fans, long... sizes) {
        groups = settings.groups;
        weight = parameter("weight", settings.weights, fans, sizes);
        bias = settings.hasBias ? parameter("bias", Initializer.zeros(), settings.outputs) : null;
    }

    /** {@return the number of groups of channels} */
    public long groups() {
        return groups;
    }

    /** y plus the bias, if there is one. */
    final Tensor biased(Tensor y) {
        return bias == null ? y : y.add(bias.tensor());
    }
}
