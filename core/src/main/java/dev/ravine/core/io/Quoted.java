package dev.ravine.core.io;

/** Text from a file as errors show it: a file decides neither how long a message gets nor what a terminal does. */
public final class Quoted {
    private static final int LONGEST = 160;

    private Quoted() {}

    /**
     * A text to show.
     *
     * @param text any text
     * @return it in single quotes, cut if it is long, with control characters and all beyond ASCII but letters escaped
     */
    public static String of(String text) {
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < Math.min(text.length(), LONGEST); i++) {
            char c = text.charAt(i);
            boolean plain = c < 0x7f ? c >= ' ' : Character.isLetterOrDigit(c);
            quoted.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return quoted.append(text.length() > LONGEST ? "'... of " + text.length() + " characters" : "'")
                .toString();
    }
}
