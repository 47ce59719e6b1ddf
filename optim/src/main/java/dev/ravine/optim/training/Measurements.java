package dev.ravine.optim.training;

import dev.ravine.core.StableText;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Module;
import dev.ravine.optim.objective.ModelObjective;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Measures the model on validation data, and watches the first metric.
 *
 * @param validation data that are not trained on, or null
 * @param metrics none if there are no such data
 * @param watch of the first metric, or null
 * @param keepsBest whether the parameters with the best first metric are kept
 */
record Measurements(DataSet validation, List<Metric> metrics, EarlyStopping watch, boolean keepsBest) {
    /**
     * Measures, and returns whether there were any figures.
     *
     * @param averaged other parameters to measure beside the model's own, under names that begin with "averaged "
     * @param statistics computes buffers of the model, such as those of batch normalization, for its present parameters
     */
    boolean take(
            ModelObjective objective,
            Module net,
            Optional<INDArray> averaged,
            RunState state,
            Consumer<Module> statistics) {
        statistics.accept(net);
        Map<String, Double> measured = new LinkedHashMap<>();
        if (validation != null) {
            measure(objective, "", measured);
            averaged.ifPresent(other -> {
                measureAt(other, objective, net, measured, statistics);
                statistics.accept(net);
            });
        }
        state.measured(measured);
        if (watch != null && watch.see(measured.get(watch.figure()), state.steps()) && keepsBest) {
            state.keepBest(net.stateDict());
        }
        return !measured.isEmpty();
    }

    private void measureAt(
            INDArray other,
            ModelObjective objective,
            Module net,
            Map<String, Double> measured,
            Consumer<Module> statistics) {
        net.parameterVector().during(other, () -> {
            objective.thetaChanged(objective.theta());
            statistics.accept(net);
            measure(objective, "averaged ", measured);
            return measured;
        });
        objective.thetaChanged(objective.theta());
    }

    private void measure(ModelObjective objective, String prefix, Map<String, Double> measured) {
        INDArray outputs = objective.outputs(validation);
        for (Metric metric : metrics) {
            measured.put(prefix + "validation " + metric.name(), metric.figure().applyAsDouble(outputs, validation));
        }
    }

    /** Whether early stopping ends the run. */
    boolean areOver() {
        return watch != null && watch.isOver();
    }

    Optional<TrainingResult.Best> best() {
        return watch != null && watch.hasBest() ? Optional.of(watch.best()) : Optional.empty();
    }

    /** What is measured, by name, as a run that goes on must have it too. */
    Map<String, String> settings() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(
                "validation_data",
                validation == null ? null : validation.size() + " examples, checksum " + validation.checksum());
        all.put("validation_metrics", metrics);
        all.put("keep_best", keepsBest);
        all.put("early_stopping", watch == null ? null : watch.settings());
        return StableText.ofAll(all);
    }

    Map<String, Double> stateNumbers() {
        return watch == null ? Map.of() : watch.stateNumbers();
    }

    void restore(Checkpoint checkpoint) {
        if (watch != null) {
            watch.restoreState(checkpoint.numbers());
        }
    }
}
