package dev.ravine.cli.problem;

import dev.ravine.core.Shape;
import dev.ravine.nn.Module;
import dev.ravine.nn.words.NetBuilder;
import dev.ravine.optim.training.ModelCode;
import java.util.List;
import java.util.Optional;

/**
 * A net as the user chose it.
 *
 * @param net makes it, also in other processes
 * @param text its shape for people
 */
record ChosenNet(ModelCode.Maker<Module> net, String text) {
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
            return new ChosenNet(inWords(words.get(), example, outputs), words.get());
        }
        List<Integer> widths = Mlp.widths(example.count(), choices.hidden(), outputs);
        return new ChosenNet(() -> Mlp.of(widths), Mlp.text(widths));
    }

    /** {@return code that makes a net of words, with outputs for the whole of an example} */
    static ModelCode.Maker<Module> inWords(String words, Shape example, int outputs) {
        long[] sizes = example.toArray();
        return () -> new NetBuilder(Shape.of(sizes), 0).build(words, outputs, false);
    }
}
