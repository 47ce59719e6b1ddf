package dev.ravine.cli.command;

import dev.ravine.nn.model.Model;
import dev.ravine.nn.model.Predictions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ravine predict}: what a kept model says of the rows of a table. */
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        description =
                "Predicts the rows of a CSV file by a model that 'ravine train' or Model.save has kept: numbers in the"
                        + " units of the training table, or classes and their probabilities, as CSV.",
        footer = {
            "",
            "The file is read as the training data were, with the same separator, columns, categories and rule for missing"
                    + " cells. The column that is predicted need not be there. Each row has its line, in their order.",
            "",
            "Example:",
            "  ravine predict model.safetensors new.csv --out predicted.csv"
        })
final class Predict implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL", description = "The file of the model.")
    private Path file;

    @Parameters(index = "1", paramLabel = "DATA", description = "A CSV file.")
    private Path data;

    @Option(names = "--out", paramLabel = "FILE", description = "The CSV file to make (default: the terminal).")
    private Path out;

    @Override
    public Integer call() throws IOException {
        new UsageErrors(spec)
                .require(
                        out == null || !out.toAbsolutePath().equals(data.toAbsolutePath()),
                        "--out would replace the data; name another file");
        try (Model model = Model.load(file)) {
            Predictions predictions = model.predict(data);
            PrintWriter print = spec.commandLine().getOut();
            if (out == null) {
                predictions.write(print);
            } else {
                predictions.save(out);
                print.println(predictions.size() + " rows: " + out);
            }
            print.flush();
        }
        return 0;
    }
}
