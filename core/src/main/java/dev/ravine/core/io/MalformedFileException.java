package dev.ravine.core.io;

import java.io.IOException;
import java.io.Serial;

/**
 * A file that breaks its format, or uses a part of it that Ravine does not read. The message names the file, the place
 * in it, what was expected and what was found.
 */
public class MalformedFileException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * An error in a file.
     *
     * @param message the file, the place, what was expected, what was found, and what to do
     */
    public MalformedFileException(String message) {
        super(message);
    }

    /**
     * An error in a file that a decoder found.
     *
     * @param message the file, the place, what was expected, what was found, and what to do
     * @param cause the decoder's exception
     */
    public MalformedFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
