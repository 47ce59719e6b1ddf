package dev.ravine.nn.layers;

import dev.ravine.core.Check;
import dev.ravine.nn.Initializer;
import java.util.Optional;

/**
 * Sizes and options of {@link Rnn}, {@link Lstm} and {@link Gru}. Each setting gives a new object:
 *
 * <pre>{@code
 * new Lstm(RecurrentSettings.of(8, 100).layers(2).bidirectional().lastStep());
 * }</pre>
 *
 * <p>Defaults are PyTorch's: one layer, one direction, biases, no dropout, initial states of zeros, all parameters from
 * the uniform distribution on +-1 / sqrt(hidden), and the outputs of all steps.
 */
public final class RecurrentSettings {
    private final long inputs;
    private final long hidden;
    private int layers = 1;
    private boolean isBidirectional;
    private boolean hasBias = true;
    private boolean isStateLearned;
    private boolean isLastOnly;
    private double dropout;
    private Initializer inputWeights;
    private Initializer hiddenWeights;

    private RecurrentSettings(long inputs, long hidden) {
        this.inputs = inputs;
        this.hidden = hidden;
    }

    private RecurrentSettings(RecurrentSettings other) {
        this(other.inputs, other.hidden);
        layers = other.layers;
        isBidirectional = other.isBidirectional;
        hasBias = other.hasBias;
        isStateLearned = other.isStateLearned;
        isLastOnly = other.isLastOnly;
        dropout = other.dropout;
        inputWeights = other.inputWeights;
        hiddenWeights = other.hiddenWeights;
    }

    /**
     * {@return the defaults}
     *
     * @param inputs width of the input, at least 1
     * @param hidden width of the state, at least 1
     * @throws IllegalArgumentException if a width is less than 1
     */
    public static RecurrentSettings of(long inputs, long hidden) {
        Check.atLeastOne("recurrent layer: inputs", inputs);
        Check.atLeastOne("recurrent layer: hidden", hidden);
        return new RecurrentSettings(inputs, hidden);
    }

    /**
     * {@return settings with several layers, each of which reads the outputs of the one before}
     *
     * @param count at least 1; 1 by default
     * @throws IllegalArgumentException if the count is less than 1
     */
    public RecurrentSettings layers(int count) {
        RecurrentSettings changed = new RecurrentSettings(this);
        changed.layers = Check.atLeastOne("recurrent layer: layers", count);
        return changed;
    }

    /** {@return settings in which each layer also reads the sequence backwards, with weights of its own} */
    public RecurrentSettings bidirectional() {
        RecurrentSettings changed = new RecurrentSettings(this);
        changed.isBidirectional = true;
        return changed;
    }

    /** {@return settings without biases} */
    public RecurrentSettings withoutBias() {
        RecurrentSettings changed = new RecurrentSettings(this);
        changed.hasBias = false;
        return changed;
    }

    /**
     * {@return settings in which the state before the first step is a parameter, one for each layer and direction,
     * which begins with zeros}
     */
    public RecurrentSettings learnedInitialState() {
        RecurrentSettings changed = new RecurrentSettings(this);
        changed.isStateLearned = true;
        return changed;
    }

    /**
     * {@return settings in which the output is the last layer's state after the last step, [examples, hidden], instead
     * of its states after all steps} With two directions it is the state after each has read the whole sequence,
     * [examples, 2 hidden].
     */
    public RecurrentSettings lastStep() {
        RecurrentSettings changed = new RecurrentSettings(this);
        changed.isLastOnly = true;
        return changed;
    }

    /**
     * {@return settings with dropout between layers, in training}
     *
     * @param rate from 0 to below 1; 0 by default
     * @throws IllegalArgumentException if the rate is out of range
     */
    public RecurrentSettings dropout(double rate) {
        RecurrentSettings changed = new RecurrentSettings(this);
        changed.dropout = new Dropout(rate).rate();
        return changed;
    }

    /**
     * {@return settings with other initial weights of inputs}
     *
     * @param weights fills the matrix [inputs, hidden] of each gate on its own, with these fans
     */
    public RecurrentSettings inputWeights(Initializer weights) {
        RecurrentSettings changed = new RecurrentSettings(this);
        changed.inputWeights = weights;
        return changed;
    }

    /**
     * {@return settings with other initial weights of the state, such as {@link Initializer#orthogonal(double)}}
     *
     * @param weights fills the matrix [hidden, hidden] of each gate on its own, with these fans
     */
    public RecurrentSettings hiddenWeights(Initializer weights) {
        RecurrentSettings changed = new RecurrentSettings(this);
        changed.hiddenWeights = weights;
        return changed;
    }

    /** {@return the width of the input} */
    public long inputs() {
        return inputs;
    }

    /** {@return the width of the state of one direction} */
    public long hidden() {
        return hidden;
    }

    /** {@return the number of layers} */
    public int layers() {
        return layers;
    }

    /** {@return 2 if each layer also reads the sequence backwards, else 1} */
    public int directions() {
        return isBidirectional ? 2 : 1;
    }

    /** {@return whether there are biases} */
    public boolean hasBias() {
        return hasBias;
    }

    /** {@return whether the state before the first step is a parameter} */
    public boolean isStateLearned() {
        return isStateLearned;
    }

    /** {@return whether the output is the state after the last step only} */
    public boolean isLastOnly() {
        return isLastOnly;
    }

    double dropout() {
        return dropout;
    }

    Optional<Initializer> inputWeights() {
        return Optional.ofNullable(inputWeights);
    }

    Optional<Initializer> hiddenWeights() {
        return Optional.ofNullable(hiddenWeights);
    }
}
