package dev.ravine.core.data;

import java.util.Arrays;
import java.util.List;

/** Data sets of texts, whose target at each step is the next character. */
public final class Characters {
    private static final String END = "\n";

    private Characters() {}

    /**
     * {@return an example for each line, such as a name} A model reads the end of a line and then the line, and
     * predicts the line and then its end. So it can write lines, starting from an end of line. Behind the end of a
     * short line are ends of lines as padding, with targets that do not count.
     *
     * @param vocabulary of these and other lines; it has {@code \n}
     * @param lines without their ends, none empty
     * @param steps the length of all examples, at least that of the longest line and 1
     * @throws IllegalArgumentException if a character is not in the vocabulary
     * @throws dev.ravine.core.ShapeException if there are no lines, or one is longer
     */
    public static DataSet lines(Vocabulary vocabulary, List<String> lines, int steps) {
        RaggedSequences sequences = RaggedSequences.ofTokens(vocabulary.token('\n'));
        for (String line : lines) {
            sequences.add(vocabulary.encode(END + line), vocabulary.encode(line + END));
        }
        return sequences.build(steps);
    }

    /**
     * {@return the parts of a long text, one after the other} Each example has as many characters as its steps, and the
     * targets are the same, one character later. A shorter rest at the end is left out.
     *
     * @param vocabulary of this text
     * @param text at least steps + 1 characters
     * @param steps at least 1
     * @throws IllegalArgumentException if the text is too short, or a character is not in the vocabulary
     */
    public static DataSet parts(Vocabulary vocabulary, String text, int steps) {
        long[] tokens = vocabulary.encode(text);
        int parts = steps < 1 ? 0 : (tokens.length - 1) / steps;
        if (parts < 1) {
            throw new IllegalArgumentException("a text of " + tokens.length + " characters has no part of " + steps
                    + " characters with one behind it; take a longer text, or at least 1 and fewer steps");
        }
        RaggedSequences sequences = RaggedSequences.ofTokens(0);
        for (int i = 0; i < parts; i++) {
            int from = i * steps;
            sequences.add(
                    Arrays.copyOfRange(tokens, from, from + steps),
                    Arrays.copyOfRange(tokens, from + 1, from + steps + 1));
        }
        return sequences.build();
    }
}
