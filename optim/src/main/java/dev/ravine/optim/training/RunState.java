package dev.ravine.optim.training;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where a run stands: what was spent and measured so far, as it is saved in a checkpoint. */
final class RunState {
    private static final String FIGURE = "figure.";
    private static final String HISTORY = "history.";
    private static final String BEST = "best.";
    private static final String PREVIOUS = "previous";

    private final Map<String, List<Double>> history = new LinkedHashMap<>();
    private Map<String, Double> figures = Map.of();
    private Map<String, INDArray> bestParameters = Map.of();
    private INDArray previous;
    private long steps;
    private long examples;
    private double seconds;
    private double gradients;
    private long failures;
    private long measuredEpoch;
    private long measuredStep = -1;

    long steps() {
        return steps;
    }

    /** Counts time and work, also of a step that failed. */
    void spend(double moreSeconds, double moreGradients) {
        seconds += moreSeconds;
        gradients += moreGradients;
    }

    /** Counts a step that succeeded, and keeps where it began, or null. */
    void stepped(long moreExamples, INDArray start) {
        failures = 0;
        previous = start;
        steps++;
        examples += moreExamples;
    }

    /** Counts a step that failed, and returns how many in a row have. */
    long failed() {
        return ++failures;
    }

    void forgetFailures() {
        failures = 0;
    }

    /** Where the last successful step began; null if that is not known. */
    INDArray previous() {
        return previous;
    }

    /** Whether the last step has ended an epoch that was not measured yet. */
    boolean endsEpoch(int examplesOfData) {
        if (examples / examplesOfData > measuredEpoch) {
            measuredEpoch = examples / examplesOfData;
            return true;
        }
        return false;
    }

    boolean isMeasured() {
        return measuredStep == steps;
    }

    void measured(Map<String, Double> measured) {
        measuredStep = steps;
        figures = Collections.unmodifiableMap(measured);
        if (!measured.isEmpty()) {
            history.computeIfAbsent("step", k -> new ArrayList<>()).add((double) steps);
            measured.forEach((name, value) ->
                    history.computeIfAbsent(name, k -> new ArrayList<>()).add(value));
        }
    }

    Map<String, Double> figures() {
        return figures;
    }

    void keepBest(Map<String, INDArray> parameters) {
        bestParameters = parameters;
    }

    /** The parameters with the best figure; empty if they are not kept. */
    Map<String, INDArray> bestParameters() {
        return bestParameters;
    }

    Progress progress(int examplesOfData, Budget budget) {
        double epochs = (double) examples / examplesOfData;
        Progress unspent = new Progress(steps, examples, epochs, seconds, gradients, 0);
        return new Progress(steps, examples, epochs, seconds, gradients, budget.spent(unspent));
    }

    // ---- to and from a checkpoint -----------------------------------------------------------------------------

    Map<String, Double> numbers() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("examples", (double) examples);
        numbers.put("seconds", seconds);
        numbers.put("gradients", gradients);
        numbers.put("failures", (double) failures);
        numbers.put("measured_epoch", (double) measuredEpoch);
        numbers.put("measured_step", (double) measuredStep);
        figures.forEach((name, value) -> numbers.put(FIGURE + name, value));
        return numbers;
    }

    Map<String, INDArray> arrays() {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        history.forEach((name, values) -> arrays.put(
                HISTORY + name,
                Arena.of(
                        DType.FLOAT64,
                        Shape.of(values.size()),
                        values.stream().mapToDouble(v -> v).toArray())));
        bestParameters.forEach((name, values) -> arrays.put(BEST + name, values));
        if (previous != null) {
            arrays.put(PREVIOUS, previous);
        }
        return arrays;
    }

    void restore(Checkpoint checkpoint, boolean keepsBest) {
        steps = checkpoint.state().steps();
        examples = (long) checkpoint.number("examples");
        seconds = checkpoint.number("seconds");
        gradients = checkpoint.number("gradients");
        failures = (long) checkpoint.number("failures");
        measuredEpoch = (long) checkpoint.number("measured_epoch");
        measuredStep = (long) checkpoint.number("measured_step");
        figures = after(FIGURE, checkpoint.numbers());
        after(HISTORY, checkpoint.arrays())
                .forEach((name, values) -> history.put(
                        name,
                        new ArrayList<>(
                                Arrays.stream(Arena.toDoubles(values)).boxed().toList())));
        if (keepsBest) {
            bestParameters = after(BEST, checkpoint.arrays());
        }
        previous = checkpoint.arrays().get(PREVIOUS);
    }

    /** The entries whose names begin with a prefix, without it. */
    private static <V> Map<String, V> after(String prefix, Map<String, V> all) {
        Map<String, V> some = new LinkedHashMap<>();
        all.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                some.put(name.substring(prefix.length()), value);
            }
        });
        return some;
    }
}
