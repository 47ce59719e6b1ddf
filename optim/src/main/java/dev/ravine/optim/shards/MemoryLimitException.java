package dev.ravine.optim.shards;

import java.io.Serial;

/** An evaluation would take more native memory than was allowed. Thrown before the memory is taken. */
public class MemoryLimitException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * An error.
     *
     * @param message what for, how many bytes are needed and allowed, and what to do
     */
    public MemoryLimitException(String message) {
        super(message);
    }
}
