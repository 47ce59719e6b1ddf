package dev.ravine.cli.problem;

import dev.ravine.autodiff.Tensor;
import dev.ravine.cli.report.Figure;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Quadratic;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.ModelCode;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Linear least squares in 100 unknowns whose Hessian has eigenvalues from 1/K to 1, evenly spaced on a logarithmic
 * scale, so the condition number is K. All 100 equations can be met, so the minimum is known and 0. A batch of 100 is
 * the whole data.
 */
public final class ConditionedProblem extends BuiltInProblem {
    private static final int SIZE = 100;
    private static final double DEFAULT_CONDITION = 1e4;
    private static final TaskMetric LOSS =
            new TaskMetric("loss above minimum", false, TaskMetric.Kind.OBJECTIVE, 1e-26, MeasuredNet::loss);

    /** For {@link java.util.ServiceLoader}. */
    public ConditionedProblem() {
        super(
                "conditioned",
                new Defaults(
                        List.of(),
                        0,
                        Budget.gradients(1000),
                        List.of(
                                "sgd:lr=1.99",
                                "nesterov:lr=1,mu=0.98",
                                "adam:lr=1",
                                "lbfgs:memory=50",
                                "newton-cg",
                                "newton")));
    }

    @Override
    public Task task(Choices choices) {
        choices.requireNoLength(this);
        choices.requireNoText(this);
        choices.requireNoNet(this);
        double condition = choices.condition() == null ? DEFAULT_CONDITION : choices.condition();
        Choices.require(
                condition >= 1 && condition <= 1e12,
                "--condition must be from 1 to 1e12, found " + choices.condition());
        Choices.require(
                choices.data() == null && choices.target() == null,
                "conditioned makes its own data: --data and --target are for the other problems");
        Choices.require(choices.hidden().isEmpty(), "conditioned has no hidden layers: --hidden is for other problems");
        Choices.require(choices.l2() == 0, "L2 would change the condition number: --l2 is for other problems");
        Quadratic root = root(condition);
        // The mean of squares over n examples has the Hessian 2/n X'X.
        double scale = Math.sqrt(SIZE / 2.0);
        DataSet equations = DataSet.of(scaled(scale, root.matrix(), SIZE), scaled(scale, root.b(), 1));
        TrainTest set = new TrainTest(equations, equations);
        return Task.builder(new ModelCode(Unknowns::new, Loss::meanSquaredError), set)
                .described("condition number " + Figure.chosen(condition), "linear")
                .objective(LOSS)
                .metric(distance(Arena.toDoubles(root.minimizer())))
                .build();
    }

    /** A symmetric matrix whose square has the wanted spectrum. */
    private static Quadratic root(double condition) {
        double[] eigenvalues = Arrays.stream(Quadratic.logSpectrum(SIZE, condition))
                .map(v -> Math.sqrt(v / condition))
                .toArray();
        return Quadratic.withSpectrum(eigenvalues, 1);
    }

    private static INDArray scaled(double factor, INDArray array, int width) {
        double[] values =
                Arrays.stream(Arena.toDoubles(array)).map(v -> factor * v).toArray();
        return Arena.of(DType.FLOAT64, Shape.of(SIZE, width), values);
    }

    private static TaskMetric distance(double[] minimum) {
        return new TaskMetric("distance to minimum", false, TaskMetric.Kind.TRAINING, 0, net -> {
            double[] x = Arena.toDoubles(net.theta());
            double square = 0;
            for (int i = 0; i < x.length; i++) {
                square += (x[i] - minimum[i]) * (x[i] - minimum[i]);
            }
            return Math.sqrt(square);
        });
    }

    /** y = X w, without a bias. */
    private static final class Unknowns extends Module {
        private final Parameter w = parameter("w", Initializer.normal(1), SIZE, 1);

        @Override
        public Tensor forward(Tensor x) {
            return x.matmul(w.tensor());
        }
    }
}
