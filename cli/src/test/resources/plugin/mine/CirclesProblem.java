package mine;

import dev.ravine.cli.problem.Mlp;
import dev.ravine.cli.problem.Problem;
import dev.ravine.cli.problem.Task;
import dev.ravine.cli.problem.TaskMetric;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import java.util.Arrays;
import java.util.List;

/** Is a point of the plane within a circle? */
public final class CirclesProblem implements Problem {
    @Override
    public String name() {
        return "circles";
    }

    @Override
    public List<Integer> hidden() {
        return List.of(8);
    }

    @Override
    public Budget budget() {
        return Budget.seconds(5);
    }

    @Override
    public List<String> optimizers() {
        return List.of("adam:lr=0.01", "hf");
    }

    @Override
    public Task task(Choices choices) {
        List<Integer> widths = Mlp.widths(2, choices.hidden(), 2);
        return Task.builder(Mlp.of(widths), Loss.softmaxCrossEntropy(), new TrainTest(points(1), points(2)))
                .described("points of the plane", Mlp.text(widths))
                .l2(choices.l2())
                .metric(TaskMetric.test("test accuracy", Metric.accuracy()))
                .build();
    }

    private static DataSet points(long seed) {
        double[] xy = new Rng(seed).doubles(400, -1, 1).toArray();
        long[] labels = new long[xy.length / 2];
        Arrays.setAll(labels, i -> Math.hypot(xy[2 * i], xy[2 * i + 1]) < 0.8 ? 1 : 0);
        return DataSet.of(Arena.of(DType.FLOAT64, Shape.of(labels.length, 2), xy), Arena.ofIntegers(labels));
    }
}
