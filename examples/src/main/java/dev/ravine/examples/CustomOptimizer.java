package dev.ravine.examples;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.DType;
import dev.ravine.core.Vectors;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Activation;
import dev.ravine.nn.Linear;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Sequential;
import dev.ravine.optim.Acceptance;
import dev.ravine.optim.CgResult;
import dev.ravine.optim.ConjugateGradient;
import dev.ravine.optim.FirstOrder;
import dev.ravine.optim.LinearOperator;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.SecondOrder;
import dev.ravine.optim.StepProposal;
import dev.ravine.optim.StepValues;
import dev.ravine.optim.StopRule;
import dev.ravine.optim.SupervisedObjective;
import dev.ravine.optim.UpdateRule;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Two optimizers of one's own, a first-order one and one from the parts of Hessian-free. */
public final class CustomOptimizer {
    private CustomOptimizer() {}

    /** Lion (Chen et al., 2023): steps of one size, in the direction of the sign of a mean gradient. */
    static final class Lion extends FirstOrder {
        private static final double BETA1 = 0.9;
        private static final double BETA2 = 0.99;

        private Lion(Builder settings) {
            super(settings, "mean");
        }

        @Override
        protected UpdateRule rule(long step, double rate) {
            return (count, theta, gradient, state) -> {
                double[] mean = state[0];
                for (int i = 0; i < count; i++) {
                    double g = gradient[i];
                    gradient[i] = rate * Math.signum(BETA1 * mean[i] + (1 - BETA1) * g);
                    mean[i] = BETA2 * mean[i] + (1 - BETA2) * g;
                }
            };
        }

        @Override
        public String name() {
            return nameOf("lion");
        }

        static final class Builder extends FirstOrder.Builder<Builder> {
            Builder() {
                super(1e-4);
            }

            @Override
            public Lion build() {
                return new Lion(this);
            }
        }
    }

    /** Gauss-Newton steps by ten iterations of conjugate gradients, with a fixed damping and a line search. */
    static final class DampedNewton extends SecondOrder {
        private static final double DAMPING = 0.1;
        private final ConjugateGradient solver = new ConjugateGradient(10, StopRule.relativeResidual(0.1));
        private final Acceptance search = Acceptance.lineSearch(0.5, 1e-4, 30);
        private INDArray negated;
        private INDArray scratch;

        @Override
        protected Attempt attempt(Point at) {
            if (negated == null) {
                negated = newVector(at.theta());
                scratch = newVector(at.theta());
            }
            Vectors.copy(at.gradient(), negated);
            Vectors.scale(-1, negated);
            Vectors.fill(scratch, 0);
            try (Linearization linearization = at.objective().linearize(at.theta(), at.scope())) {
                LinearOperator damped = LinearOperator.of(linearization, Curvature.GAUSS_NEWTON)
                        .shifted(at.objective().l2() + DAMPING);
                CgResult cg = solver.solve(damped, negated, scratch, null);
                StepValues values =
                        new StepValues(at.objective(), at.scope(), at.theta(), at.loss(), at.gradient(), scratch);
                Acceptance.Outcome found = search.choose(StepProposal.of(cg.x()), values);
                ModelReport model = new ModelReport(
                        DAMPING, Double.NaN, cg.iterations(), cg.reason().name(), cg.smallestCurvature());
                return new Attempt(found.step(), found.rate(), found.value(), found.reason(), model, Map.of());
            }
        }

        @Override
        public String name() {
            return "damped-newton";
        }
    }

    /**
     * Trains a small net with both.
     *
     * @param args none
     */
    public static void main(String[] args) {
        for (Optimizer optimizer : new Optimizer[] {
            new Lion.Builder()
                    .learningRate(1e-3)
                    .weightDecay(0.1)
                    .decoupledWeightDecay(true)
                    .build(),
            new DampedNewton()
        }) {
            var net = new Sequential(new Linear(2, 16), Activation.tanh(), new Linear(16, 2));
            net.initialize(DType.FLOAT64, 1);
            try (optimizer;
                    var objective =
                            SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), Generators.twoMoons(400, 0.1, 1))) {
                double loss = Double.NaN;
                for (int i = 0; i < 30; i++) {
                    loss = optimizer.step(objective, objective.theta()).loss();
                }
                System.out.println(optimizer.name() + ": loss " + loss);
            }
        }
    }
}
