package dev.ravine.optim;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Statistic;
import dev.ravine.optim.objective.ForwardingLinearization;
import dev.ravine.optim.objective.ForwardingObjective;
import dev.ravine.optim.objective.LeastSquares;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An objective that counts how often it is evaluated. Closing it leaves the objective behind it open. */
class CountingObjective extends ForwardingObjective {
    private long values;
    private long gradients;
    private long products;

    private CountingObjective(Objective counted) {
        super(counted);
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
    public double value(INDArray theta, Scope scope) {
        values++;
        return super.value(theta, scope);
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out) {
        gradients++;
        return super.gradient(theta, scope, out);
    }

    @Override
    public double gradient(INDArray theta, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
        gradients++;
        return super.gradient(theta, scope, out, statistic, mean);
    }

    @Override
    public void statistic(INDArray theta, Scope scope, Statistic statistic, INDArray mean) {
        gradients++;
        super.statistic(theta, scope, statistic, mean);
    }

    @Override
    public Linearization linearize(INDArray theta, Scope scope) {
        return new CountingLinearization(super.linearize(theta, scope));
    }

    @Override
    public double gradient(Linearization at, INDArray theta, INDArray out) {
        return super.gradient(at instanceof CountingLinearization own ? own.viewed() : at, theta, out);
    }

    /** Its products count. */
    private final class CountingLinearization extends ForwardingLinearization {
        private CountingLinearization(Linearization linearization) {
            super(linearization);
        }

        @Override
        public void product(Curvature curvature, INDArray v, INDArray out) {
            count(1);
            super.product(curvature, v, out);
        }

        @Override
        public void product(Curvature curvature, double structural, INDArray v, INDArray out) {
            count(1);
            super.product(curvature, structural, v, out);
        }
    }
}
