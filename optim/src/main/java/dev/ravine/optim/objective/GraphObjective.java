package dev.ravine.optim.objective;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One graph from parameters to a value; it has no examples to choose from, so all scopes are the same. */
abstract class GraphObjective implements Objective {
    private final List<Tensor> parameters;
    private final Tensor outputs;
    private final Tensor value;
    private final GraphLinearization linearization;
    private final List<GraphLinearization> all = new ArrayList<>();
    private final Deque<GraphLinearization> idle = new ArrayDeque<>();
    private final Map<Statistic, GraphLinearization> statistics = new HashMap<>();

    /**
     * Wraps a graph.
     *
     * @param parameters variables or inputs, in the order of theta
     * @param outputs what Gauss-Newton products linearize; null if there are none
     * @param value a tensor with one element
     */
    GraphObjective(List<Tensor> parameters, Tensor outputs, Tensor value) {
        this.parameters = parameters;
        this.outputs = outputs;
        this.value = value;
        this.linearization = linearization(builder());
    }

    private GraphLinearization.Builder builder() {
        GraphLinearization.Builder builder = GraphLinearization.builder(value, parameters);
        return outputs == null ? builder : builder.outputs(outputs);
    }

    private GraphLinearization linearization(GraphLinearization.Builder builder) {
        GraphLinearization linearization = builder.build();
        all.add(linearization);
        return linearization;
    }

    @Override
    public long size() {
        return linearization.size();
    }

    @Override
    public DType dtype() {
        return value.dtype();
    }

    @Override
    public int examples() {
        return 1;
    }

    @Override
    public double value(INDArray point, Scope scope) {
        linearization.moveTo(point);
        return linearization.value();
    }

    @Override
    public double gradient(INDArray point, Scope scope, INDArray out) {
        linearization.moveTo(point);
        linearization.gradient(out);
        return linearization.value();
    }

    /** The function is one example, so that statistics of single gradients exist. */
    @Override
    public double gradient(INDArray point, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
        GraphLinearization with = with(statistic);
        with.moveTo(point);
        with.gradient(out);
        Vectors.copy(with.statistic(), mean);
        return with.value();
    }

    @Override
    public Optional<String> obstacle(Statistic statistic) {
        try {
            with(statistic);
            return Optional.empty();
        } catch (NoRowsException e) {
            return Optional.of(e.getMessage());
        }
    }

    @Override
    public long statisticSize(Statistic statistic) {
        return with(statistic).statisticSize();
    }

    private GraphLinearization with(Statistic statistic) {
        return statistics.computeIfAbsent(
                statistic, s -> linearization(builder().statistic(s, 1)));
    }

    @Override
    public Linearization linearize(INDArray point, Scope scope) {
        GraphLinearization linearization = idle.isEmpty() ? linearization(builder()) : idle.pop();
        linearization.moveTo(point);
        return new Borrowed(linearization);
    }

    @Override
    public double cost() {
        long executed = 0;
        for (GraphLinearization linearization : all) {
            executed += linearization.executedCost();
        }
        return costInGradients(executed);
    }

    /** The unit of cost is one value and gradient. */
    final double costInGradients(long executed) {
        return (double) executed / linearization.gradientCost();
    }

    @Override
    public Optional<String> firstNonFinite(INDArray point, Scope scope) {
        linearization.moveTo(point);
        return linearization.firstNonFinite();
    }

    @Override
    public void close() {
        all.forEach(GraphLinearization::close);
    }

    /** A linearization that is used again after it was closed. */
    private final class Borrowed implements Linearization {
        private final GraphLinearization linearization;
        private boolean closed;

        private Borrowed(GraphLinearization linearization) {
            this.linearization = linearization;
        }

        @Override
        public long size() {
            return linearization.size();
        }

        @Override
        public DType dtype() {
            return linearization.dtype();
        }

        @Override
        public double value() {
            return open().value();
        }

        @Override
        public void gradient(INDArray out) {
            open().gradient(out);
        }

        @Override
        public void product(Curvature curvature, INDArray v, INDArray out) {
            open().product(curvature, v, out);
        }

        /** Once closed it may serve another point. */
        private GraphLinearization open() {
            if (closed) {
                throw new IllegalStateException("the linearization is closed");
            }
            return linearization;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                idle.push(linearization);
            }
        }
    }
}
