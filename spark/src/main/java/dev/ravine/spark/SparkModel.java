package dev.ravine.spark;

import dev.ravine.core.DType;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import java.io.Serializable;
import java.util.Objects;

/**
 * How a net and its loss are made. The driver makes them once, and each executor makes them again, so that no net
 * crosses the wire. The code must make the same net each time, from what it captures alone; executors compare their
 * graphs with the driver's.
 *
 * <pre>{@code
 * var model = new SparkModel(
 *         () -> new Sequential(new Linear(784, 128), Activation.tanh(), new Linear(128, 10)),
 *         Loss::softmaxCrossEntropy, DType.FLOAT32, 1);
 * }</pre>
 *
 * @param net makes the net
 * @param loss makes the loss of the net's outputs and the data's targets
 * @param dtype of parameters and data
 * @param seed of the parameters' first numbers and of noise
 */
public record SparkModel(Maker<? extends Module> net, Maker<? extends Loss> loss, DType dtype, long seed)
        implements Serializable {
    /**
     * Refuses nulls.
     *
     * @param net makes the net
     * @param loss makes the loss
     * @param dtype of parameters and data
     * @param seed of the first numbers and of noise
     */
    public SparkModel {
        Objects.requireNonNull(net, "net");
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(dtype, "dtype");
    }

    /**
     * Makes a part of the model; Spark sends it to executors. What a lambda captures must be serializable.
     *
     * @param <T> what is made
     */
    @FunctionalInterface
    public interface Maker<T> extends Serializable {
        /** {@return a new one, equal to all others} */
        T make();
    }

    /** {@return a net of its own, initialized} */
    public Module initialized() {
        Module made = required("net", net.make());
        made.initialize(dtype, seed);
        return made;
    }

    /** A loss of its own. */
    Loss newLoss() {
        return required("loss", loss.make());
    }

    private static <T> T required(String what, T made) {
        if (made == null) {
            throw new IllegalArgumentException(
                    "SparkModel's code for the " + what + " returned null; expected a new " + what + " each time");
        }
        return made;
    }
}
