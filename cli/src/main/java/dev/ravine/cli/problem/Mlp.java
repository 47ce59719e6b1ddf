package dev.ravine.cli.problem;

import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Nets of layers with tanh between them. */
public final class Mlp {
    private Mlp() {}

    /**
     * {@return the widths of all layers}
     *
     * @param inputs features of an example
     * @param hidden widths of the hidden layers
     * @param outputs of the net
     */
    public static List<Integer> widths(long inputs, List<Integer> hidden, int outputs) {
        List<Integer> widths = new ArrayList<>(hidden);
        widths.add(0, Math.toIntExact(inputs));
        widths.add(outputs);
        return widths;
    }

    /**
     * {@return a net}
     *
     * @param widths of all layers, at least two
     */
    public static Module of(List<Integer> widths) {
        List<Module> layers = new ArrayList<>();
        for (int i = 0; i + 1 < widths.size(); i++) {
            if (i > 0) {
                layers.add(Activation.tanh());
            }
            layers.add(new Linear(widths.get(i), widths.get(i + 1)));
        }
        return new Sequential(layers.toArray(new Module[0]));
    }

    /**
     * {@return the shape of a net for people, such as 784-32-16-10}
     *
     * @param widths of all layers
     */
    public static String text(List<Integer> widths) {
        return widths.stream().map(String::valueOf).collect(Collectors.joining("-"));
    }
}
