package dev.ravine.spark;

/** A row of the data cannot be used; says which row, which column, what was found and what was expected. */
public final class BadRowException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    BadRowException(long row, String column, String what) {
        super("row " + row + " of the data: column '" + column + "' " + what);
    }

    /** As it was thrown on an executor. */
    BadRowException(String message, Throwable cause) {
        super(message, cause);
    }
}
