package dev.ravine.cli.study;

import java.io.IOException;
import java.util.List;

/**
 * One question about optimizers, answered by runs.
 *
 * @param name on the command line: one word
 * @param question in one sentence
 * @param runs answer it
 * @param isLong whether it takes hours, so that it runs only if it is named
 */
public record Analysis(String name, String question, Runs runs, boolean isLong) {
    private static final List<Analysis> ALL = List.of(
            new Analysis(
                    "conditioning",
                    "How does the work to a tolerance grow with the condition number?",
                    Conditioning::run),
            new Analysis(
                    "convergence",
                    "Of which order is convergence near a minimum: linear, superlinear or quadratic?",
                    Convergence::run),
            new Analysis(
                    "sensitivity",
                    "How exactly must the learning rate, the initial damping and the scale of the start be chosen?",
                    Sensitivity::run),
            new Analysis(
                    "architectures",
                    "On which kind of net is second order ahead in equal time, and how exactly must it be tuned?",
                    Architectures::run),
            new Analysis(
                    "sequences",
                    "Who makes a plain recurrent net remember over 50 steps, and after how much work?",
                    Sequences::run,
                    true),
            new Analysis(
                    "batch",
                    "How few examples may Hessian-free's curvature see, when its gradient sees all?",
                    BatchSize::run),
            new Analysis(
                    "preconditioner",
                    "How many iterations of conjugate gradients does a preconditioner save?",
                    Preconditioners::run),
            new Analysis(
                    "scaling",
                    "How do time and memory of a step grow with the number of parameters, and where are the walls?",
                    Scaling::run),
            new Analysis("saddle", "Who leaves a saddle, after how many steps, and by what?", Saddle::run));

    private Analysis(String name, String question, Runs runs) {
        this(name, question, runs, false);
    }

    /** What answers a question. */
    @FunctionalInterface
    public interface Runs {
        /**
         * Runs the analysis.
         *
         * @param effort how much work it may do
         * @param progress receives how far it has come
         * @return charts and tables, a text that says what was done and what came out, and the outcome in one sentence
         * @throws IOException if data cannot be read
         */
        Answer run(Effort effort, Progress progress) throws IOException;
    }

    /** {@return all analyses, in the order of a report} */
    public static List<Analysis> all() {
        return ALL;
    }

    /**
     * Runs the analysis.
     *
     * @param effort how much work it may do
     * @param progress receives how far it has come
     * @return charts and tables, a text that says what was done and what came out, and the outcome in one sentence
     * @throws IOException if data cannot be read
     */
    public Answer run(Effort effort, Progress progress) throws IOException {
        return runs.run(effort, progress);
    }
}
