package dev.ravine.cli.command;

import dev.ravine.optim.linear.LinearOperator;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A matrix whose products are counted and shown as they happen, and which ends the work when it is interrupted. */
final class Products implements LinearOperator {
    private static final double SECONDS_BETWEEN_LINES = 5;

    private final LinearOperator matrix;
    private final String label;
    private final PrintWriter out;
    private final Interruption interruption;
    private String task = "";
    private long expected;
    private long count;
    private long before;
    private long started;
    private long shown = System.nanoTime();

    /** Thrown instead of a product once the user wants the command to end. */
    static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    Products(LinearOperator matrix, String label, PrintWriter out, Interruption interruption) {
        this.matrix = matrix;
        this.label = label;
        this.out = out;
        this.interruption = interruption;
    }

    /** What the next products are for, and how many there will be about. */
    void begin(String newTask, long products) {
        task = newTask;
        expected = products;
        before = count;
        started = System.nanoTime();
    }

    /** All so far. */
    long count() {
        return count;
    }

    @Override
    public long size() {
        return matrix.size();
    }

    @Override
    public Set<Property> properties() {
        return matrix.properties();
    }

    @Override
    public void apply(INDArray v, INDArray result) {
        if (interruption.isRequested()) {
            throw new Interrupted();
        }
        matrix.apply(v, result);
        count++;
        long now = System.nanoTime();
        if ((now - shown) / 1e9 >= SECONDS_BETWEEN_LINES) {
            shown = now;
            double rate = (count - before) / ((now - started) / 1e9);
            out.printf(
                    Locale.ROOT,
                    "%s: %s, %d of about %d products, %.1f a second, %.0f s left%n",
                    label,
                    task,
                    count - before,
                    expected,
                    rate,
                    Math.max(0, expected - count + before) / rate);
            out.flush();
        }
    }
}
