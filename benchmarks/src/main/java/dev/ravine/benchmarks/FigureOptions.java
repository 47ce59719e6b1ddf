package dev.ravine.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** How many samples a figure has, and where figures go: a mixin. */
final class FigureOptions {
    @Option(names = "--json", paramLabel = "FILE", description = "Write one JSON object a line to this file.")
    private Path json;

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            description = "Samples of each figure in a round. Default: ${DEFAULT-VALUE}.")
    private int repetitions = 15;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often everything is measured, each time in another order. Default: ${DEFAULT-VALUE}.")
    private int rounds = 3;

    int rounds() {
        return rounds;
    }

    int repetitions() {
        return repetitions;
    }

    /** Writes the lines to the file, if there is one. */
    void write(List<String> lines) throws IOException {
        if (json != null) {
            Files.write(json, lines);
        }
    }
}
