package dev.ravine.core.data;

import dev.ravine.core.Check;
import dev.ravine.core.io.AtomicFile;
import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The characters of a language, each with its token: 0 for the smallest Unicode code point, and so on. Training data,
 * test data and a saved model share one vocabulary, so that a token means the same character everywhere; {@link #save}
 * keeps it beside the model's weights.
 *
 * <p>A character that is not in the vocabulary is an error, unless the vocabulary has a token for unknown characters.
 * That token is the last one, and reads as U+FFFD.
 */
public final class Vocabulary {
    private static final String HEADER = "ravine vocabulary 1";
    private static final String UNKNOWN = "unknown";
    private static final int REPLACEMENT = 0xFFFD;

    /** Ascending. */
    private final int[] characters;

    private final boolean hasUnknown;

    private Vocabulary(int[] characters, boolean hasUnknown) {
        this.characters = characters;
        this.hasUnknown = hasUnknown;
    }

    /**
     * {@return the vocabulary of all characters of some texts}
     *
     * @param texts at least one character in all
     * @throws IllegalArgumentException if there are no characters
     */
    public static Vocabulary of(Collection<String> texts) {
        int[] distinct = Check.noNulls("texts", texts).stream()
                .flatMapToInt(String::codePoints)
                .sorted()
                .distinct()
                .toArray();
        if (distinct.length == 0) {
            throw new IllegalArgumentException("a vocabulary needs at least one character, found none");
        }
        return new Vocabulary(distinct, false);
    }

    /**
     * {@return the vocabulary of all characters of a text}
     *
     * @param text at least one character
     * @throws IllegalArgumentException if there are no characters
     */
    public static Vocabulary of(String text) {
        return of(List.of(text));
    }

    /** {@return these characters, and a last token for all others} */
    public Vocabulary withUnknown() {
        return new Vocabulary(characters, true);
    }

    /** {@return the number of tokens} */
    public int size() {
        return characters.length + (hasUnknown ? 1 : 0);
    }

    /**
     * {@return the token of a character}
     *
     * @param character a Unicode code point
     * @throws IllegalArgumentException if it is not in the vocabulary, which has no token for unknown characters
     */
    public long token(int character) {
        int at = Arrays.binarySearch(characters, character);
        if (at < 0 && !hasUnknown) {
            throw new IllegalArgumentException("the vocabulary of " + characters.length + " characters has no "
                    + name(character) + "; make it from all texts, or allow unknown characters by withUnknown()");
        }
        return at < 0 ? characters.length : at;
    }

    /**
     * {@return the tokens of a text, one for each Unicode character}
     *
     * @param text any
     * @throws IllegalArgumentException if a character is not in the vocabulary, naming its place
     */
    public long[] encode(String text) {
        int[] points = text.codePoints().toArray();
        long[] tokens = new long[points.length];
        for (int i = 0; i < points.length; i++) {
            try {
                tokens[i] = token(points[i]);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("character " + i + " of a text: " + e.getMessage(), e);
            }
        }
        return tokens;
    }

    /**
     * {@return the text of some tokens}
     *
     * @param tokens each from 0 to {@link #size()} - 1
     * @throws IllegalArgumentException if a token is out of range
     */
    public String decode(long... tokens) {
        StringBuilder text = new StringBuilder(tokens.length);
        for (long token : tokens) {
            if (token < 0 || token >= size()) {
                throw new IllegalArgumentException(
                        "a token must be from 0 to " + (size() - 1) + ", the vocabulary's last one, found " + token);
            }
            text.appendCodePoint(token < characters.length ? characters[(int) token] : REPLACEMENT);
        }
        return text.toString();
    }

    /**
     * Writes the vocabulary: a line for the format, then each character's code point in hexadecimal, and the word
     * {@code unknown} if there is such a token.
     *
     * @param file created or replaced as a whole
     * @throws IOException if it cannot be written
     */
    public void save(Path file) throws IOException {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (int character : characters) {
            text.append(String.format(Locale.ROOT, "%04x", character)).append('\n');
        }
        if (hasUnknown) {
            text.append(UNKNOWN).append('\n');
        }
        AtomicFile.write(file, out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * {@return the vocabulary of a file that {@link #save} wrote}
     *
     * @param file to read
     * @throws MalformedFileException if it is not such a file
     * @throws IOException if it cannot be read
     */
    public static Vocabulary load(Path file) throws IOException {
        List<String> lines = TextFile.read(file).lines().toList();
        require(!lines.isEmpty() && lines.get(0).equals(HEADER), file, 1, "'" + HEADER + "'", lines, 0);
        boolean hasUnknown = lines.get(lines.size() - 1).equals(UNKNOWN);
        int[] characters = new int[lines.size() - (hasUnknown ? 2 : 1)];
        require(characters.length > 0, file, 2, "a code point in hexadecimal", lines, 1);
        for (int i = 0; i < characters.length; i++) {
            characters[i] = codePoint(lines.get(i + 1));
            boolean isNext = characters[i] >= 0 && (i == 0 || characters[i] > characters[i - 1]);
            require(isNext, file, i + 2, "a code point in hexadecimal, above the one before", lines, i + 1);
        }
        return new Vocabulary(characters, hasUnknown);
    }

    private static void require(boolean holds, Path file, int line, String expected, List<String> lines, int found)
            throws MalformedFileException {
        if (!holds) {
            String text = found < lines.size() ? "'" + lines.get(found) + "'" : "the end of the file";
            throw new MalformedFileException(file + ", line " + line + ": expected " + expected + ", found " + text
                    + "; a vocabulary is written by Vocabulary.save");
        }
    }

    /** Or -1 if the text is none. */
    private static int codePoint(String text) {
        if (!text.matches("[0-9a-f]{4,6}")) {
            return -1;
        }
        int value = Integer.parseInt(text, 16);
        return Character.isValidCodePoint(value) ? value : -1;
    }

    private static String name(int character) {
        String shown = Character.isISOControl(character) ? "" : " ('" + Character.toString(character) + "')";
        return String.format(Locale.ROOT, "U+%04X", character) + shown;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary v && Arrays.equals(characters, v.characters) && hasUnknown == v.hasUnknown;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(characters) + Boolean.hashCode(hasUnknown);
    }

    @Override
    public String toString() {
        return "Vocabulary[" + characters.length + " characters" + (hasUnknown ? " and unknown ones]" : "]");
    }
}
