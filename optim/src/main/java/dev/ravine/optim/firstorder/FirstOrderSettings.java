package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.catalogue.Binding;
import dev.ravine.optim.catalogue.MainSetting;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The settings that all kinds of first-order optimizers have in the catalogue: learning rate, batch, weight decay,
 * clipping, sharpness-aware minimization, groups of parameters.
 */
public final class FirstOrderSettings {
    /** Examples of a step unless a kind says otherwise. */
    static final int USUAL_BATCH = 100;

    private static final Setting<Double> CLIP =
            Setting.number("clip", null, Range.positive(), "the largest norm of a gradient");
    private static final Setting<Double> SAM = Setting.number(
            "sam", null, Range.positive(), "radius of sharpness-aware minimization, which takes two gradients a step");
    private static final Setting<Boolean> ADAPTIVE =
            Setting.onOff("sam-adaptive", false, "whether that radius is in the scale of each parameter");

    private final Setting<Double> learningRate;
    private final Setting<Double> decay;
    private final Setting<Integer> batch;

    /**
     * Settings with the defaults of a builder.
     *
     * @param learningRate positive
     */
    public FirstOrderSettings(double learningRate) {
        this(learningRate, 0, USUAL_BATCH);
    }

    /**
     * Settings with the defaults of a builder.
     *
     * @param learningRate positive
     * @param decay of weights, not negative
     */
    public FirstOrderSettings(double learningRate, double decay) {
        this(learningRate, decay, USUAL_BATCH);
    }

    /**
     * Settings with the defaults of a builder.
     *
     * @param learningRate positive
     * @param decay of weights, not negative
     * @param batch examples of a step; 0 for all
     */
    public FirstOrderSettings(double learningRate, double decay, int batch) {
        this.learningRate = Setting.number("lr", learningRate, Range.positive(), "learning rate");
        this.decay = Setting.number("decay", decay, Range.atLeast(0), "weight decay");
        this.batch = Setting.integer("batch", batch, Range.atLeast(0), "examples of a step; 0 for all");
    }

    /**
     * {@return a kind of optimizer with these settings and some of its own} Tuning varies the learning rate.
     *
     * @param name of small letters, digits and '-'
     * @param help in a line
     * @param start begins a builder for a net
     * @param own settings of this kind
     * @param <B> the builder
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // they are read, and nothing is written into their array
    public final <B extends FirstOrder.Builder<?>> OptimizerKind kind(
            String name, String help, Function<Module, B> start, Binding<? super B>... own) {
        List<Binding<? super B>> bindings = new ArrayList<>();
        List<Setting<?>> more = new ArrayList<>();
        for (Binding<? super B> each : Check.noNullsIn("the bindings of " + name, own)) {
            bindings.add(each);
            more.addAll(each.settings());
        }
        return new OptimizerKind(name, help, with(more.toArray(Setting<?>[]::new)), main(), (values, net, seed) -> {
            B builder = start.apply(net);
            bindings.forEach(each -> each.apply(builder, values, net));
            return build(builder, values, net, seed);
        });
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
        Stream<Setting<?>> own = Stream.of(learningRate, batch, decay, CLIP, SAM, ADAPTIVE);
        return Stream.of(own, GroupChoices.SETTINGS.stream(), Stream.of(Check.noNullsIn("the settings", more)))
                .flatMap(settings -> settings)
                .toList();
    }

    /**
     * {@return the optimizer of a builder, with the shared settings that were given}
     *
     * @param builder with all other settings
     * @param values of the settings
     * @param net initialized; tells layers and biases
     * @param seed of the order of examples and of noise
     */
    public Optimizer build(FirstOrder.Builder<?> builder, SettingValues values, Module net, long seed) {
        builder.seed(seed);
        values.ifGiven(learningRate, builder::learningRate);
        values.ifGiven(batch, builder::batchSize);
        values.ifGiven(decay, builder::weightDecay);
        values.ifGiven(CLIP, builder::clipNorm);
        GroupChoices.apply(builder, values, decay, net);
        boolean isAdaptive = values.get(ADAPTIVE);
        if (isAdaptive) {
            values.requireTogether(SAM, ADAPTIVE);
        }
        FirstOrder base = builder.build();
        if (!values.isGiven(SAM)) {
            return base;
        }
        SharpnessAware.Builder aware = SharpnessAware.builder(base).adaptive(isAdaptive);
        try {
            values.ifGiven(SAM, aware::rho);
        } catch (IllegalArgumentException e) {
            base.close();
            throw e;
        }
        return aware.build();
    }
}
