package dev.ravine.cli.compare;

import dev.ravine.cli.problem.Task;
import dev.ravine.core.Arena;
import dev.ravine.nn.ParameterVector;
import dev.ravine.optim.catalogue.MainSetting;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.TrainingListener;
import dev.ravine.optim.training.Tuner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains the same net from the same starts with several optimizers. With a budget of seconds they take turns of a
 * second or less, so that a slow phase of the machine is shared by all; else they train one after another.
 */
public final class ComparisonRunner {
    private static final int MEASUREMENTS = 24;
    private static final double LONGEST_WARM_UP_SECONDS = 2;
    private static final TrainingListener NOBODY = new TrainingListener() {};
    private static final Tuner.Ended NO_MORE_TRIALS = new Tuner.Ended(Double.NaN, Double.POSITIVE_INFINITY);

    private final Task task;
    private final Tasks more;
    private final Budget budget;
    private final Map<Long, INDArray> starts;
    private final BooleanSupplier isInterrupted;
    private final RunDisplay display;
    private final Place place;
    private final SoFar soFar;

    /** Makes further tasks like the first one, each with a net of its own. */
    @FunctionalInterface
    public interface Tasks {
        /**
         * {@return another one, whose net is not initialized}
         *
         * @throws IOException if data cannot be read
         */
        Task another() throws IOException;
    }

    /**
     * Takes a task whose net is initialized.
     *
     * @param task the net and its data
     * @param more further ones, for optimizers that train in turns
     * @param budget of each run
     * @param starts parameters by seed
     * @param isInterrupted asked after each step
     * @param display shows progress
     * @param problem its name, for those who look on
     * @param audience looks on
     * @param place where objectives are computed
     */
    public ComparisonRunner(
            Task task,
            Tasks more,
            Budget budget,
            Map<Long, INDArray> starts,
            BooleanSupplier isInterrupted,
            RunDisplay display,
            String problem,
            Audience audience,
            Place place) {
        this.task = task;
        this.more = more;
        this.budget = budget;
        this.starts = starts;
        this.isInterrupted = isInterrupted;
        this.display = display;
        this.place = place;
        this.soFar = new SoFar(problem, task, budget, audience, display, place.name());
    }

    /**
     * {@return the parameters of a net initialized with each seed}
     *
     * @param task whose net ends at the last start
     * @param firstSeed the others follow it
     * @param count how many
     */
    public static Map<Long, INDArray> starts(Task task, long firstSeed, int count) {
        Map<Long, INDArray> starts = new LinkedHashMap<>();
        for (long seed = firstSeed; seed < firstSeed + count; seed++) {
            ParameterVector vector = task.net().initialize(task.set().train().dtype(), seed);
            starts.put(seed, Arena.copyOf(vector.array()));
            if (seed < firstSeed + count - 1) {
                vector.close();
            }
        }
        return starts;
    }

    /**
     * {@return the optimizers with their runs; a run that had not begun at an interruption is missing}
     *
     * @param optimizers distinct
     * @param tunes whether to choose their main settings first
     * @param log takes all steps except those of tuning
     * @param watchers makes a listener of each run except those of tuning, from the run's name
     * @throws IOException if the log cannot be written, or data cannot be read
     */
    public List<Comparison.Contender> run(
            List<OptimizerSpec> optimizers, boolean tunes, StepLog log, Function<String, TrainingListener> watchers)
            throws IOException {
        List<String> given = OptimizerNames.of(optimizers);
        soFar.begin(starts.keySet().iterator().next(), contenders(given, optimizers, List.of(), List.of()));
        if (budget.unit() == Budget.Unit.SECONDS) {
            warmUp(optimizers);
        }
        List<OptimizerSpec> chosen = new ArrayList<>(optimizers);
        List<Tuning> tunings = new ArrayList<>();
        for (int i = 0; tunes && i < optimizers.size(); i++) {
            Tuning tuning = tune(optimizers.get(i));
            tunings.add(tuning);
            chosen.set(i, tuning.best().map(Tuning.Trial::optimizer).orElse(optimizers.get(i)));
        }
        List<String> names = OptimizerNames.of(chosen);
        List<List<Run>> runs = new ArrayList<>();
        optimizers.forEach(o -> runs.add(new ArrayList<>()));
        Race race = new Race(tasks(chosen.size()), budget, isInterrupted, place);
        for (long seed : starts.keySet()) {
            soFar.begin(seed, contenders(names, chosen, tunings, List.of()));
            String ending = starts.size() > 1 ? ", seed " + seed : "";
            List<RunDisplay.Shown> shown =
                    names.stream().map(name -> display.run(name + ending, 1)).toList();
            List<Optional<Run>> done = race.run(chosen, starts.get(seed), (i, one) -> {
                TrainingListener watcher = watchers.apply(names.get(i) + ending);
                Run run = one.seed(seed).run(MEASUREMENTS, log, shown.get(i), made -> soFar.stepped(i, made), watcher);
                shown.get(i).show(run, task);
                soFar.ended(i, run);
                return run;
            });
            for (int i = 0; i < done.size(); i++) {
                done.get(i).ifPresent(runs.get(i)::add);
            }
        }
        return contenders(names, chosen, tunings, runs);
    }

    private static List<Comparison.Contender> contenders(
            List<String> names, List<OptimizerSpec> chosen, List<Tuning> tunings, List<List<Run>> runs) {
        return IntStream.range(0, chosen.size())
                .mapToObj(i -> new Comparison.Contender(
                        names.get(i),
                        chosen.get(i),
                        tunings.isEmpty() ? Optional.empty() : Optional.of(tunings.get(i)),
                        runs.isEmpty() ? List.of() : runs.get(i)))
                .toList();
    }

    /** One for each optimizer that trains in turns, all on the same data; else one for all. */
    private List<Task> tasks(int optimizers) throws IOException {
        List<Task> tasks = new ArrayList<>(List.of(task));
        while (budget.unit() == Budget.Unit.SECONDS && tasks.size() < optimizers) {
            Task another = more.another();
            another.net().initialize(task.set().train().dtype(), 0);
            tasks.add(another.onDataOf(task));
        }
        return tasks;
    }

    /** Otherwise the first optimizer would pay for compiling the code that all share. */
    private void warmUp(List<OptimizerSpec> optimizers) throws IOException {
        Map.Entry<Long, INDArray> start = starts.entrySet().iterator().next();
        Budget moment = Budget.seconds(Math.min(LONGEST_WARM_UP_SECONDS, budget.amount()));
        for (OptimizerSpec optimizer : optimizers) {
            if (!isInterrupted.getAsBoolean()) {
                task.net().parameterVector().set(start.getValue());
                new TrainingRun(task, optimizer, start.getKey(), moment, isInterrupted, TrainingRun.Turn.ALONE, place)
                        .run(1, null, NOBODY, made -> soFar.passed(), NOBODY);
            }
        }
    }

    /** Each optimizer spends one budget on its trials, all from the first start, the middle value first. */
    private Tuning tune(OptimizerSpec optimizer) throws IOException {
        MainSetting setting = optimizer.kind().main();
        List<String> values = optimizer.trials();
        double middle = (values.size() - 1) / 2.0;
        List<String> order = IntStream.range(0, values.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> Math.abs(i - middle)))
                .map(values::get)
                .toList();
        Map<String, Tuning.Trial> done = new HashMap<>();
        List<Tuner.Trial<String>> trials = Tuner.listed(order, budget, (value, share) -> {
            OptimizerSpec changed = optimizer.with(setting.key(), value);
            RunDisplay.Shown shown = display.run("trial " + changed.text(), 1.0 / values.size());
            if (isInterrupted.getAsBoolean()) {
                shown.onClose();
                return NO_MORE_TRIALS;
            }
            Tuning.Trial trial = trial(changed, value, share, shown);
            done.put(value, trial);
            return new Tuner.Ended(trial.objective(), trial.progress().spent() * share.amount());
        });
        List<String> left =
                values.stream().filter(value -> !done.containsKey(value)).toList();
        left.forEach(value -> display.run(value, 1.0 / values.size()).onClose());
        return new Tuning(
                setting,
                values.stream().filter(done::containsKey).map(done::get).toList(),
                left,
                Tuner.best(trials).map(trial -> done.get(trial.settings())));
    }

    private Tuning.Trial trial(OptimizerSpec changed, String value, Budget share, RunDisplay.Shown shown)
            throws IOException {
        Map.Entry<Long, INDArray> start = starts.entrySet().iterator().next();
        task.net().parameterVector().set(start.getValue());
        Run run = new TrainingRun(task, changed, start.getKey(), share, isInterrupted, TrainingRun.Turn.ALONE, place)
                .run(1, null, shown, made -> soFar.passed(), NOBODY);
        shown.show(run, task);
        double objective = run.end() == Run.End.BUDGET
                ? run.last().figures().get(task.objective().name())
                : Double.NaN;
        return new Tuning.Trial(changed, value, objective, run.last().progress());
    }
}
