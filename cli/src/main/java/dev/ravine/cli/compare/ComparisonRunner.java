package dev.ravine.cli.compare;

import dev.ravine.cli.problem.Task;
import dev.ravine.core.Arena;
import dev.ravine.nn.ParameterVector;
import dev.ravine.optim.catalogue.MainSetting;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.TrainingListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Trains the same net from the same starts with several optimizers, one after another. */
public final class ComparisonRunner {
    private static final int MEASUREMENTS = 24;
    private static final double LONGEST_WARM_UP_SECONDS = 2;

    private final Task task;
    private final Budget budget;
    private final Map<Long, INDArray> starts;
    private final BooleanSupplier isInterrupted;
    private final RunDisplay display;

    /**
     * Takes a task whose net is initialized.
     *
     * @param task the net and its data
     * @param budget of each run
     * @param starts parameters by seed
     * @param isInterrupted asked after each step
     * @param display shows progress
     */
    public ComparisonRunner(
            Task task, Budget budget, Map<Long, INDArray> starts, BooleanSupplier isInterrupted, RunDisplay display) {
        this.task = task;
        this.budget = budget;
        this.starts = starts;
        this.isInterrupted = isInterrupted;
        this.display = display;
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
     * @throws IOException if the log cannot be written
     */
    public List<Comparison.Contender> run(List<OptimizerSpec> optimizers, boolean tunes, StepLog log)
            throws IOException {
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
        List<List<Run>> runs = new ArrayList<>();
        optimizers.forEach(o -> runs.add(new ArrayList<>()));
        for (long seed : starts.keySet()) {
            for (int i = 0; i < chosen.size() && !isInterrupted.getAsBoolean(); i++) {
                OptimizerSpec optimizer = chosen.get(i);
                display.next(optimizer.text() + (starts.size() > 1 ? ", seed " + seed : ""), 1);
                task.net().parameterVector().set(starts.get(seed));
                Run run = new TrainingRun(task, optimizer, seed, budget, isInterrupted).run(MEASUREMENTS, log, display);
                display.show(run);
                runs.get(i).add(run);
            }
        }
        List<Comparison.Contender> contenders = new ArrayList<>();
        for (int i = 0; i < chosen.size(); i++) {
            contenders.add(new Comparison.Contender(
                    chosen.get(i), tunes ? Optional.of(tunings.get(i)) : Optional.empty(), runs.get(i)));
        }
        return contenders;
    }

    /** Otherwise the first optimizer would pay for compiling the code that all share. */
    private void warmUp(List<OptimizerSpec> optimizers) throws IOException {
        Map.Entry<Long, INDArray> start = starts.entrySet().iterator().next();
        Budget moment = Budget.seconds(Math.min(LONGEST_WARM_UP_SECONDS, budget.amount()));
        for (OptimizerSpec optimizer : optimizers) {
            if (!isInterrupted.getAsBoolean()) {
                task.net().parameterVector().set(start.getValue());
                new TrainingRun(task, optimizer, start.getKey(), moment, isInterrupted)
                        .run(1, null, new TrainingListener() {});
            }
        }
    }

    /** Each optimizer spends one budget on its trials, all from the first start. */
    private Tuning tune(OptimizerSpec optimizer) throws IOException {
        MainSetting setting = optimizer.kind().main();
        List<String> values = optimizer.trials();
        Budget share = new Budget(budget.unit(), budget.amount() / values.size());
        Map.Entry<Long, INDArray> start = starts.entrySet().iterator().next();
        List<Tuning.Trial> trials = new ArrayList<>();
        for (String value : values) {
            if (isInterrupted.getAsBoolean()) {
                break;
            }
            OptimizerSpec changed = optimizer.with(setting.key(), value);
            display.next("trial " + changed.text(), 1.0 / values.size());
            task.net().parameterVector().set(start.getValue());
            Run run = new TrainingRun(task, changed, start.getKey(), share, isInterrupted).run(1, null, display);
            display.show(run);
            double objective = run.end() == Run.End.BUDGET
                    ? run.last().figures().get(task.objective().name())
                    : Double.NaN;
            trials.add(new Tuning.Trial(changed, value, objective, run.last().progress()));
        }
        return new Tuning(setting, List.copyOf(trials));
    }
}
