package dev.ravine.optim;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.DType;
import dev.ravine.optim.objective.LeastSquares;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An objective that counts how often it is evaluated. Closing it leaves the objective behind it open. */
class CountingObjective implements Objective {
    private final Objective counted;
    private long values;
    private long gradients;
    private long products;

    private CountingObjective(Objective counted) {
        this.counted = counted;
    }

    /** {@return a counter that is a sum of squares if the objective is one} */
    static CountingObjective of(Objective objective) {
        return objective instanceof LeastSquares squares ? new Squares(squares) : new CountingObjective(objective);
    }

    /** The same with residuals. */
    private static final class Squares extends CountingObjective implements LeastSquares {
        private final LeastSquares squares;

        private Squares(LeastSquares squares) {
            super(squares);
            this.squares = squares;
        }

        @Override
        public long residuals() {
            return squares.residuals();
        }

        @Override
        public void jacobian(INDArray theta, INDArray residuals, INDArray columns) {
            count(squares.size());
            squares.jacobian(theta, residuals, columns);
        }
    }

    /** {@return the evaluations so far} */
    final Evaluations evaluations() {
        return new Evaluations(values, gradients, products);
    }

    final void count(long moreProducts) {
        products += moreProducts;
    }

    @Override
    public long size() {
        return counted.size();
    }

    @Override
    public DType dtype() {
        return counted.dtype();
    }

    @Override
    public int examples() {
        return counted.examples();
    }

    @Override
    public double l2() {
        return counted.l2();
    }

    @Override
    public List<Span> trainable() {
        return counted.trainable();
    }

    @Override
    public double weight(Scope scope) {
        return counted.weight(scope);
    }

    @Override
    public double value(INDArray theta, Scope scope) {
        values++;
        return counted.value(theta, scope);
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out) {
        gradients++;
        return counted.gradient(theta, scope, out);
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
        gradients++;
        return counted.gradient(theta, scope, out, statistic, mean);
    }

    @Override
    public void statistic(INDArray theta, Scope scope, Statistic statistic, INDArray mean) {
        gradients++;
        counted.statistic(theta, scope, statistic, mean);
    }

    @Override
    public ModelGraph graph(int examples) {
        return counted.graph(examples);
    }

    @Override
    public Optional<String> obstacle(Statistic statistic) {
        return counted.obstacle(statistic);
    }

    @Override
    public long statisticSize(Statistic statistic) {
        return counted.statisticSize(statistic);
    }

    @Override
    public Linearization linearize(INDArray theta, Scope scope) {
        return new CountingLinearization(counted.linearize(theta, scope));
    }

    @Override
    public double gradient(Linearization at, INDArray theta, INDArray out) {
        return counted.gradient(at instanceof CountingLinearization own ? own.linearization : at, theta, out);
    }

    @Override
    public void thetaChanged(INDArray theta) {
        counted.thetaChanged(theta);
    }

    @Override
    public long version() {
        return counted.version();
    }

    @Override
    public double cost() {
        return counted.cost();
    }

    @Override
    public void countWork(long operations) {
        counted.countWork(operations);
    }

    @Override
    public Optional<String> firstNonFinite(INDArray theta, Scope scope) {
        return counted.firstNonFinite(theta, scope);
    }

    /** Its products count. */
    private final class CountingLinearization implements Linearization {
        private final Linearization linearization;

        private CountingLinearization(Linearization linearization) {
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
            return linearization.value();
        }

        @Override
        public void gradient(INDArray out) {
            linearization.gradient(out);
        }

        @Override
        public void product(Curvature curvature, INDArray v, INDArray out) {
            count(1);
            linearization.product(curvature, v, out);
        }

        @Override
        public void close() {
            linearization.close();
        }
    }
}
