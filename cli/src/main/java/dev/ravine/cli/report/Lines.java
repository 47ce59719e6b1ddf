package dev.ravine.cli.report;

import java.util.ArrayList;
import java.util.List;

/** Text in lines of a terminal's width. */
public final class Lines {
    /** The width of a terminal whose width is not known. */
    public static final int USUAL_WIDTH = 80;

    private static final int NARROWEST = 40;
    private static final String CUT = "...";

    private Lines() {}

    /**
     * {@return the width of the terminal, from the variable {@code COLUMNS}} Asked of a terminal library, the width
     * would cost the answer to SIGINT, which such libraries take over.
     */
    public static int width() {
        return width(System.getenv("COLUMNS"));
    }

    static int width(String columns) {
        return isWidth(columns) ? Math.max(NARROWEST, Integer.parseInt(columns)) : USUAL_WIDTH;
    }

    private static boolean isWidth(String columns) {
        return columns != null && columns.matches("[1-9][0-9]{0,3}");
    }

    /**
     * {@return a message in lines that break between words where the width of the terminal is known, else as it is}
     *
     * @param text one message
     */
    public static String fitted(String text) {
        return fitted(text, System.getenv("COLUMNS"));
    }

    static String fitted(String text, String columns) {
        return isWidth(columns) ? String.join(System.lineSeparator(), wrap(text, width(columns), "    ")) : text;
    }

    /**
     * {@return a text in lines that break between words; a word that is longer than a line stays whole}
     *
     * @param text with or without line breaks, which stay
     * @param width of a line
     * @param indent before each line after the first one of a paragraph
     */
    public static List<String> wrap(String text, int width, String indent) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n", -1)) {
            StringBuilder line = new StringBuilder();
            boolean isEmpty = true;
            for (String word : paragraph.split(" ", -1)) {
                if (!isEmpty && line.length() + 1 + word.length() > width) {
                    lines.add(line.toString());
                    line.setLength(0);
                    line.append(indent);
                    isEmpty = true;
                }
                line.append(isEmpty ? "" : " ").append(word);
                isEmpty = false;
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /**
     * {@return a text that fits a line}
     *
     * @param text of one line
     * @param width of a line
     */
    public static String cut(String text, int width) {
        return text.length() <= width
                ? text
                : text.substring(0, width - CUT.length()).stripTrailing() + CUT;
    }
}
