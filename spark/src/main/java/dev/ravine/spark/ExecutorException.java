package dev.ravine.spark;

/** A computation failed on an executor; the message says where and why, and the cause is what was thrown there. */
public final class ExecutorException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    ExecutorException(String message, Throwable cause) {
        super(message, cause);
    }
}
