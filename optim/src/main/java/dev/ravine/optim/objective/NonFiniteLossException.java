package dev.ravine.optim.objective;

import java.io.Serial;

/**
 * The loss or its gradient is infinite or not a number, so that no step can begin, and the first op that made it so is named;
 * or parameters would be after the step, and the first of them is named.
 */
public class NonFiniteLossException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * An error.
     *
     * @param message which op or parameter, at which step, and what to do
     */
    public NonFiniteLossException(String message) {
        super(message);
    }
}
