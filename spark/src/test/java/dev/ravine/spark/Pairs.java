package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.objective.ModelObjective;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Asks two objectives the same and compares every bit. */
final class Pairs {
    private Pairs() {}

    /** Values, gradients, squares and products with every matrix. */
    static void requireSameNumbers(Objective cluster, Objective machine, INDArray theta, Scope scope) {
        List<double[]> expected = numbers(machine, theta, scope);
        List<double[]> found = numbers(cluster, theta, scope);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i)).as("numbers " + i).isEqualTo(expected.get(i));
        }
    }

    private static List<double[]> numbers(Objective objective, INDArray theta, Scope scope) {
        INDArray out = like(theta);
        List<double[]> numbers = new ArrayList<>();
        numbers.add(new double[] {objective.value(theta, scope), objective.gradient(theta, scope, out)});
        numbers.add(Arena.toDoubles(out));
        Statistic squares = dev.ravine.autodiff.SquaredGradients.inOnePass();
        if (objective.obstacle(squares).isEmpty()) {
            INDArray mean = like(theta);
            objective.gradient(theta, scope, out, squares, mean);
            numbers.add(Arena.toDoubles(out));
            numbers.add(Arena.toDoubles(mean));
        }
        INDArray v = like(theta).addi(0.25);
        try (Linearization linearization = objective.linearize(theta, scope)) {
            numbers.add(new double[] {linearization.value()});
            linearization.gradient(out);
            numbers.add(Arena.toDoubles(out));
            for (Curvature curvature : Curvature.ofLoss()) {
                linearization.product(curvature, v, out);
                numbers.add(Arena.toDoubles(out));
            }
            double[][] forms = linearization.forms(Curvature.GAUSS_NEWTON, List.of(v, out));
            numbers.addAll(List.of(forms));
        }
        return numbers;
    }

    private static INDArray like(INDArray theta) {
        return Arena.create(dev.ravine.core.DType.of(theta), Shape.of(theta.length()));
    }

    /** Makes steps on both and compares parameters, losses and costs after each. */
    static void requireSameSteps(
            Supplier<Optimizer> optimizers, ModelObjective cluster, ModelObjective machine, int steps) {
        try (Optimizer one = optimizers.get();
                Optimizer other = optimizers.get()) {
            for (int i = 0; i < steps; i++) {
                double expected = one.step(machine, machine.theta()).loss();
                double found = other.step(cluster, cluster.theta()).loss();
                assertThat(found).as("loss of step " + (i + 1)).isEqualTo(expected);
                assertThat(Arena.toDoubles(cluster.theta())).isEqualTo(Arena.toDoubles(machine.theta()));
                assertThat(cluster.cost()).isEqualTo(machine.cost());
            }
        }
    }

    /** {@return a net made by the model, with the same first numbers as the cluster's} */
    static Module twin(SparkModel model) {
        return model.initialized();
    }

    /** {@return the same data in the model's precision} */
    static DataSet in(SparkModel model, DataSet data) {
        return data.as(model.dtype());
    }
}
