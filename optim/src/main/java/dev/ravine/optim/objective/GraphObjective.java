package dev.ravine.optim.objective;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Lifetime;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One graph from parameters to a value; it has no examples to choose from, so all scopes are the same. */
abstract class GraphObjective implements Objective {
    private final List<Tensor> parameters;
    private final Tensor outputs;
    private final Tensor value;
    private final GraphLinearization linearization;
    private final List<GraphLinearization> all = new ArrayList<>();
    private final Deque<GraphLinearization> idle = new ConcurrentLinkedDeque<>();
    private final Map<Statistic, GraphLinearization> statistics = new HashMap<>();
    private final Lifetime lifetime = new Lifetime("the objective", this::release);

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
        return lifetime.during(() -> {
            linearization.moveTo(point);
            return linearization.value();
        });
    }

    @Override
    public double gradient(INDArray point, Scope scope, INDArray out) {
        return lifetime.during(() -> gradient(linearization, point, out));
    }

    private static double gradient(GraphLinearization at, INDArray point, INDArray out) {
        at.moveTo(point);
        at.gradient(out);
        return at.value();
    }

    /** The function is one example, so that statistics of single gradients exist. */
    @Override
    public double gradient(INDArray point, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
        return lifetime.during(() -> {
            GraphLinearization with = with(statistic);
            double value = gradient(with, point, out);
            Vectors.copy(with.statistic(), mean);
            return value;
        });
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
        lifetime.require();
        return statistics.computeIfAbsent(
                statistic, s -> linearization(builder().statistic(s, 1)));
    }

    @Override
    public Linearization linearize(INDArray point, Scope scope) {
        return lifetime.during(() -> {
            GraphLinearization kept = idle.pollFirst();
            GraphLinearization at = kept == null ? linearization(builder()) : kept;
            at.moveTo(point);
            return new Borrowed(at);
        });
    }

    @Override
    public void thetaChanged(INDArray theta) {
        lifetime.require();
    }

    @Override
    public double cost() {
        lifetime.require();
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
        return lifetime.during(() -> {
            linearization.moveTo(point);
            return linearization.firstNonFinite();
        });
    }

    /** How long the objective may be used; whoever computes enters it. */
    final Lifetime lifetime() {
        return lifetime;
    }

    @Override
    public void close() {
        lifetime.close();
    }

    /** Returns the memory; called once, when nobody computes. */
    void release() {
        all.forEach(GraphLinearization::close);
    }

    /** A linearization that is used again after it was closed. */
    private final class Borrowed extends ForwardingLinearization {
        private final GraphLinearization linearization;
        private final Lifetime own = new Lifetime("the linearization", this::giveBack);

        private Borrowed(GraphLinearization linearization) {
            super(linearization);
            this.linearization = linearization;
        }

        @Override
        public double value() {
            return during(linearization::value);
        }

        @Override
        public void gradient(INDArray out) {
            during(() -> {
                linearization.gradient(out);
                return out;
            });
        }

        @Override
        public void product(Curvature curvature, INDArray v, INDArray out) {
            product(curvature, 0, v, out);
        }

        @Override
        public void product(Curvature curvature, double structural, INDArray v, INDArray out) {
            during(() -> {
                linearization.product(curvature, structural, v, out);
                return out;
            });
        }

        private <T> T during(Supplier<T> use) {
            return lifetime.during(() -> own.during(use));
        }

        /** Once closed it may serve another point. */
        private void giveBack() {
            idle.addFirst(linearization);
        }

        @Override
        public void close() {
            own.close();
        }
    }
}
