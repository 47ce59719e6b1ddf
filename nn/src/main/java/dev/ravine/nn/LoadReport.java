package dev.ravine.nn;

import java.util.List;

/**
 * What came of loading arrays into a module: how each name fared.
 *
 * @param loaded parameters that have been overwritten
 * @param missing parameters without an array
 * @param unexpected arrays without a parameter
 * @param misfits parameters whose array has another shape or dtype, with both; they have not been overwritten
 */
public record LoadReport(List<String> loaded, List<String> missing, List<String> unexpected, List<Misfit> misfits) {
    /**
     * An array that does not fit its parameter.
     *
     * @param name of the parameter
     * @param expected dtype and shape of the parameter, such as {@code FLOAT32 [2, 3]}
     * @param found dtype and shape of the array
     */
    public record Misfit(String name, String expected, String found) {
        @Override
        public String toString() {
            return "parameter '" + name + "' is " + expected + ", the file has " + found;
        }
    }

    /** {@return whether every parameter has been overwritten and every array used} */
    public boolean isComplete() {
        return missing.isEmpty() && unexpected.isEmpty() && misfits.isEmpty();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(
                "loaded " + loaded.size() + " of " + (loaded.size() + missing.size() + misfits.size()) + " parameters");
        append(text, "missing", missing);
        append(text, "unexpected", unexpected);
        append(text, "of another shape or dtype", misfits);
        return text.toString();
    }

    private static void append(StringBuilder text, String what, List<?> names) {
        if (!names.isEmpty()) {
            text.append("; ").append(what).append(' ').append(names);
        }
    }
}
