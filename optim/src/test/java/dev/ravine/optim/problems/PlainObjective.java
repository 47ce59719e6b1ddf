package dev.ravine.optim.problems;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A function in plain Java that records where it was evaluated. */
public final class PlainObjective implements Objective {
    public final List<double[]> evaluatedAt = new ArrayList<>();

    /** What {@link #version} gives. */
    public long version;

    private final int size;
    private final ToDoubleFunction<double[]> function;
    private final UnaryOperator<double[]> gradient;

    public PlainObjective(int size, ToDoubleFunction<double[]> function, UnaryOperator<double[]> gradient) {
        this.size = size;
        this.function = function;
        this.gradient = gradient;
    }

    /** A function of one number, whose slope nobody asks for. */
    public static PlainObjective of(ToDoubleFunction<Double> function) {
        return new PlainObjective(1, x -> function.applyAsDouble(x[0]), x -> new double[1]);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public DType dtype() {
        return DType.FLOAT64;
    }

    @Override
    public int examples() {
        return 1;
    }

    @Override
    public double value(INDArray theta, Scope scope) {
        evaluatedAt.add(Arena.toDoubles(theta));
        return function.applyAsDouble(Arena.toDoubles(theta));
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out) {
        Vectors.copy(Points.vector(gradient.apply(Arena.toDoubles(theta))), out);
        return function.applyAsDouble(Arena.toDoubles(theta));
    }

    @Override
    public Linearization linearize(INDArray theta, Scope scope) {
        throw new UnsupportedOperationException("a plain function has no curvature");
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public double cost() {
        return evaluatedAt.size();
    }

    @Override
    public Optional<String> firstNonFinite(INDArray theta, Scope scope) {
        return Optional.empty();
    }
}
