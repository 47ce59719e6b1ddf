package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.kronecker.Cotangents;
import dev.ravine.optim.kronecker.FactorDamping;
import dev.ravine.optim.kronecker.Kfac;
import dev.ravine.optim.kronecker.KroneckerFactors;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.DeepSpirals;
import dev.ravine.optim.secondorder.DampingRule;
import dev.ravine.optim.secondorder.QuadraticModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Hessian-free that begins from K-FAC's step: between both, by the number of iterations. */
class KroneckerStartTest {
    private static final int EXAMPLES = DeepSpirals.EXAMPLES;
    private static final double DAMPING = 0.05;

    private static SupervisedObjective objective(Module net, Loss loss, double l2) {
        net.initialize(DType.FLOAT64, 2);
        return SupervisedObjective.builder(net, loss, DeepSpirals.data())
                .l2(l2)
                .workers(new Workers(1))
                .build();
    }

    private static KroneckerFactors.Builder exact() {
        return KroneckerFactors.builder().cotangents(Cotangents.EXACT);
    }

    private static HessianFree.Builder hybrid(int iterations) {
        return HessianFree.builder()
                .damping(DAMPING)
                .curvatureExamples(EXAMPLES)
                .kroneckerPreconditioner(exact(), FactorDamping.TRACE)
                .start(Start.KRONECKER_STEP)
                .ratioExamples(RatioExamples.LOSS)
                .maxIterations(iterations);
    }

    @Test
    void withoutIterationsTheStepIsKfacs() {
        double l2 = 1e-3;
        try (SupervisedObjective first = objective(DeepSpirals.net(), Loss.softmaxCrossEntropy(), l2);
                SupervisedObjective second = objective(DeepSpirals.net(), Loss.softmaxCrossEntropy(), l2);
                HessianFree hybrid = hybrid(0).dampingRule(DampingRule.fixed()).build();
                Kfac kfac = Kfac.builder()
                        .batch(0, 1)
                        .factors(exact())
                        .factorShare(1)
                        .modelExamples(1, 1)
                        .negativeMomentum()
                        .damping(DAMPING)
                        .dampingRule(1_000_000, DampingRule.fixed(), 0)
                        .gammaRule(1_000_000, 0.5, 0, Double.MAX_VALUE)
                        .inverses(1, 0)
                        .build()) {
            double[] start = Arena.toDoubles(first.theta());
            for (int k = 0; k < 6; k++) {
                StepReport report = hybrid.step(first, first.theta());
                StepReport expected = kfac.step(second, second.theta());
                assertThat(report.telemetry().get("rate")).isEqualTo(1);
                assertThat(report.telemetry().get("phi"))
                        .isCloseTo(expected.telemetry().get("model"), within(1e-12));
                assertThat(Arena.toDoubles(first.theta()))
                        .containsExactly(Arena.toDoubles(second.theta()), within(1e-11));
            }
            assertThat(Arena.toDoubles(first.theta())).isNotEqualTo(start);
        }
    }

    /** The first step's model is a fixed quadratic, on which each limit goes further along one path. */
    @Test
    void moreIterationsLowerTheModelDownToItsMinimum() {
        List<Double> models = new ArrayList<>();
        for (int iterations : new int[] {0, 1, 2, 3, 4, 6, 9, 13}) {
            try (SupervisedObjective objective = objective(DeepSpirals.net(), Loss.softmaxCrossEntropy(), 0);
                    HessianFree optimizer = hybrid(iterations).build()) {
                StepReport report = optimizer.step(objective, objective.theta());
                assertThat(report.model().orElseThrow().iterations()).isEqualTo(iterations);
                models.add(report.telemetry().get("phi"));
            }
        }
        double minimum = minimumOfModel();
        for (int i = 0; i < models.size(); i++) {
            assertThat(models.get(i))
                    .as("model number %d", i)
                    .isBetween(minimum * (1 + 1e-9), i == 0 ? 0 : models.get(i - 1));
        }
        assertThat(models.get(0)).isGreaterThan(0.95 * minimum);
        assertThat(models.get(models.size() - 1)).isLessThan(0.999 * minimum);
    }

    /** By conjugate gradients from zero without a preconditioner, as many as there are parameters. */
    private static double minimumOfModel() {
        try (SupervisedObjective objective = objective(DeepSpirals.net(), Loss.softmaxCrossEntropy(), 0);
                Linearization at = objective.linearize(objective.theta(), Scope.all());
                ConjugateGradient solver = new ConjugateGradient(600, StopRule.relativeResidual(1e-12))) {
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            objective.gradient(objective.theta(), Scope.all(), g);
            return solver.minimise(LinearOperator.of(at, Curvature.GAUSS_NEWTON).shifted(DAMPING), g)
                    .lastPhi();
        }
    }

    @Test
    void theLossJudgesWithoutAProduct() {
        double[] ratios = new double[2];
        double[] costs = new double[2];
        List<RatioExamples> choices = List.of(RatioExamples.CURVATURE, RatioExamples.LOSS);
        for (int i = 0; i < 2; i++) {
            try (SupervisedObjective objective = objective(DeepSpirals.net(), Loss.softmaxCrossEntropy(), 1e-3);
                    HessianFree optimizer =
                            hybrid(4).ratioExamples(choices.get(i)).build()) {
                StepReport report = optimizer.step(objective, objective.theta());
                ratios[i] = report.model().orElseThrow().ratio();
                costs[i] = report.cost();
            }
        }
        // Here all examples are the curvature's, too.
        assertThat(ratios[1]).isCloseTo(ratios[0], within(1e-9));
        assertThat(costs[1]).isLessThan(costs[0] - 1);
    }

    @Test
    void theRatioOverTheLosssExamplesIsActualOverUndampedPredictedChange() {
        int chunk = 100;
        try (SupervisedObjective objective = objective(DeepSpirals.net(), Loss.softmaxCrossEntropy(), 0);
                HessianFree optimizer = hybrid(4).curvatureExamples(chunk).build()) {
            INDArray theta = Arena.copyOf(objective.theta());
            StepReport report = optimizer.step(objective, objective.theta());
            INDArray step = optimizer.state().vector("solution");
            INDArray scratch = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            double change = objective.value(objective.theta(), Scope.all()) - objective.gradient(theta, Scope.all(), g);
            try (Linearization at = objective.linearize(theta, Scope.all().part(0, chunk, EXAMPLES))) {
                LinearOperator curvature = LinearOperator.of(at, Curvature.GAUSS_NEWTON);
                double predicted = new QuadraticModel(g, curvature, 0, DAMPING).predictedChange(step, scratch);
                assertThat(report.model().orElseThrow().ratio()).isCloseTo(change / predicted, within(1e-9));
            }
        }
    }

    @Test
    void dampingHasAFloor() {
        try (SupervisedObjective objective = objective(DeepSpirals.net(), Loss.softmaxCrossEntropy(), 0);
                HessianFree optimizer = hybrid(3)
                        .damping(0.5)
                        .dampingRule((damping, ratio) -> damping / 10)
                        .smallestDamping(0.03)
                        .build()) {
            optimizer.step(objective, objective.theta());
            assertThat(optimizer.damping()).isEqualTo(0.05);
            optimizer.step(objective, objective.theta());
            assertThat(optimizer.damping()).isEqualTo(0.03);
        }
    }

    /** Each evaluation is measured by itself; what factors cost is counted by hand from the layers' sizes. */
    @Test
    void allWorkOfAStepCounts() {
        int iterations = 4;
        try (SupervisedObjective objective = objective(DeepSpirals.net(), Loss.softmaxCrossEntropy(), 0)) {
            // The start, the first residual, and each iteration.
            double expected = evaluations(objective, 2, 1 + iterations, 1) + ofFactors(objective, 2 + iterations);
            try (HessianFree optimizer = hybrid(iterations).build()) {
                assertThat(optimizer.step(objective, objective.theta()).cost()).isCloseTo(expected, within(1e-9));
            }
        }
    }

    /** A block's iterations multiply by the whole matrix and the whole inverse. */
    @Test
    void allWorkOfBlockNewtonCounts() {
        int iterations = 2;
        Module net = DeepSpirals.net();
        try (SupervisedObjective objective = objective(net, Loss.softmaxCrossEntropy(), 0)) {
            List<ParameterGroup> groups = ParameterGroup.layersOf(net);
            int inGroups = groups.size() * (1 + iterations);
            // The best length and the predicted change take a product each. Values: before and after for the ratio, and
            // after for the line search.
            double expected = evaluations(objective, 0, inGroups + 2, 3) + ofFactors(objective, inGroups);
            try (BlockNewton optimizer = BlockNewton.builder(groups)
                    .damping(DAMPING)
                    .curvatureExamples(EXAMPLES)
                    .exactUpTo(1)
                    .maxIterations(iterations)
                    .kroneckerPreconditioner(exact(), FactorDamping.TRACE)
                    .build()) {
                assertThat(optimizer.step(objective, objective.theta()).cost()).isCloseTo(expected, within(1e-9));
            }
        }
    }

    /** The work of a gradient, factors, tangents, products and values. */
    private static double evaluations(SupervisedObjective objective, int tangents, int products, int values) {
        INDArray theta = objective.theta();
        INDArray v = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
        objective.gradient(theta, Scope.all(), v);
        double before = objective.cost();
        objective.gradient(theta, Scope.all(), v);
        try (KroneckerFactors factors = exact().build(objective);
                Linearization at = objective.linearize(theta, Scope.all())) {
            factors.update(objective, theta, Scope.all());
            if (tangents > 0) {
                at.forms(Curvature.GAUSS_NEWTON, Collections.nCopies(tangents, v));
            }
            for (int i = 0; i < products; i++) {
                at.gaussNewton(v, v);
            }
        }
        for (int i = 0; i < values; i++) {
            objective.value(theta, Scope.all());
        }
        return objective.cost() - before;
    }

    /** The inverses of both factors of each layer, and products with them: A of order inputs plus bias, G of outputs. */
    private static double ofFactors(SupervisedObjective objective, int products) {
        double operations = 0;
        for (int[] order : new int[][] {{3, 20}, {21, 20}, {21, 3}}) {
            double m = order[0];
            double n = order[1];
            operations += 2 * (m * m * m + n * n * n) + products * 2 * m * n * (m + n);
        }
        return operations / objective.work().perGradient();
    }

    @Test
    void settingsThatDoNotBelongTogetherAreRefused() {
        assertThatThrownBy(
                        () -> HessianFree.builder().start(Start.KRONECKER_STEP).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("kroneckerPreconditioner");
        assertThatThrownBy(() -> HessianFree.builder().maxIterations(0).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("at least 1 iteration");
        assertThatThrownBy(() -> HessianFree.builder().factorUpdates(0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("share");
        assertThatThrownBy(() -> HessianFree.builder().smallestDamping(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("smallest damping");
    }
}
