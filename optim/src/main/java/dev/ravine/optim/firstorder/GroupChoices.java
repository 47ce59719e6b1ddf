package dev.ravine.optim.firstorder;

import dev.ravine.nn.Module;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.catalogue.SettingValues;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Parameters;
import dev.ravine.optim.objective.Span;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Groups of parameters that the catalogue's settings ask for. Biases, and all other parameters of fewer than two axes,
 * may be left out of weight decay. The learning rate may shrink from layer to layer: with L layers, layer l = 1, ..., L
 * has the optimizer's rate times factor^(L - l) (Howard and Ruder, ACL 2018, section 3.2, whose factor is 1 / 2.6).
 */
final class GroupChoices {
    private static final Setting<Boolean> DECAY_BIASES = Setting.onOff(
            "decay-biases", true, "whether weights of fewer than two axes, such as biases, decay as the others do");
    private static final Setting<Double> LAYER_RATE = Setting.number(
            "layer-rate", null, Range.positive(), "factor of the learning rate from each layer to the one before it");

    /** For the catalogue. */
    static final List<Setting<?>> SETTINGS = List.of(DECAY_BIASES, LAYER_RATE);

    private GroupChoices() {}

    /**
     * Adds the groups to a builder.
     *
     * @param net initialized
     * @throws IllegalArgumentException if biases are to be left out of a weight decay of 0
     */
    static void apply(FirstOrder.Builder<?> builder, SettingValues values, Setting<Double> decay, Module net) {
        boolean areBiasesLeftOut = !values.get(DECAY_BIASES);
        if (areBiasesLeftOut && values.get(decay) == 0) {
            throw new IllegalArgumentException("decay-biases=off does nothing where nothing decays; set " + decay.key()
                    + " above 0, or leave decay-biases out");
        }
        List<ParameterGroup> still = areBiasesLeftOut ? biases(net) : List.of();
        if (!values.isGiven(LAYER_RATE)) {
            still.forEach(group -> builder.group(group, settings -> settings.weightDecay(0)));
            return;
        }
        List<ParameterGroup> layers = ParameterGroup.layersOf(net);
        for (int l = 0; l < layers.size(); l++) {
            ParameterGroup layer = layers.get(l);
            double factor = Math.pow(values.get(LAYER_RATE), layers.size() - 1 - l);
            List<Span> rest = ParameterGroup.rest(layer.spans(), still);
            add(builder, layer.name(), rest, settings -> settings.rateFactor(factor));
            for (ParameterGroup group : still) {
                List<Span> out = layer.within(group.spans());
                String name = layer.name() + " " + group.name();
                add(builder, name, out, settings -> settings.rateFactor(factor).weightDecay(0));
            }
        }
    }

    /** One group, or none in a net without biases. */
    private static List<ParameterGroup> biases(Module net) {
        boolean hasAny = net.parameterVector().segments().stream().anyMatch(Parameters.biasesAndGains());
        return hasAny ? List.of(ParameterGroup.of("biases", net, Parameters.biasesAndGains())) : List.of();
    }

    private static void add(
            FirstOrder.Builder<?> builder, String name, List<Span> spans, UnaryOperator<GroupSettings> change) {
        if (!spans.isEmpty()) {
            builder.group(new ParameterGroup(name, spans), change);
        }
    }
}
