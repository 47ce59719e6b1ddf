package dev.ravine.optim.firstorder;

import dev.ravine.optim.Optimizer;
import dev.ravine.optim.catalogue.MainSetting;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import java.util.List;
import java.util.stream.Stream;

/**
 * The settings that all kinds of first-order optimizers have in the catalogue: learning rate, batch, weight decay,
 * clipping.
 */
public final class FirstOrderSettings {
    private static final Setting<Double> CLIP =
            Setting.number("clip", null, Range.positive(), "the largest norm of a gradient");

    private final Setting<Double> learningRate;
    private final Setting<Double> decay;
    private final Setting<Integer> batch;

    /**
     * Settings with the defaults of a builder.
     *
     * @param learningRate positive
     */
    public FirstOrderSettings(double learningRate) {
        this(learningRate, 0);
    }

    /**
     * Settings with the defaults of a builder.
     *
     * @param learningRate positive
     * @param decay of weights, not negative
     */
    public FirstOrderSettings(double learningRate, double decay) {
        this(learningRate, decay, 100);
    }

    /**
     * Settings with the defaults of a builder.
     *
     * @param learningRate positive
     * @param decay of weights, not negative
     * @param batch examples of a step; 0 for all
     */
    public FirstOrderSettings(double learningRate, double decay, int batch) {
        this.batch = Setting.integer("batch", batch, Range.atLeast(0), "examples of a step; 0 for all");
        this.learningRate = Setting.number("lr", learningRate, Range.positive(), "learning rate");
        this.decay = Setting.number("decay", decay, Range.atLeast(0), "weight decay");
    }

    /** {@return the learning rate, which tuning varies} */
    public MainSetting main() {
        return MainSetting.decades(learningRate);
    }

    /**
     * {@return the shared settings, then some more}
     *
     * @param more of one kind
     */
    public List<Setting<?>> with(Setting<?>... more) {
        return Stream.concat(Stream.of(learningRate, batch, decay, CLIP), Stream.of(more))
                .toList();
    }

    /**
     * {@return the optimizer of a builder, with the shared settings that were given}
     *
     * @param builder with all other settings
     * @param values of the settings
     * @param seed of the order of examples and of noise
     */
    public Optimizer build(FirstOrder.Builder<?> builder, SettingValues values, long seed) {
        builder.seed(seed);
        values.ifGiven(learningRate, builder::learningRate);
        values.ifGiven(batch, builder::batchSize);
        values.ifGiven(decay, builder::weightDecay);
        values.ifGiven(CLIP, builder::clipNorm);
        return builder.build();
    }
}
