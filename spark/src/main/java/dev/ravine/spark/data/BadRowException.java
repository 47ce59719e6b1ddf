package dev.ravine.spark.data;

/** A row of the data cannot be used; says which row, which column, what was found and what was expected. */
public final class BadRowException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    BadRowException(long row, String column, String what) {
        super("row " + row + " of the data: column '" + column + "' " + what);
    }

    /**
     * As it was thrown on an executor.
     *
     * @param message what the executor said
     * @param cause how it came to the driver
     */
    public BadRowException(String message, Throwable cause) {
        super(message, cause);
    }
}
