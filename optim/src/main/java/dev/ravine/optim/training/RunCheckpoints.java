package dev.ravine.optim.training;

import dev.ravine.core.Shape;
import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.objective.ModelObjective;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Saves a run to its folder and continues from the latest checkpoint there; does nothing if the run has no folder. The
 * folder is locked from {@link #resume} on, until this is closed.
 */
final class RunCheckpoints implements AutoCloseable {
    private final CheckpointFolder folder;
    private final long everySteps;
    private final Set<String> changeable;
    private final Module net;
    private final Optimizer optimizer;
    private final RunState state;
    private final Measurements measurements;
    private RunIdentity identity;
    private FolderLock lock;

    /** The checkpoints of one run. */
    RunCheckpoints(
            TrainerSettings<?> settings, Module net, Optimizer optimizer, RunState state, Measurements measurements) {
        this.folder = settings.checkpoints;
        this.everySteps = settings.checkpointEvery;
        this.changeable = Set.copyOf(settings.changeable);
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
        Map<String, Double> numbers = new LinkedHashMap<>(state.numbers());
        numbers.putAll(measurements.stateNumbers());
        folder.write(new Checkpoint(
                net.stateDict(), optimizer.name(), optimizer.state(), numbers, state.arrays(), identity.settings()));
    }

    void resume(ModelObjective objective) throws IOException {
        if (folder == null) {
            return;
        }
        lock = folder.lock();
        identity = new RunIdentity(optimizer, objective, measurements);
        Optional<Checkpoint> latest = folder.latest();
        if (latest.isPresent()) {
            resume(latest.get(), objective);
            objective.thetaChanged(objective.theta());
        }
    }

    private void resume(Checkpoint checkpoint, ModelObjective objective) {
        identity.require(checkpoint, changeable);
        requireFit(checkpoint);
        optimizer.restore(checkpoint.state());
        requireFit(optimizer.averaged());
        net.loadStateDict(checkpoint.model());
        state.restore(checkpoint, measurements.keepsBest(), objective.work());
        measurements.restore(checkpoint);
    }

    /** An optimizer whose arrays have lengths of their own cannot know how long the average must be. */
    private void requireFit(Optional<INDArray> averaged) {
        long size = net.parameterVector().size();
        if (averaged.isPresent() && averaged.get().length() != size) {
            throw new IllegalArgumentException("the checkpoint's averaged parameters are " + Shape.of(averaged.get())
                    + ", this model has " + size + " parameters");
        }
    }

    /** The optimizer's vectors and the best parameters are used later, where it would be too late to say so. */
    private void requireFit(Checkpoint checkpoint) {
        long size = net.parameterVector().size();
        checkpoint.state().vectors().forEach((name, vector) -> {
            if (vector.rank() != 1 || (vector.length() != size && !optimizer.hasOwnArrays())) {
                throw new IllegalArgumentException("the checkpoint's vector '" + name + "' of the optimizer is "
                        + Shape.of(vector) + ", this model has " + size + " parameters");
            }
        });
        INDArray previous = RunState.previous(checkpoint);
        if (previous != null && (previous.rank() != 1 || previous.length() != size)) {
            throw new IllegalArgumentException("the checkpoint's point before the last step is " + Shape.of(previous)
                    + ", this model has " + size + " parameters");
        }
        Map<String, INDArray> best = RunState.best(checkpoint);
        if (!best.isEmpty()) {
            net.namedParameters().forEach((path, parameter) -> {
                INDArray saved = best.get(path);
                if (saved == null || !Shape.of(saved).equals(parameter.shape())) {
                    throw new IllegalArgumentException("the checkpoint's best parameter '" + path + "' is "
                            + (saved == null ? "missing" : Shape.of(saved)) + ", this model's is " + parameter.shape());
                }
            });
        }
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }
}
