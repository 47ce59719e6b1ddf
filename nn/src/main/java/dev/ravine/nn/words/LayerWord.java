package dev.ravine.nn.words;

import java.util.ArrayList;
import java.util.List;

/**
 * One word of a net's description, such as {@code conv:32,5,same}.
 *
 * @param text as written
 * @param kind before the colon
 * @param numbers after it
 * @param isSame whether {@code same} stands among the numbers
 */
record LayerWord(String text, String kind, List<Integer> numbers, boolean isSame) {
    /** {@return the words of a description; none if it is blank} */
    static List<LayerWord> all(String description) {
        List<LayerWord> words = new ArrayList<>();
        if (description.isBlank()) {
            return words;
        }
        for (String text : description.strip().split("\\s+", -1)) {
            words.add(of(text));
        }
        return words;
    }

    private static LayerWord of(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        List<Integer> numbers = new ArrayList<>();
        boolean isSame = false;
        if (colon >= 0) {
            for (String part : text.substring(colon + 1).split(",", -1)) {
                if (part.equals("same")) {
                    isSame = true;
                } else {
                    numbers.add(number(text, part));
                }
            }
        }
        return new LayerWord(text, kind, List.copyOf(numbers), isSame);
    }

    private static int number(String text, String part) {
        try {
            int number = Integer.parseInt(part);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(text, part, e);
        }
        throw wrong(text, part, null);
    }

    private static IllegalArgumentException wrong(String text, String part, Throwable cause) {
        return new IllegalArgumentException(
                "layers: sizes are whole numbers of at least 1 with commas between them, found '" + part + "' in '"
                        + text + "'",
                cause);
    }

    /** Refuses a word with fewer or more numbers, or with {@code same} where it has no meaning. */
    void require(int least, int most, boolean maySame, String form) {
        if (numbers.size() < least || numbers.size() > most || (isSame && !maySame)) {
            throw new IllegalArgumentException("layers: '" + text + "' should be " + form);
        }
    }

    /** {@return a number, or a default where it was left out} */
    int number(int i, int otherwise) {
        return i < numbers.size() ? numbers.get(i) : otherwise;
    }
}
