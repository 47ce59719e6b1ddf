package dev.ravine.cli.command;

import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Makes errors of how a command was called; they are shown with a hint at its usage. */
record UsageErrors(CommandSpec spec) {
    @FunctionalInterface
    interface Maker<T> {
        T make() throws IOException;
    }

    /** Options that do not fit together are a wrong call; an error in a file is not. */
    <T> T checked(Maker<T> maker) throws IOException {
        try {
            return maker.make();
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage(), e);
        }
    }

    void require(boolean condition, String message) {
        if (!condition) {
            throw wrong(message, null);
        }
    }

    ParameterException wrong(String message, Throwable cause) {
        return new ParameterException(spec.commandLine(), message, cause);
    }
}
