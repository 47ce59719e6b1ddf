package dev.ravine.cli.problem;

import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Nets of layers with tanh between them. */
final class Mlp {
    private Mlp() {}

    /** From inputs through hidden layers to outputs. */
    static List<Integer> widths(long inputs, List<Integer> hidden, int outputs) {
        List<Integer> widths = new ArrayList<>(hidden);
        widths.add(0, Math.toIntExact(inputs));
        widths.add(outputs);
        return widths;
    }

    static Module of(List<Integer> widths) {
        List<Module> layers = new ArrayList<>();
        for (int i = 0; i + 1 < widths.size(); i++) {
            if (i > 0) {
                layers.add(Activation.tanh());
            }
            layers.add(new Linear(widths.get(i), widths.get(i + 1)));
        }
        return new Sequential(layers.toArray(new Module[0]));
    }

    /** Such as 784-32-16-10. */
    static String text(List<Integer> widths) {
        return widths.stream().map(String::valueOf).collect(Collectors.joining("-"));
    }
}
