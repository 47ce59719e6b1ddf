package dev.ravine.optim.training;

import java.io.IOException;
import java.io.Serial;

/** A file is in a format of a later version. It is not damaged, so it is not passed over. */
final class LaterFormatException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    LaterFormatException(String message) {
        super(message);
    }
}
