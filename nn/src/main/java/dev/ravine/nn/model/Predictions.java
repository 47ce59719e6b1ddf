package dev.ravine.nn.model;

import dev.ravine.core.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * What a {@link Model} predicts for some rows: numbers in the units of its training data, or classes with their
 * probabilities.
 */
public final class Predictions {
    private static final int SHOWN = 5;

    private final Answers answers;

    /** For each row its numbers, or the probability of each class. */
    private final double[][] numbers;

    private final int[] classes;

    private Predictions(Answers answers, double[][] numbers, int... classes) {
        this.answers = answers;
        this.numbers = numbers;
        this.classes = classes;
    }

    static Predictions ofValues(Answers answers, double[][] values) {
        return new Predictions(answers, values);
    }

    static Predictions ofClasses(Answers answers, double[][] probabilities, int... classes) {
        return new Predictions(answers, probabilities, classes);
    }

    /** {@return the number of rows} */
    public int size() {
        return numbers.length;
    }

    /** {@return whether there are classes with probabilities, and not numbers} */
    public boolean isClasses() {
        return answers.isClasses();
    }

    /** {@return the names of all classes, or of the numbers of a row, in their order} */
    public List<String> names() {
        return answers.names();
    }

    /**
     * {@return the number that is predicted for a row}
     *
     * @param row from 0
     * @throws IllegalStateException if classes are predicted, or several numbers a row
     */
    public double value(int row) {
        requireValues();
        if (numbers[row].length != 1) {
            throw new IllegalStateException("the model predicts " + numbers[row].length + " numbers a row, "
                    + answers.names() + "; ask values()");
        }
        return numbers[row][0];
    }

    /**
     * {@return the numbers of each row, in the units of the training data; a copy}
     *
     * @throws IllegalStateException if classes are predicted
     */
    public double[][] values() {
        requireValues();
        return copy();
    }

    private void requireValues() {
        if (answers.isClasses()) {
            throw new IllegalStateException(
                    "the model predicts classes, not numbers; ask classes(), className(row) or" + " probabilities()");
        }
    }

    private double[][] copy() {
        return Arrays.stream(numbers).map(double[]::clone).toArray(double[][]::new);
    }

    /**
     * {@return the class of each row, the most probable one}
     *
     * @throws IllegalStateException if numbers are predicted
     */
    public int[] classes() {
        requireClasses();
        return classes.clone();
    }

    /**
     * {@return the name of a row's class}
     *
     * @param row from 0
     * @throws IllegalStateException if numbers are predicted
     */
    public String className(int row) {
        requireClasses();
        return answers.names().get(classes[row]);
    }

    /**
     * {@return for each row the probability of each class; a copy}
     *
     * @throws IllegalStateException if numbers are predicted
     */
    public double[][] probabilities() {
        requireClasses();
        return copy();
    }

    private void requireClasses() {
        if (!answers.isClasses()) {
            throw new IllegalStateException("the model predicts numbers, not classes; ask value(row) or values()");
        }
    }

    /** {@return the names of the columns that {@link #write} makes} */
    public List<String> columns() {
        List<String> columns = new ArrayList<>();
        if (answers.isClasses()) {
            columns.add(answers.target());
            answers.names().forEach(name -> columns.add("probability of " + name));
        } else {
            columns.addAll(answers.names());
        }
        return columns;
    }

    /**
     * {@return a row's cells, in the order of {@link #columns()}; numbers are written so that they read back exactly}
     */
    private List<String> cells(int row) {
        List<String> cells = new ArrayList<>();
        if (answers.isClasses()) {
            cells.add(className(row));
        }
        Arrays.stream(numbers[row]).mapToObj(Double::toString).forEach(cells::add);
        return cells;
    }

    /**
     * Writes a CSV table: a header and a line for each row, with commas between cells and decimal points.
     *
     * @param out takes the text; not closed
     * @throws IOException if it cannot be written to
     */
    public void write(Appendable out) throws IOException {
        CSVFormat format = CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();
        // Closing the printer would close what it prints to.
        @SuppressWarnings("resource")
        CSVPrinter printer = new CSVPrinter(out, format);
        printer.printRecord(columns());
        for (int row = 0; row < size(); row++) {
            printer.printRecord(cells(row));
        }
    }

    /**
     * Writes a CSV file, completely or not at all, as {@link #write} does.
     *
     * @param file to make or replace
     * @throws IOException if writing fails; an existing file is then unchanged
     */
    public void save(Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        write(text);
        AtomicFile.write(file, out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** The first rows as a table. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Predictions[" + size() + (size() == 1 ? " row]\n" : " rows]\n"));
        text.append(String.join(",", columns()));
        for (int row = 0; row < Math.min(size(), SHOWN); row++) {
            text.append('\n').append(String.join(",", cells(row)));
        }
        return text.append(size() > SHOWN ? "\n..." : "").toString();
    }
}
