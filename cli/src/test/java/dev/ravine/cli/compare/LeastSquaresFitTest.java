package dev.ravine.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.cli.problem.Task;
import dev.ravine.cli.problem.TaskMetric;
import dev.ravine.cli.report.Report;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Standardize;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.TrainingListener;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeastSquaresFitTest {
    private static final double[] X = {0, 1, 2, 3, 4, 5};
    private static final double[] Y = {1.1, 2.8, 5.2, 6.9, 9.1, 10.9};

    private static final DataSet DATA =
            DataSet.of(Arena.of(DType.FLOAT64, Shape.of(6, 1), X), Arena.of(DType.FLOAT64, Shape.of(6, 1), Y));

    private static Run run(Module net, String optimizer) throws IOException {
        return run(
                Task.builder(net, Loss.meanSquaredError(), new TrainTest(DATA, DATA))
                        .build(),
                optimizer);
    }

    private static Run run(Task task, String optimizer) throws IOException {
        Module net = task.net();
        net.initialize(DType.FLOAT64, 1);
        return new TrainingRun(
                        task,
                        OptimizerSpec.parse(optimizer),
                        1,
                        Budget.steps(30),
                        () -> false,
                        TrainingRun.Turn.ALONE,
                        Place.HERE)
                .run(1, null, new TrainingListener() {}, made -> {}, new TrainingListener() {});
    }

    /**
     * The line through six points by hand: means 2.5 and 6, Sxx = 17.5, Sxy = 34.8, so the slope is 34.8 / 17.5 and the
     * intercept 6 - 2.5 slope; s^2 = (Syy - Sxy^2 / Sxx) / 4 with Syy = 69.32. The standard errors are s / sqrt(Sxx) and
     * s sqrt(1/6 + 2.5^2 / Sxx); 2.7764451052 is the quantile of t with 4 degrees of freedom.
     */
    @Test
    void aLineHasTheErrorsOfTheTextbook() throws IOException {
        Run run = run(new Linear(1, 1), "lm");
        Fit fit = run.course().fit().orElseThrow();
        double slope = 34.8 / 17.5;
        double s = Math.sqrt((69.32 - 34.8 * 34.8 / 17.5) / 4);
        assertThat(fit.degreesOfFreedom()).isEqualTo(4);
        assertThat(fit.deviation()).isCloseTo(s, within(1e-6));
        Fit.Estimate weight = fit.estimates().get(0);
        assertThat(weight.name()).isEqualTo("weight[0]");
        assertThat(weight.value()).isCloseTo(slope, within(1e-6));
        assertThat(weight.error()).isCloseTo(s / Math.sqrt(17.5), within(1e-6));
        assertThat(weight.halfWidth()).isCloseTo(2.7764451052 * weight.error(), within(1e-6));
        Fit.Estimate bias = fit.estimates().get(1);
        assertThat(bias.value()).isCloseTo(6 - 2.5 * slope, within(1e-6));
        assertThat(bias.error()).isCloseTo(s * Math.sqrt(1 / 6.0 + 6.25 / 17.5), within(1e-6));
        assertThat(fit.residuals().get(2)).isCloseTo(5.2 - (6 - 0.5 * slope), within(1e-6));
        assertThat(fit.clear()).isEqualTo(2);
        assertThat(fit.undetermined()).isZero();
    }

    /** Residuals and predictions of a net that is given scaled targets are those of the line all the same. */
    @Test
    void scaledTargetsComeBackInUnitsOfTheData() throws IOException {
        Standardize scale = Standardize.of(new double[] {6}, 4);
        DataSet scaled = scale.targets(DATA);
        Task task = Task.builder(new Linear(1, 1), Loss.meanSquaredError(), new TrainTest(scaled, scaled))
                .targetScale(scale)
                .metric(TaskMetric.test("test R2", Metric.determination()))
                .build();
        Fit fit = run(task, "lm").course().fit().orElseThrow();
        double slope = 34.8 / 17.5;
        assertThat(fit.deviation()).isCloseTo(Math.sqrt((69.32 - 34.8 * 34.8 / 17.5) / 4), within(1e-6));
        assertThat(fit.residuals().get(2)).isCloseTo(5.2 - (6 - 0.5 * slope), within(1e-6));
        assertThat(fit.predicted().get(2)).isCloseTo(6 - 0.5 * slope, within(1e-6));
        Outcome.Numbers test = (Outcome.Numbers) Outcomes.of(task).orElseThrow();
        assertThat(test.targets().get(2)).isCloseTo(5.2, within(1e-12));
        assertThat(test.predicted().get(2)).isCloseTo(6 - 0.5 * slope, within(1e-6));
    }

    @Test
    void othersHaveNone() throws IOException {
        assertThat(run(new Linear(1, 1), "sgd").course().fit()).isEmpty();
        Module large = new Sequential(new Linear(1, 3), Activation.tanh(), new Linear(3, 1));
        assertThat(run(large, "lm").course().fit())
                .as("10 parameters, 6 residuals")
                .isEmpty();
    }

    @Test
    void thePageHasIntervalsAndResiduals() throws IOException {
        Run run = run(new Linear(1, 1), "lm");
        Task task = BareTask.of(0.1);
        FitSection section = new FitSection(
                task, List.of(new Comparison.Contender("LM", run.optimizer(), Optional.empty(), List.of(run))));
        assertThat(section.section().orElseThrow().text())
                .contains("LM: residual standard deviation 0.1", "of 2 parameters the intervals of 2 are clear of 0.")
                .contains("L2 (weight 0.1000) is not taken into account");
        assertThat(section.section().orElseThrow().elements())
                .extracting(Report.Element::name)
                .containsExactly("fit-residuals", "fit-1");
    }
}
