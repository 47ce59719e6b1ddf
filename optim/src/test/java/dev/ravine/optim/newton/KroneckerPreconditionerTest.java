package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.kronecker.Cotangents;
import dev.ravine.optim.kronecker.FactorDamping;
import dev.ravine.optim.kronecker.KroneckerFactors;
import dev.ravine.optim.kronecker.KroneckerInverse;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.DeepSpirals;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Conjugate gradients preconditioned by Kronecker factors need fewer iterations for the same decrease of the model. */
class KroneckerPreconditionerTest {
    private static final double SHIFT = 1e-3;
    private static final int LIMIT = 300;

    private static SupervisedObjective objective(Module net, Workers workers) {
        net.initialize(DType.FLOAT64, 2);
        return SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), DeepSpirals.data())
                .workers(workers)
                .build();
    }

    private static KroneckerFactors.Builder factors() {
        return KroneckerFactors.builder().cotangents(Cotangents.EXACT);
    }

    @Test
    void iterationsFallSeveralTimes() {
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = objective(DeepSpirals.net(), workers);
                Adam adam = Adam.builder().build()) {
            for (int i = 0; i < 100; i++) {
                adam.step(objective, objective.theta());
            }
            INDArray theta = objective.theta();
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            objective.gradient(theta, Scope.all(), g);
            try (KroneckerFactors kronecker = factors().build(objective);
                    KroneckerInverse inverse = new KroneckerInverse(kronecker, FactorDamping.EXACT);
                    Linearization at = objective.linearize(theta, Scope.all())) {
                kronecker.update(objective, theta, Scope.all());
                inverse.refresh(Math.sqrt(SHIFT));
                LinearOperator matrix =
                        LinearOperator.of(at, Curvature.GAUSS_NEWTON).shifted(SHIFT);
                double[] plain = phi(matrix, g, null);
                double[] preconditioned = phi(matrix, g, inverse);
                double best = plain[plain.length - 1];
                int without = reaches(plain, 0.9 * best);
                int with = reaches(preconditioned, 0.9 * best);
                assertThat(with).isLessThanOrEqualTo(without / 3);
                assertThat(preconditioned[preconditioned.length - 1]).isLessThanOrEqualTo(0.999 * best);
            }
        }
    }

    /** The model's value after each iteration. */
    private static double[] phi(LinearOperator matrix, INDArray g, LinearOperator inverse) {
        try (ConjugateGradient solver = new ConjugateGradient(LIMIT, StopRule.relativeResidual(1e-12))) {
            INDArray zero = Arena.create(DType.FLOAT64, Shape.of(g.length()));
            return solver.minimise(matrix, g, zero, inverse, LIMIT).phi().stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
        }
    }

    private static int reaches(double[] phi, double value) {
        for (int i = 0; i < phi.length; i++) {
            if (phi[i] <= value) {
                return i;
            }
        }
        throw new AssertionError("never reaches " + value);
    }

    @Test
    void hessianFreeTakesIt() {
        HessianFree.Builder plain =
                HessianFree.builder().damping(SHIFT).preconditioner(0).curvatureExamples(300);
        HessianFree.Builder preconditioned = HessianFree.builder()
                .damping(SHIFT)
                .curvatureExamples(300)
                .kroneckerPreconditioner(factors(), FactorDamping.EXACT);
        StepReport without = step(DeepSpirals.net(), plain.maxIterations(4).build());
        StepReport with =
                step(DeepSpirals.net(), preconditioned.maxIterations(4).build());
        assertThat(with.telemetry().get("phi"))
                .isLessThan(1.1 * without.telemetry().get("phi"));
        assertThat(with.accepted()).isTrue();
    }

    /** The blocks of a deep linear net are Kronecker products, so that one iteration solves them. */
    @Test
    void blockNewtonTakesIt() {
        double[] losses = new double[2];
        for (int i = 0; i < 2; i++) {
            Module net = new Sequential(new Linear(2, 6), new Linear(6, 4), new Linear(4, 2));
            net.initialize(DType.FLOAT64, 2);
            BlockNewton.Builder builder = BlockNewton.builder(ParameterGroup.layersOf(net))
                    .damping(1e-6)
                    .exactUpTo(1)
                    .maxIterations(1)
                    .curvatureExamples(300);
            if (i == 1) {
                builder.kroneckerPreconditioner(factors(), FactorDamping.EXACT);
            }
            INDArray points = DeepSpirals.data().features();
            try (Workers workers = new Workers(1);
                    SupervisedObjective objective = SupervisedObjective.builder(
                                    net, Loss.meanSquaredError(), DataSet.autoencoding(points))
                            .workers(workers)
                            .build();
                    BlockNewton optimizer = builder.build()) {
                for (int k = 0; k < 5; k++) {
                    losses[i] = optimizer.step(objective, objective.theta()).lossAfter();
                }
            }
        }
        assertThat(losses[1]).isLessThan(losses[0] / 10);
    }

    /** One step from where a hundred of Adam have led. */
    private static StepReport step(Module net, Optimizer optimizer) {
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = objective(net, workers);
                Adam adam = Adam.builder().build();
                optimizer) {
            for (int i = 0; i < 100; i++) {
                adam.step(objective, objective.theta());
            }
            return optimizer.step(objective, objective.theta());
        }
    }
}
