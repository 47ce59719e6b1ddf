package dev.ravine.core.data;

import java.util.Locale;
import java.util.Set;

/**
 * The texts by which other programs write a missing value. A reader takes none of them as missing unless it is told to.
 */
final class MissingMarks {
    private static final Set<String> USUAL = Set.of("na", "n/a", "#n/a", "nan", "null", "none", "?", "-", ".");

    private MissingMarks() {}

    /** Whether a cell is such a text. */
    static boolean isUsual(String cell) {
        return USUAL.contains(cell.strip().toLowerCase(Locale.ROOT));
    }
}
