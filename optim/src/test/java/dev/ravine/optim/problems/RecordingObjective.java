package dev.ravine.optim.problems;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.Arena;
import dev.ravine.optim.objective.ForwardingLinearization;
import dev.ravine.optim.objective.ForwardingObjective;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Another objective, what was asked of it, and a chance to falsify its values. */
public final class RecordingObjective extends ForwardingObjective {
    public final List<int[]> gradientRows = new ArrayList<>();
    public final List<int[]> curvatureRows = new ArrayList<>();
    public final List<Long> noise = new ArrayList<>();

    /** The vectors multiplied with the curvature since the last linearization. */
    public final List<double[]> multiplied = new ArrayList<>();

    /** Applied to every value, but not to the value that comes with a gradient. */
    public DoubleUnaryOperator distortion = value -> value;

    public RecordingObjective(Objective objective) {
        super(objective);
    }

    @Override
    public double value(INDArray theta, Scope scope) {
        return distortion.applyAsDouble(super.value(theta, scope));
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out) {
        gradientRows.add(scope.rows(examples()));
        noise.add(scope.noise());
        return super.gradient(theta, scope, out);
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
        gradientRows.add(scope.rows(examples()));
        noise.add(scope.noise());
        return super.gradient(theta, scope, out, statistic, mean);
    }

    @Override
    public Linearization linearize(INDArray theta, Scope scope) {
        curvatureRows.add(scope.rows(examples()));
        noise.add(scope.noise());
        multiplied.clear();
        return new ForwardingLinearization(super.linearize(theta, scope)) {
            @Override
            public void product(Curvature curvature, INDArray v, INDArray out) {
                multiplied.add(Arena.toDoubles(v));
                super.product(curvature, v, out);
            }
        };
    }
}
