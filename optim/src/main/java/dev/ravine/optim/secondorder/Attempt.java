package dev.ravine.optim.secondorder;

import dev.ravine.optim.ModelReport;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.linear.Stop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The result of an attempt to find a step. {@link #at} fills in what a solver and an acceptance rule already know.
 *
 * @param step the direction
 * @param rate how far to go along it; 0 if rejected
 * @param loss the objective at theta + rate step, over the examples of the point's loss
 * @param reason why it was accepted or rejected
 * @param model what the model did
 * @param telemetry further numbers by name, in a fixed order
 */
public record Attempt(
        INDArray step, double rate, double loss, String reason, ModelReport model, Map<String, Double> telemetry) {
    /**
     * Begins with what the solver of the step tells.
     *
     * @param point where the step begins
     * @param solver how its model was solved
     * @return a builder without damping, ratio and telemetry
     */
    public static Builder at(Point point, SolverReport solver) {
        return new Builder(point, solver);
    }

    /**
     * A rejected attempt: the matrix of the model is infinite or not a number.
     *
     * @param point where the step begins
     * @param damping of the model; not a number if it is not known
     * @param matrix its name, such as {@code Hessian}
     * @return the attempt
     */
    public static Attempt notFinite(Point point, double damping, String matrix) {
        return new Attempt(
                point.gradient(),
                0,
                point.loss(),
                "rejected: the " + matrix + " is not finite",
                new ModelReport(damping, Double.NaN, 0, Stop.NON_FINITE, "", Double.NaN),
                Map.of());
    }

    /** Puts an attempt together; the last call says what became of the step. */
    public static final class Builder {
        private final Point point;
        private final SolverReport solver;
        private final StringJoiner reason = new StringJoiner("; ");
        private final Map<String, Double> telemetry = new LinkedHashMap<>();
        private double damping;
        private double ratio = Double.NaN;
        private double slope = Double.NaN;
        private double curvature = Double.NaN;

        private Builder(Point point, SolverReport solver) {
            this.point = point;
            this.solver = solver;
            note(solver.detail());
        }

        /**
         * The damping of the model.
         *
         * @param used 0 without it; not a number if it is not known
         * @return this
         */
        public Builder damping(double used) {
            this.damping = used;
            return this;
        }

        /**
         * The reduction ratio.
         *
         * @param value not a number without it
         * @return this
         */
        public Builder ratio(double value) {
            this.ratio = value;
            return this;
        }

        /**
         * The model along the step. The ratio will be that at the accepted rate, with the predicted change
         * rate (slope + rate curvature / 2).
         *
         * @param alongSlope g'p
         * @param alongCurvature p'Ap
         * @return this
         */
        public Builder model(double alongSlope, double alongCurvature) {
            this.slope = alongSlope;
            this.curvature = alongCurvature;
            return this;
        }

        /**
         * Adds to the reason.
         *
         * @param words between the solver's and those about the step; nothing if empty
         * @return this
         */
        public Builder note(String words) {
            if (!words.isEmpty()) {
                reason.add(words);
            }
            return this;
        }

        /**
         * Adds a number to the telemetry.
         *
         * @param name of the number
         * @param value what it is
         * @return this
         */
        public Builder tell(String name, double value) {
            telemetry.put(name, value);
            return this;
        }

        /**
         * An acceptance rule chose.
         *
         * @param outcome its choice
         * @return the attempt
         */
        public Attempt along(Acceptance.Outcome outcome) {
            return end(outcome.step(), outcome.rate(), outcome.value(), outcome.reason());
        }

        /**
         * A Wolfe search chose; its rate and the number of rates that it tried are added to the telemetry.
         *
         * @param direction along which it searched
         * @param found its choice
         * @return the attempt
         */
        public Attempt along(INDArray direction, WolfeSearch.Result found) {
            tell("rate", found.rate()).tell("rates_tried", found.evaluations());
            return end(direction, found.rate(), found.value(), found.reason());
        }

        /**
         * The reduction ratio of the full step decided.
         *
         * @param step the step
         * @param gain its ratio
         * @param accepted whether it is taken
         * @return the attempt
         */
        public Attempt judged(INDArray step, ReductionRatio gain, boolean accepted) {
            ratio(gain.value());
            return end(step, accepted ? 1 : 0, gain.loss(), gain.verdict(accepted));
        }

        /**
         * There is no step.
         *
         * @param why in words
         * @return the attempt
         */
        public Attempt rejected(String why) {
            return end(point.gradient(), 0, point.loss(), "rejected: " + why);
        }

        private Attempt end(INDArray step, double rate, double loss, String words) {
            if (rate != 0 && !Double.isNaN(slope)) {
                double predicted = rate * (slope + rate * curvature / 2);
                ratio = ReductionRatio.of(
                                predicted, point.loss(), loss, point.objective().dtype())
                        .value();
            }
            ModelReport model = new ModelReport(
                    damping, ratio, solver.iterations(), solver.stopped(), solver.detail(), solver.smallestCurvature());
            return new Attempt(step, rate, loss, reason.add(words).toString(), model, telemetry);
        }
    }
}
