package dev.ravine.cli.study;

/** Cells of tables. */
final class Cells {
    private Cells() {}

    /** A number, or an empty cell for NaN. */
    static Double number(double value) {
        return Double.isNaN(value) ? null : (Double) value;
    }
}
