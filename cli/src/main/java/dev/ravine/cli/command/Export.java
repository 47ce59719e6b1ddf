package dev.ravine.cli.command;

import dev.ravine.cli.report.Lines;
import dev.ravine.nn.model.Model;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ravine export}: a kept model as a file for other programs. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Writes a model that 'ravine train' or Model.save has kept as an ONNX file, which ONNX Runtime and"
                        + " other programs run. Its input has the features in the units of the table, its output the"
                        + " numbers in these units, or the probabilities of the classes.",
        footer = {"", "Example:", "  ravine export model.safetensors --onnx model.onnx"})
final class Export implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL", description = "The file of the model.")
    private Path file;

    @Option(
            names = "--onnx",
            paramLabel = "FILE",
            required = true,
            description = "The file to make; an earlier one is replaced.")
    private Path onnx;

    @Override
    public Integer call() throws IOException {
        new UsageErrors(spec)
                .require(
                        !onnx.toAbsolutePath()
                                .normalize()
                                .equals(file.toAbsolutePath().normalize()),
                        "--onnx would replace the model; name another file");
        try (Model model = Model.load(file)) {
            model.onnx().save(onnx);
            PrintWriter print = spec.commandLine().getOut();
            print.println(Lines.fitted("input: " + String.join(", ", model.features())));
            print.println((model.isClassifier() ? "output: probabilities of " : "output: ")
                    + String.join(", ", model.names()));
            print.println("model: " + onnx);
            print.flush();
        }
        return 0;
    }
}
