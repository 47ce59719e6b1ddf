package dev.ravine.cli.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with gaps: {@code {{name}}} escapes its value for HTML, {@code {{{name}}}} inserts markup as it is.
 *
 * @param name for errors
 * @param text with the gaps
 */
record Template(String name, String text) {
    private static final Pattern GAP = Pattern.compile("\\{\\{\\{(\\w+)}}}|\\{\\{(\\w+)}}");

    static Template load(String name) throws IOException {
        return new Template(name, resource(name));
    }

    /** A file on the class path, relative to this package unless it begins with a slash. */
    static String resource(String name) throws IOException {
        try (InputStream in = Template.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the report needs " + name + ", which is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    String fill(Map<String, String> values) {
        StringBuilder out = new StringBuilder();
        Matcher gap = GAP.matcher(text);
        while (gap.find()) {
            boolean markup = gap.group(1) != null;
            String key = markup ? gap.group(1) : gap.group(2);
            String value = values.get(key);
            if (value == null) {
                throw new IllegalArgumentException(
                        name + " has a gap for '" + key + "', but given are " + values.keySet());
            }
            gap.appendReplacement(out, Matcher.quoteReplacement(markup ? value : escape(value)));
        }
        return gap.appendTail(out).toString();
    }

    /** Text that is safe in HTML, also within quotes. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
