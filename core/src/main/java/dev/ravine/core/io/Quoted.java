package dev.ravine.core.io;

import java.util.Locale;

/** Text from a file, as shown in errors: a file must not control the length of a message or the terminal. */
public final class Quoted {
    private static final int LONGEST = 160;

    private Quoted() {}

    /**
     * Quotes a text for display.
     *
     * @param text any text
     * @return the text in single quotes, cut if it is long; control characters and all non-ASCII characters except
     *     letters are escaped
     */
    public static String of(String text) {
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < Math.min(text.length(), LONGEST); i++) {
            char c = text.charAt(i);
            boolean plain = c < 0x7f ? c >= ' ' : Character.isLetterOrDigit(c);
            quoted.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
        }
        return quoted.append(text.length() > LONGEST ? "'... of " + text.length() + " characters" : "'")
                .toString();
    }
}
