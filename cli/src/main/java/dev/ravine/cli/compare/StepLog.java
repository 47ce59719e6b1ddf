package dev.ravine.cli.compare;

import dev.ravine.optim.ModelReport;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.training.Progress;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Every step as a row of a CSV file; what an optimizer does not report stays empty. */
public final class StepLog implements AutoCloseable {
    private static final List<String> TELEMETRY = List.of("radius", "backtracked_to", "rate");

    private final CSVPrinter printer;

    private StepLog(CSVPrinter printer) {
        this.printer = printer;
    }

    /**
     * {@return an empty log}
     *
     * @param file made with its folder, or emptied
     * @throws IOException if it cannot be made
     */
    public static StepLog create(Path file) throws IOException {
        if (file.toAbsolutePath().getParent() != null) {
            Files.createDirectories(file.toAbsolutePath().getParent());
        }
        BufferedWriter writer = Files.newBufferedWriter(file);
        List<String> header = new ArrayList<>(List.of(
                "optimizer",
                "seed",
                "step",
                "seconds",
                "epochs",
                "gradients",
                "loss",
                "loss_after",
                "gradient_norm",
                "step_norm",
                "accepted",
                "reason",
                "damping",
                "ratio",
                "iterations",
                "stopped",
                "smallest_curvature"));
        header.addAll(TELEMETRY);
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader(header.toArray(new String[0]))
                .get();
        return new StepLog(new CSVPrinter(writer, format));
    }

    void write(String optimizer, long seed, StepReport step, Progress progress) throws IOException {
        List<Object> row = new ArrayList<>(List.of(
                optimizer,
                seed,
                step.step(),
                progress.seconds(),
                progress.epochs(),
                progress.gradients(),
                step.loss(),
                step.lossAfter(),
                step.gradientNorm(),
                step.stepNorm(),
                step.accepted(),
                step.reason()));
        ModelReport model = step.model().orElse(null);
        row.add(model == null ? null : model.damping());
        row.add(model == null ? null : model.ratio());
        row.add(model == null ? null : model.iterations());
        row.add(model == null ? null : model.stopped());
        row.add(model == null ? null : model.smallestCurvature());
        TELEMETRY.forEach(name -> row.add(step.telemetry().get(name)));
        printer.printRecord(row);
    }

    @Override
    public void close() throws IOException {
        printer.close();
    }
}
