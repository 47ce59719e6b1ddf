package dev.ravine.optim.training;

import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.objective.ModelObjective;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Saves a run to its folder and continues from the latest checkpoint there; does nothing if the run has no folder. */
final class RunCheckpoints {
    private final CheckpointFolder folder;
    private final long everySteps;
    private final Module net;
    private final Optimizer optimizer;
    private final RunState state;
    private final Measurements measurements;
    private Map<String, Double> settings = Map.of();

    /**
     * The checkpoints of one run.
     *
     * @param folder or null
     */
    RunCheckpoints(
            CheckpointFolder folder,
            long everySteps,
            Module net,
            Optimizer optimizer,
            RunState state,
            Measurements measurements) {
        this.folder = folder;
        this.everySteps = everySteps;
        this.net = net;
        this.optimizer = optimizer;
        this.state = state;
        this.measurements = measurements;
    }

    void saveIfDue() throws IOException {
        if (folder != null && state.steps() % everySteps == 0) {
            save();
        }
    }

    void save() throws IOException {
        if (folder == null) {
            return;
        }
        Map<String, Double> numbers = new LinkedHashMap<>(settings);
        numbers.putAll(state.numbers());
        numbers.putAll(measurements.stateNumbers());
        folder.write(new Checkpoint(net.stateDict(), optimizer.name(), optimizer.state(), numbers, state.arrays()));
    }

    void resume(ModelObjective objective) throws IOException {
        if (folder == null) {
            return;
        }
        settings = objective.settings();
        Optional<Checkpoint> latest = folder.latest();
        if (latest.isPresent()) {
            resume(latest.get());
            objective.thetaChanged(objective.theta());
        }
    }

    private void resume(Checkpoint checkpoint) {
        if (!checkpoint.optimizer().equals(optimizer.name())) {
            throw new IllegalArgumentException("the checkpoint is of a run with " + checkpoint.optimizer()
                    + ", this one uses " + optimizer.name() + "; use the same optimizer, or another folder");
        }
        settings.forEach((name, value) -> {
            if (checkpoint.number(name) != value) {
                throw new IllegalArgumentException("the checkpoint is of a run with " + name + " "
                        + plain(checkpoint.number(name)) + ", this one has " + plain(value)
                        + "; use the same data and settings, or another folder");
            }
        });
        optimizer.restore(checkpoint.state());
        net.loadStateDict(checkpoint.model());
        state.restore(checkpoint, measurements.keepsBest());
        measurements.restore(checkpoint);
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.format("%.0f", number) : Double.toString(number);
    }
}
