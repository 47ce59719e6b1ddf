package dev.ravine.cli.study;

import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.LongTermTasks;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.RecurrentSettings;
import dev.ravine.nn.layers.Rnn;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleBiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Who makes a plain recurrent net remember: addition and temporal order, each method with the same number of trials.
 */
final class Sequences {
    /** The share of wrong answers below which a task is solved (Martens and Sutskever, ICML 2011). */
    private static final double SOLVED = 0.001;

    private static final int MEASUREMENTS = 60;

    private static final List<Method> METHODS = List.of(
            new Method(
                    "Hessian-free",
                    "initial damping",
                    new double[] {0.1, 1, 10},
                    rnn -> rnn.withoutBias()
                            .learnedInitialState()
                            .hiddenWeights(scaled(Initializer.sparse(15), 1 / Math.sqrt(15)))
                            .inputWeights(Initializer.normal(0.25)),
                    v -> HessianFree.builder()
                            .damping(v)
                            .structuralDamping(0.1)
                            .preconditioner(0)
                            .curvatureExamples(500)
                            .maxIterations(100)
                            .build()),
            new Method(
                    "Adam",
                    "learning rate",
                    new double[] {1e-3, 3e-4, 3e-3},
                    rnn -> rnn,
                    v -> Adam.builder().learningRate(v).clipNorm(1).build()),
            new Method(
                    "Nesterov",
                    "learning rate",
                    new double[] {1e-2, 3e-3, 3e-2},
                    rnn -> rnn.hiddenWeights(Initializer.orthogonal(1)).inputWeights(Initializer.normal(0.25)),
                    v -> Sgd.builder().learningRate(v).nesterov(0.9).clipNorm(1).build()));

    /** An optimizer, the values of its main setting that are tried, and the start of the net that it is given. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Method(
            String name,
            String setting,
            double[] values,
            UnaryOperator<RecurrentSettings> start,
            DoubleFunction<Optimizer> maker) {}

    /** Sequences to train, others to measure, and others again to confirm. */
    private record Exercise(
            String name,
            DataSet train,
            DataSet fresh,
            DataSet others,
            int outputs,
            Loss loss,
            ToDoubleBiFunction<INDArray, DataSet> wrong) {}

    /** Sizes and budget. */
    private record Plan(int length, int examples, int units, double gradients, int trials, long seed) {
        List<Exercise> exercises() {
            return List.of(
                    new Exercise(
                            "addition",
                            LongTermTasks.addition(examples, length, seed),
                            LongTermTasks.addition(examples, length, seed + 1),
                            LongTermTasks.addition(examples, length, seed + 2),
                            1,
                            Loss.meanSquaredError(),
                            Metric.beyond(0.04).figure()),
                    new Exercise(
                            "temporal order",
                            LongTermTasks.temporalOrder(examples, length, 2, seed),
                            LongTermTasks.temporalOrder(examples, length, 2, seed + 1),
                            LongTermTasks.temporalOrder(examples, length, 2, seed + 2),
                            4,
                            Loss.softmaxCrossEntropy(),
                            (outputs, data) -> 1 - Metric.accuracy().figure().applyAsDouble(outputs, data)));
        }
    }

    /** What became of a trial: wrong answers over work, and whether both sets of fresh sequences call it solved. */
    private record Trial(
            Exercise exercise,
            Method method,
            double value,
            List<Double> gradients,
            List<Double> wrong,
            int steps,
            boolean isSolved) {
        double work() {
            return gradients.get(gradients.size() - 1);
        }

        double lowest() {
            return wrong.stream().mapToDouble(w -> w).min().orElseThrow();
        }
    }

    private Sequences() {}

    static Answer run(Effort effort, Progress progress) {
        Plan plan = effort.choose(
                new Plan(20, 200, 10, 3, 1, effort.seed()), new Plan(50, 10_000, 100, 300, 3, effort.seed()));
        List<Trial> trials = new ArrayList<>();
        List<Exercise> exercises = plan.exercises();
        int all = exercises.size() * METHODS.size() * plan.trials;
        for (Exercise exercise : exercises) {
            for (Method method : METHODS) {
                for (int i = 0; i < plan.trials; i++) {
                    double value = method.values[i];
                    String part = method.name + " (" + method.setting + " " + value + ") on " + exercise.name;
                    double before = trials.size();
                    trials.add(
                            trial(plan, exercise, method, value, share -> progress.at((before + share) / all, part)));
                }
            }
        }
        return answer(plan, trials);
    }

    private interface Share {
        void of(double done);
    }

    /** Steps until fresh sequences call the task solved, and others confirm it, or the budget ends. */
    private static Trial trial(Plan plan, Exercise exercise, Method method, double value, Share share) {
        RecurrentSettings settings = method.start.apply(
                RecurrentSettings.of(exercise.train.featureShape().size(1), plan.units)
                        .lastStep());
        var net = new Sequential(new Rnn(settings), new Linear(plan.units, exercise.outputs));
        net.initialize(DType.FLOAT32, plan.seed);
        List<Double> gradients = new ArrayList<>();
        List<Double> wrong = new ArrayList<>();
        int steps = 0;
        boolean isSolved = false;
        try (var objective = SupervisedObjective.of(net, exercise.loss, exercise.train);
                var optimizer = method.maker.apply(value);
                var predictor = new Predictor(net)) {
            while (!isSolved && objective.cost() < plan.gradients) {
                double next = objective.cost() + plan.gradients / MEASUREMENTS;
                do {
                    optimizer.step(objective, objective.theta());
                    steps++;
                } while (objective.cost() < next);
                gradients.add(objective.cost());
                wrong.add(wrong(predictor, exercise, exercise.fresh));
                isSolved = wrong.get(wrong.size() - 1) < SOLVED && wrong(predictor, exercise, exercise.others) < SOLVED;
                share.of(Math.min(1, objective.cost() / plan.gradients));
            }
        } catch (NonFiniteLossException e) {
            gradients.add(plan.gradients);
            wrong.add(1.0);
        }
        return new Trial(exercise, method, value, gradients, wrong, steps, isSolved);
    }

    private static double wrong(Predictor predictor, Exercise exercise, DataSet fresh) {
        return exercise.wrong.applyAsDouble(predictor.outputs(fresh.features()), fresh);
    }

    private static Initializer scaled(Initializer initializer, double factor) {
        return (parameter, fans, rng) -> {
            initializer.fill(parameter, fans, rng);
            Vectors.scale(factor, parameter);
        };
    }

    private static Answer answer(Plan plan, List<Trial> trials) {
        String verdict = plan.exercises().stream()
                .map(exercise -> exercise.name + ": " + solvers(best(trials, exercise.name)))
                .collect(Collectors.joining("; "));
        String text = String.format(
                Locale.ROOT,
                "Which optimizer makes a plain recurrent net remember over %d steps and more? The net has %d tanh"
                        + " units and learns from %,d sequences (Hochreiter and Schmidhuber, 1997, with the positions of"
                        + " Martens and Sutskever, ICML 2011). A task is solved when fewer than 0.1 %% of %,d fresh"
                        + " sequences are wrong, and of as many others. Each optimizer has %d trials of its main setting,"
                        + " each of the work of at most %.0f gradients over all sequences, or until it has solved the"
                        + " task. hf: structural damping 0.1, curvature of 500 sequences, at most 100 iterations without"
                        + " a preconditioner; a start of 15 weights from N(0, 1 / 15) for each unit, no biases, a"
                        + " learned first state. adam: batches of 100, gradients clipped to norm 1, PyTorch's start."
                        + " nesterov: the same batches and clipping, momentum 0.9, an orthogonal start.",
                plan.length,
                plan.units,
                plan.examples,
                plan.examples,
                plan.trials,
                plan.gradients);
        List<Report.Element> elements = new ArrayList<>();
        plan.exercises().forEach(exercise -> elements.add(chart(exercise.name, best(trials, exercise.name))));
        elements.add(table(trials));
        return new Answer(
                "Wrong answers on fresh sequences. " + verdict + ".", new Report.Section("Sequences", text, elements));
    }

    /** The best trial of each method: the first to have solved the task, else the one with the fewest wrong answers. */
    private static List<Trial> best(List<Trial> trials, String exercise) {
        return METHODS.stream()
                .map(method -> trials.stream()
                        .filter(t -> t.method.equals(method) && t.exercise.name.equals(exercise))
                        .min(Comparator.comparing((Trial t) -> !t.isSolved)
                                .thenComparing(t -> t.isSolved ? t.work() : t.lowest()))
                        .orElseThrow())
                .toList();
    }

    private static String solvers(List<Trial> best) {
        return best.stream()
                .map(t -> t.isSolved
                        ? t.method.name + " solved it after " + Figure.text(t.work()) + " gradients"
                        : t.method.name + " came to " + Figure.text(100 * t.lowest()) + " %")
                .collect(Collectors.joining(", "));
    }

    private static Chart chart(String exercise, List<Trial> best) {
        return new Chart(
                "sequences-" + exercise.replace(' ', '-'),
                "Wrong answers on fresh sequences of " + exercise + ", the best trial of each optimizer.",
                List.of(new Chart.Axis("gradients", "gradients over all sequences", false)),
                List.of(new Chart.Axis("wrong", "wrong %", false)),
                best.stream()
                        .map(t -> new Chart.Line(
                                t.method.name,
                                Chart.Style.LINE,
                                Map.of("gradients", numbers(t.gradients, 1), "wrong", numbers(t.wrong, 100)),
                                Map.of()))
                        .toList());
    }

    private static double[] numbers(List<Double> list, double factor) {
        return list.stream().mapToDouble(v -> factor * v).toArray();
    }

    private static Table table(List<Trial> trials) {
        List<List<Object>> rows = new ArrayList<>();
        for (Trial t : trials) {
            rows.add(List.of(
                    t.exercise.name,
                    t.method.name,
                    t.method.setting,
                    t.value,
                    t.isSolved ? "yes" : "no",
                    t.work(),
                    t.steps,
                    100 * t.lowest()));
        }
        return new Table(
                "sequences-trials",
                "All trials: the work and the steps until the task was solved or the budget had ended, and the smallest"
                        + " share of wrong answers.",
                List.of("task", "optimizer", "setting", "value", "solved", "gradients", "steps", "wrong %"),
                rows);
    }
}
