package dev.ravine.cli.problem;

import dev.ravine.core.data.Augmentation;
import dev.ravine.core.data.Csv;
import dev.ravine.optim.training.Budget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A kind of task on which {@code ravine compare} compares optimizers, with its defaults. Found by {@link
 * java.util.ServiceLoader}: a jar on the class path that names a class with a public constructor without arguments in
 * {@code META-INF/services/dev.ravine.cli.problem.Problem} adds one.
 */
public interface Problem {
    /** {@return the name on the command line, after {@code --problem}} */
    String name();

    /** {@return the widths of the hidden layers unless {@code --hidden} is given; none by default} */
    default List<Integer> hidden() {
        return List.of();
    }

    /** {@return the weight of L2 unless {@code --l2} is given; 0 by default} */
    default double l2() {
        return 0;
    }

    /** {@return what each optimizer may spend unless a budget is given} */
    Budget budget();

    /** {@return the optimizers to compare unless {@code --optimizer} is given, as written there} */
    List<String> optimizers();

    /**
     * {@return the task}
     *
     * @param choices the user's, with the defaults of this problem for the rest
     * @throws IllegalArgumentException if an option does not apply to this problem or is out of range
     * @throws IOException if data cannot be read
     */
    Task task(Choices choices) throws IOException;

    /**
     * The user's choices, with the problem's defaults for the rest.
     *
     * @param data a folder of IDX files or a CSV file; null for the problem's own data
     * @param target the column of a CSV file to predict; null if not given
     * @param table reads a CSV file as the user described it; knows no targets yet
     * @param hidden widths of the hidden layers
     * @param l2 weight of L2
     * @param condition the condition number; null if not given
     * @param net the net that was chosen
     * @param length of sequences; null if not given
     * @param text a file in UTF-8; null if not given
     * @param augmentations of training images; none by default
     */
    record Choices(
            Path data,
            String target,
            Csv table,
            List<Integer> hidden,
            double l2,
            Double condition,
            NetChoice net,
            Integer length,
            Path text,
            List<Augmentation> augmentations) {
        /**
         * Refuses {@code --condition}, which is for the problem {@code conditioned} alone.
         *
         * @param problem which refuses it
         * @throws IllegalArgumentException if it was given
         */
        public void requireNoCondition(Problem problem) {
            require(condition == null, "--condition is for the problem conditioned, not for " + problem.name());
        }

        /**
         * Refuses {@code --length}, which is for problems of sequences.
         *
         * @param problem which refuses it
         * @throws IllegalArgumentException if it was given
         */
        public void requireNoLength(Problem problem) {
            require(
                    length == null,
                    "--length is for addition, temporal-order and characters, not for " + problem.name());
        }

        /**
         * Refuses {@code --text}, which is for the problem {@code characters} alone.
         *
         * @param problem which refuses it
         * @throws IllegalArgumentException if it was given
         */
        public void requireNoText(Problem problem) {
            require(text == null, "--text is for the problem characters, not for " + problem.name());
        }

        /**
         * Refuses {@code --net} and {@code --layers}, for a problem that has its own net.
         *
         * @param problem which refuses them
         * @throws IllegalArgumentException if one was given
         */
        public void requireNoNet(Problem problem) {
            require(
                    net.kind().isEmpty() && net.layers().isEmpty(),
                    problem.name() + " has its own net: --net and --layers are for classify, regress and the"
                            + " problems of sequences");
        }

        /**
         * Refuses what does not fit.
         *
         * @param condition must hold
         * @param message what was expected and found
         * @throws IllegalArgumentException with the message otherwise
         */
        public static void require(boolean condition, String message) {
            if (!condition) {
                throw new IllegalArgumentException(message);
            }
        }
    }
}
