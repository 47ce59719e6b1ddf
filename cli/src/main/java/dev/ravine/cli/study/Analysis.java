package dev.ravine.cli.study;

import java.io.IOException;
import java.util.List;

/** One question about optimizers, answered by runs. */
public interface Analysis {
    /**
     * All there are.
     *
     * @return in the order of a report
     */
    static List<Analysis> all() {
        return List.of(
                new Conditioning(), new Convergence(), new Sensitivity(), new BatchSize(), new Scaling(), new Saddle());
    }

    /**
     * What it is called on the command line.
     *
     * @return one word
     */
    String name();

    /**
     * What it asks.
     *
     * @return a sentence
     */
    String question();

    /**
     * Asks.
     *
     * @param effort how much may be done
     * @param watch told how far it is
     * @return figures and tables with a text that says what was done and what came of it, and that in a sentence
     * @throws IOException if data cannot be read
     */
    Finding run(Effort effort, Watch watch) throws IOException;
}
