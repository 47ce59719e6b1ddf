package dev.ravine.optim.problems;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Another objective, what was asked of it, and a chance to falsify its values. */
public final class RecordingObjective implements Objective {
    public final List<int[]> gradientRows = new ArrayList<>();
    public final List<int[]> curvatureRows = new ArrayList<>();
    public final List<Long> noise = new ArrayList<>();

    /** The vectors multiplied with the curvature since the last linearization. */
    public final List<double[]> multiplied = new ArrayList<>();

    /** Applied to every value, but not to the value that comes with a gradient. */
    public DoubleUnaryOperator distortion = value -> value;

    private final Objective objective;

    public RecordingObjective(Objective objective) {
        this.objective = objective;
    }

    @Override
    public long size() {
        return objective.size();
    }

    @Override
    public DType dtype() {
        return objective.dtype();
    }

    @Override
    public int examples() {
        return objective.examples();
    }

    @Override
    public double l2() {
        return objective.l2();
    }

    @Override
    public double value(INDArray theta, Scope scope) {
        return distortion.applyAsDouble(objective.value(theta, scope));
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out) {
        gradientRows.add(scope.rows(examples()));
        noise.add(scope.noise());
        return objective.gradient(theta, scope, out);
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
        gradientRows.add(scope.rows(examples()));
        noise.add(scope.noise());
        return objective.gradient(theta, scope, out, statistic, mean);
    }

    @Override
    public Linearization linearize(INDArray theta, Scope scope) {
        curvatureRows.add(scope.rows(examples()));
        noise.add(scope.noise());
        multiplied.clear();
        Linearization at = objective.linearize(theta, scope);
        return new Linearization() {
            @Override
            public long size() {
                return at.size();
            }

            @Override
            public DType dtype() {
                return at.dtype();
            }

            @Override
            public double value() {
                return at.value();
            }

            @Override
            public void gradient(INDArray out) {
                at.gradient(out);
            }

            @Override
            public void product(Curvature curvature, INDArray v, INDArray out) {
                multiplied.add(Arena.toDoubles(v));
                at.product(curvature, v, out);
            }

            @Override
            public void close() {
                at.close();
            }
        };
    }

    @Override
    public void thetaChanged(INDArray theta) {
        objective.thetaChanged(theta);
    }

    @Override
    public double cost() {
        return objective.cost();
    }

    @Override
    public Optional<String> firstNonFinite(INDArray theta, Scope scope) {
        return objective.firstNonFinite(theta, scope);
    }

    @Override
    public Optional<String> obstacle(Statistic statistic) {
        return objective.obstacle(statistic);
    }

    @Override
    public long statisticSize(Statistic statistic) {
        return objective.statisticSize(statistic);
    }
}
