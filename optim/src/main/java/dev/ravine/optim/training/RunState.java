package dev.ravine.optim.training;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.objective.Work;
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
    private static final long BILLION = 1_000_000_000;
    private static final long MOST = 1L << 53;

    private final Map<String, List<Double>> history = new LinkedHashMap<>();
    private Map<String, Double> figures = Map.of();
    private Map<String, INDArray> bestParameters = Map.of();
    private INDArray previous;
    private long steps;
    private long examples;
    private double seconds;
    private long operations;
    private double perGradient = 1;
    private long failures;
    private long measuredEpoch;
    private long measuredStep = -1;

    long steps() {
        return steps;
    }

    /** Counts time and work, also of a step that failed. */
    void spend(double moreSeconds, Work before, Work after) {
        seconds += moreSeconds;
        operations += after.operations() - before.operations();
        perGradient = after.perGradient();
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
        double gradients = operations / perGradient;
        Progress unspent = new Progress(steps, examples, epochs, seconds, gradients, 0);
        return new Progress(steps, examples, epochs, seconds, gradients, budget.spent(unspent));
    }

    // ---- to and from a checkpoint -----------------------------------------------------------------------------

    Map<String, Double> numbers() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("examples", (double) examples);
        numbers.put("seconds", seconds);
        numbers.put("gradients", operations / perGradient);
        long billions = operations / BILLION;
        numbers.put("operations_billions", (double) billions);
        numbers.put("operations_rest", (double) (operations % BILLION));
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

    /**
     * Goes on from a checkpoint.
     *
     * @param unit one gradient over all examples
     * @throws IllegalArgumentException if a number is none that a run saves; nothing has changed then
     */
    void restore(Checkpoint checkpoint, boolean keepsBest, Work unit) {
        long newExamples = checkpoint.whole("examples", 0, MOST);
        double newSeconds = Check.notNegative("the checkpoint's 'seconds'", checkpoint.number("seconds"));
        long newOperations = operations(checkpoint, unit);
        long newFailures = checkpoint.whole("failures", 0, MOST);
        long newMeasuredEpoch = checkpoint.whole("measured_epoch", 0, MOST);
        long newMeasuredStep = checkpoint.whole("measured_step", -1, MOST);
        history.putAll(history(checkpoint));
        steps = checkpoint.state().steps();
        examples = newExamples;
        seconds = newSeconds;
        operations = newOperations;
        perGradient = unit.perGradient();
        failures = newFailures;
        measuredEpoch = newMeasuredEpoch;
        measuredStep = newMeasuredStep;
        figures = after(FIGURE, checkpoint.numbers());
        if (keepsBest) {
            bestParameters = best(checkpoint);
        }
        previous = previous(checkpoint);
    }

    /** Where the last step of a checkpoint began, or null. */
    static INDArray previous(Checkpoint checkpoint) {
        return checkpoint.arrays().get(PREVIOUS);
    }

    /** The parameters with the best figure in a checkpoint; empty if it has none. */
    static Map<String, INDArray> best(Checkpoint checkpoint) {
        return after(BEST, checkpoint.arrays());
    }

    /** A checkpoint of an earlier version has gradients only. */
    private static long operations(Checkpoint checkpoint, Work unit) {
        if (!checkpoint.numbers().containsKey("operations_rest")) {
            double gradients = Check.notNegative("the checkpoint's 'gradients'", checkpoint.number("gradients"));
            return Math.round(gradients * unit.perGradient());
        }
        return checkpoint.whole("operations_billions", 0, Long.MAX_VALUE / BILLION - 1) * BILLION
                + checkpoint.whole("operations_rest", 0, BILLION - 1);
    }

    private static Map<String, List<Double>> history(Checkpoint checkpoint) {
        Map<String, List<Double>> all = new LinkedHashMap<>();
        Map<String, INDArray> saved = after(HISTORY, checkpoint.arrays());
        saved.forEach((name, values) -> {
            if (!saved.containsKey("step")
                    || values.length() != saved.get("step").length()) {
                throw new IllegalArgumentException("the checkpoint's history of '" + name + "' has " + values.length()
                        + " entries, expected one for each of its measured steps");
            }
            all.put(
                    name,
                    new ArrayList<>(
                            Arrays.stream(Arena.toDoubles(values)).boxed().toList()));
        });
        return all;
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
