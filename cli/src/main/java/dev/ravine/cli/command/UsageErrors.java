package dev.ravine.cli.command;

import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Errors of how a command was called, which are told with its usage. */
record Calls(CommandSpec spec) {
    @FunctionalInterface
    interface Maker<T> {
        T make() throws IOException;
    }

    /** What options do not fit together is a wrong call; what is wrong with a file is not. */
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
