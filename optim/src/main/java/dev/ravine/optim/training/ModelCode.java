package dev.ravine.optim.training;

import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import java.io.Serializable;
import java.util.Objects;

/**
 * How a net and its loss are made, so that other processes can make them again. The code must make the same net each
 * time, from what it captures alone.
 *
 * @param net makes the net, not initialized
 * @param loss makes the loss of the net's outputs and the data's targets
 */
public record ModelCode(Maker<? extends Module> net, Maker<? extends Loss> loss) implements Serializable {
    /**
     * Refuses nulls.
     *
     * @param net makes the net
     * @param loss makes the loss
     */
    public ModelCode {
        Objects.requireNonNull(net, "net");
        Objects.requireNonNull(loss, "loss");
    }

    /**
     * Makes a part of a model. What a lambda captures must be serializable.
     *
     * @param <T> what is made
     */
    @FunctionalInterface
    public interface Maker<T> extends Serializable {
        /** {@return a new one, equal to all others} */
        T make();
    }
}
