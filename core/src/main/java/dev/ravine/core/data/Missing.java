package dev.ravine.core.data;

/**
 * What a reader of tables does with a cell that has no value. Only features are filled in: a row whose target has no
 * value is dropped or refused.
 */
public sealed interface Missing {
    /** The file is refused, naming line and column. */
    record Refuse() implements Missing {}

    /** The row is left out. */
    record DropRow() implements Missing {}

    /** The mean of the column's other cells takes the place. */
    record Mean() implements Missing {}

    /**
     * A number takes the place.
     *
     * @param value a finite number
     */
    record Constant(double value) implements Missing {
        /**
         * Checks the number.
         *
         * @param value a finite number
         * @throws IllegalArgumentException if it is not finite
         */
        public Constant {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(
                        "missing cells can be replaced by a finite number only, found " + value);
            }
        }
    }

    /** {@return the rule that refuses the file, which is the default} */
    static Missing refuse() {
        return new Refuse();
    }

    /** {@return the rule that leaves out the row} */
    static Missing dropRow() {
        return new DropRow();
    }

    /** {@return the rule that puts in the mean of the column's other cells} */
    static Missing mean() {
        return new Mean();
    }

    /**
     * {@return the rule that puts in a number}
     *
     * @param value a finite number
     * @throws IllegalArgumentException if it is not finite
     */
    static Missing constant(double value) {
        return new Constant(value);
    }
}
