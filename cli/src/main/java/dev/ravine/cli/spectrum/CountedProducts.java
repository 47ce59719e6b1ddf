package dev.ravine.cli.spectrum;

import dev.ravine.optim.linear.LinearOperator;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Counts and shows the products of a matrix as they happen, and ends the work when it is interrupted. */
final class CountedProducts implements LinearOperator {
    private static final double SECONDS_BETWEEN_LINES = 5;

    private final LinearOperator matrix;
    private final String label;
    private final PrintWriter out;
    private final BooleanSupplier isInterrupted;
    private String task = "";
    private long expected;
    private long count;
    private long before;
    private long started;
    private long shown = System.nanoTime();

    /** Thrown instead of a product after an interruption. */
    static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    CountedProducts(LinearOperator matrix, String label, PrintWriter out, BooleanSupplier isInterrupted) {
        this.matrix = matrix;
        this.label = label;
        this.out = out;
        this.isInterrupted = isInterrupted;
    }

    /** Announces the purpose of the next products, and about how many there will be. */
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
        if (isInterrupted.getAsBoolean()) {
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
