package dev.ravine.autodiff;

/**
 * A {@link Statistic} needs the gradient of each example, and a parameter is used by an operation that does not say
 * which rows meet it. The message names parameter and operation, and says what to do.
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
