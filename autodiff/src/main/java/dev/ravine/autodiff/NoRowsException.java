package dev.ravine.autodiff;

/**
 * Thrown when a {@link Statistic} needs each example's gradient, but an operation that uses a parameter does not name
 * its rows. The message names parameter and operation, and says what to do.
 */
public final class NoRowsException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1;

    /**
     * With a message.
     *
     * @param message parameter, operation, and what to do
     */
    public NoRowsException(String message) {
        super(message);
    }
}
