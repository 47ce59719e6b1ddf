package dev.ravine.cli.problem;

import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.ModelCode;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What problems of long sequences share. */
final class LongTerm {
    /** Sequences to train, and as many to test. */
    static final int EXAMPLES = 10_000;

    private static final int DEFAULT_LENGTH = 50;
    private static final String DEFAULT_NET = "rnn:100";

    /** What is compared without other choices. */
    static final BuiltInProblem.Defaults DEFAULTS = new BuiltInProblem.Defaults(
            List.of(),
            0,
            Budget.seconds(60),
            List.of("adam:lr=1e-3,clip=1", "nesterov:lr=0.01,mu=0.9,clip=1", "hf:lambda=0.1"));

    private LongTerm() {}

    /** {@return the part of wrong answers in percent} */
    static Metric wrong(ToDoubleBiFunction<INDArray, DataSet> part) {
        return new Metric("wrong %", false, (outputs, data) -> 100 * part.applyAsDouble(outputs, data));
    }

    /** {@return the length T, after a look at the other options} */
    static int length(Problem problem, Problem.Choices choices) {
        requireSequences(problem, choices);
        choices.requireNoText(problem);
        return choices.length() == null ? DEFAULT_LENGTH : choices.length();
    }

    /** Refuses options that are not for sequences. */
    static void requireSequences(Problem problem, Problem.Choices choices) {
        choices.requireNoCondition(problem);
        Problem.Choices.require(
                choices.data() == null && choices.target() == null,
                problem.name()
                        + " has sequences of its own: --data and --target are for other problems, and --text is for"
                        + " characters");
        Problem.Choices.require(
                choices.hidden().isEmpty() && choices.net().kind().orElse(null) != NetChoice.Kind.MLP,
                problem.name()
                        + " has sequences: take --net rnn, lstm, gru or transformer, or --layers, not --hidden or"
                        + " --net mlp");
    }

    /** {@return a task with the error of training and test data} */
    static Task task(
            Problem problem,
            TrainTest set,
            int outputs,
            ModelCode.Maker<Loss> loss,
            Metric error,
            Problem.Choices choices) {
        String words = choices.net().words().orElse(DEFAULT_NET);
        ModelCode code = new ModelCode(ChosenNet.inWords(words, set.train().featureShape(), outputs), loss);
        String data = "sequences of " + length(problem, choices) + " steps and up to a tenth more";
        return Task.builder(code, set)
                .described(data, words)
                .l2(choices.l2())
                .metric(TaskMetric.training("training " + error.name(), error))
                .metric(TaskMetric.test("test " + error.name(), error))
                .build();
    }
}
