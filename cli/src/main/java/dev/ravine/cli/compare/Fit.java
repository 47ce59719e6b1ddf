package dev.ravine.cli.compare;

import dev.ravine.cli.problem.Task;
import dev.ravine.core.Arena;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.Predictor;
import dev.ravine.optim.leastsquares.FitUncertainty;
import dev.ravine.optim.objective.ResidualObjective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How well a fit by least squares determines its parameters, and what it leaves.
 *
 * @param estimates of all parameters
 * @param deviation of residuals: the root of their sum of squares over the degrees of freedom
 * @param degreesOfFreedom the number of residuals less that of parameters
 * @param predicted for training examples, at most {@link #MOST_POINTS}, evenly chosen
 * @param residuals of the same: true minus predicted
 */
record Fit(
        List<Estimate> estimates,
        double deviation,
        int degreesOfFreedom,
        List<Double> predicted,
        List<Double> residuals) {
    static final double LEVEL = 0.95;
    static final int MOST_POINTS = 2_000;

    private static final Set<String> METHODS = Set.of("lm", "gauss-newton");
    private static final long MOST_PARAMETERS = 500;
    private static final long MOST_DERIVATIVES = 8_000_000;

    /**
     * A parameter.
     *
     * @param name its path and place
     * @param value where the fit ended
     * @param error its standard error; infinite if the data do not determine it
     * @param halfWidth how far its confidence interval reaches to either side
     */
    record Estimate(String name, double value, double error, double halfWidth) {}

    /** Of the net as it stands; empty unless a method of least squares fitted one number by a net of few parameters. */
    static Optional<Fit> of(Task task, OptimizerSpec optimizer) {
        if (!METHODS.contains(optimizer.kind().name()) || !isMeant(task)) {
            return Optional.empty();
        }
        DataSet data = task.set().train();
        ParameterVector vector = task.net().parameterVector();
        try (ResidualObjective objective = ResidualObjective.of(task.net(), data);
                Predictor predictor = new Predictor(task.net())) {
            FitUncertainty uncertainty = FitUncertainty.estimated(objective, vector.array());
            double[] predicted = task.inUnitsOfData(predictor.outputs(data));
            double[] truth = task.inUnitsOfData(data.targets());
            int[] places = IntStream.range(0, Math.min(MOST_POINTS, truth.length))
                    .map(i -> (int) ((long) i * truth.length / Math.min(MOST_POINTS, truth.length)))
                    .toArray();
            return Optional.of(new Fit(
                    estimates(vector, uncertainty),
                    task.unit() * uncertainty.residualDeviation() * Math.sqrt(data.size()),
                    uncertainty.degreesOfFreedom(),
                    Arrays.stream(places).mapToObj(i -> predicted[i]).toList(),
                    Arrays.stream(places).mapToObj(i -> truth[i] - predicted[i]).toList()));
        }
    }

    private static boolean isMeant(Task task) {
        DataSet data = task.set().train();
        long parameters = task.net().parameterVector().size();
        return task.loss().equals(Loss.meanSquaredError())
                && !data.hasLabels()
                && data.targetShape().count() == 1
                && parameters <= MOST_PARAMETERS
                && data.size() > parameters
                && data.size() * parameters <= MOST_DERIVATIVES
                && Arrays.stream(Arena.toDoubles(task.net().parameterVector().array()))
                        .allMatch(Double::isFinite);
    }

    private static List<Estimate> estimates(ParameterVector vector, FitUncertainty uncertainty) {
        double[] values = Arena.toDoubles(vector.array());
        double[] errors = uncertainty.standardErrors();
        double[] halfWidths = uncertainty.halfWidths(LEVEL);
        List<Estimate> estimates = new ArrayList<>();
        for (ParameterVector.Segment segment : vector.segments()) {
            for (int i = 0; i < segment.size(); i++) {
                int place = (int) segment.offset() + i;
                estimates.add(
                        new Estimate(segment.path() + "[" + i + "]", values[place], errors[place], halfWidths[place]));
            }
        }
        return List.copyOf(estimates);
    }

    /** How many parameters the data do not determine. */
    long undetermined() {
        return estimates.stream().filter(e -> !Double.isFinite(e.error())).count();
    }

    /** How many intervals do not hold 0. */
    long clear() {
        return estimates.stream()
                .filter(e -> Math.abs(e.value()) > e.halfWidth())
                .count();
    }
}
