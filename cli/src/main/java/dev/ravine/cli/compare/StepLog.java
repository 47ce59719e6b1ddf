package dev.ravine.cli.compare;

import dev.ravine.optim.StepReport;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.StepColumn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Every step of all runs as a row of one CSV file; a cell stays empty if the optimizer does not report it. */
public final class StepLog implements AutoCloseable {
    /** Its name in the folder of a run. */
    public static final String FILE = "steps.csv";

    private static final List<StepColumn> COLUMNS = List.of(
            StepColumn.STEP,
            StepColumn.SECONDS,
            StepColumn.EPOCHS,
            StepColumn.GRADIENTS,
            StepColumn.LOSS,
            StepColumn.LOSS_AFTER,
            StepColumn.GRADIENT_NORM,
            StepColumn.STEP_NORM,
            StepColumn.ACCEPTED,
            StepColumn.REASON,
            StepColumn.DAMPING,
            StepColumn.RATIO,
            StepColumn.ITERATIONS,
            StepColumn.STOPPED,
            StepColumn.SMALLEST_CURVATURE,
            StepColumn.RADIUS,
            StepColumn.BACKTRACKED_TO,
            StepColumn.RATE);

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
        List<String> header = new ArrayList<>(List.of("optimizer", "seed"));
        header.addAll(StepColumn.headings(COLUMNS));
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader(header.toArray(new String[0]))
                .get();
        return new StepLog(new CSVPrinter(Files.newBufferedWriter(file), format));
    }

    void write(String optimizer, long seed, StepReport step, Progress progress) throws IOException {
        List<Object> row = new ArrayList<>(List.of(optimizer, seed));
        COLUMNS.forEach(column -> row.add(column.value(step, progress)));
        printer.printRecord(row);
    }

    @Override
    public void close() throws IOException {
        printer.close();
    }
}
