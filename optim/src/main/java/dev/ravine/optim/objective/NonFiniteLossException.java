package dev.ravine.optim.objective;

import java.io.Serial;

/**
 * The loss or its gradient is infinite or NaN, so that no step can begin; the message names the first op that made it
 * so. Or parameters would become infinite or NaN by the step; the message names the first of them.
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
