package dev.ravine.cli.problem;

import dev.ravine.core.Shape;
import dev.ravine.nn.Module;
import dev.ravine.nn.words.NetBuilder;
import java.util.List;
import java.util.Optional;

/**
 * A net made as the user chose it.
 *
 * @param net not initialized yet
 * @param text its shape for people
 */
record ChosenNet(Module net, String text) {
    /**
     * {@return the net of {@code --net} or {@code --layers}, else one of dense layers}
     *
     * @param choices the user's
     * @param example the shape of an example's features
     * @param outputs how many
     * @throws IllegalArgumentException if the layers do not fit the data
     */
    static ChosenNet of(Problem.Choices choices, Shape example, int outputs) {
        Optional<String> words = choices.net().words();
        if (words.isPresent()) {
            return new ChosenNet(new NetBuilder(example, 0).build(words.get(), outputs, false), words.get());
        }
        List<Integer> widths = Mlp.widths(example.count(), choices.hidden(), outputs);
        return new ChosenNet(Mlp.of(widths), Mlp.text(widths));
    }
}
