package dev.ravine.optim.training;

import dev.ravine.core.io.MalformedFileException;
import java.io.Serial;

/** A file says that it is in a format of a later version. It need not be damaged, so it is not passed over. */
final class LaterFormatException extends MalformedFileException {
    @Serial
    private static final long serialVersionUID = 1;

    LaterFormatException(String message) {
        super(message);
    }
}
