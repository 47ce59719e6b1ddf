package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.secondorder.DampingRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What theory says of K-FAC's steps, and what it does where nets and data are degenerate. */
class KfacTest {
    private static SupervisedObjective objective(Module net, Loss loss, DataSet data) {
        net.initialize(data.dtype(), 3);
        return SupervisedObjective.builder(net, loss, data)
                .workers(new Workers(1))
                .build();
    }

    private static Kfac.Builder undamped() {
        return Kfac.builder()
                .batch(0, 1)
                .factorShare(1)
                .damping(0)
                .dampingRule(1_000_000, DampingRule.fixed(), 0)
                .gamma(1e-7)
                .gammaRule(1_000_000, 0.5, 0, Double.MAX_VALUE)
                .factors(KroneckerFactors.builder().cotangents(Cotangents.EXACT));
    }

    @Test
    void oneLayerWithSquaredErrorIsSolvedInOneStep() {
        DataSet data = DataSet.of(
                Points.random(DType.FLOAT64, 1, Shape.of(20, 4)), Points.random(DType.FLOAT64, 2, Shape.of(20, 3)));
        try (SupervisedObjective objective = objective(new Linear(4, 3), new Loss.SquaredError(Reduction.SUM), data);
                Kfac optimizer = undamped().factorDamping(FactorDamping.EXACT).build()) {
            StepReport report = optimizer.step(objective, objective.theta());
            assertThat(report.telemetry().get("rate")).isCloseTo(1, within(1e-9));
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(15));
            objective.gradient(objective.theta(), Scope.all(), g);
            assertThat(Vectors.norm(g)).isLessThan(1e-9);
        }
    }

    /** With a fixed inverse, rate and momentum of the exact model are those of preconditioned conjugate gradients. */
    @Test
    void onAQuadraticItIsPreconditionedConjugateGradients() {
        DataSet data = DataSet.of(
                Points.random(DType.FLOAT64, 1, Shape.of(40, 5)), Points.random(DType.FLOAT64, 2, Shape.of(40, 4)));
        Loss squares = new Loss.SquaredError(Reduction.SUM);
        int steps = 8;
        try (SupervisedObjective objective = objective(new Linear(5, 4), squares, data);
                Kfac optimizer = undamped()
                        .factorShare(0.2)
                        .gamma(0.3)
                        .inverses(1_000_000, 0)
                        .build()) {
            INDArray theta = objective.theta();
            INDArray start = Arena.copyOf(theta);
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(24));
            objective.gradient(start, Scope.all(), g);
            try (KroneckerFactors factors = KroneckerFactors.builder()
                            .cotangents(Cotangents.EXACT)
                            .build(objective);
                    KroneckerInverse inverse = new KroneckerInverse(factors, FactorDamping.TRACE);
                    Linearization at = objective.linearize(start, Scope.all());
                    ConjugateGradient solver =
                            new ConjugateGradient(steps, StopRule.relativeResidual(1e-15), i -> true)) {
                factors.update(objective, start, Scope.all().part(0, 8, 40));
                inverse.refresh(0.3);
                ConjugateGradient.Result cg = solver.minimise(
                        LinearOperator.of(at, Curvature.GAUSS_NEWTON),
                        g,
                        Arena.create(DType.FLOAT64, Shape.of(24)),
                        inverse,
                        steps);
                // The last iterates are exact, so that their directions are rounding.
                assertThat(cg.iterates()).hasSizeGreaterThan(5);
                for (int k = 0; k < 5; k++) {
                    optimizer.step(objective, theta);
                    INDArray moved = Arena.copyOf(theta);
                    Vectors.axpy(-1, start, moved);
                    INDArray expected = cg.iterates().get(k).x();
                    Vectors.axpy(-1, expected, moved);
                    assertThat(Vectors.norm(moved)).as("iterate %d", k + 1).isLessThan(1e-9 * Vectors.norm(expected));
                }
            }
        }
    }

    /** The first layer of a net is seen through other coordinates of its inputs; the function after a step is the same. */
    @Test
    void undampedStepsDoNotDependOnTheCoordinatesOfInputs() {
        double[][] mixing = {{2, 0.5}, {-1, 1.5}};
        double[] shift = {0.7, -0.4};
        DataSet plain = Generators.spirals(60, 3, 0.1, 1);
        DataSet mixed = DataSet.of(mixed(plain.features(), mixing, shift), plain.targets());
        double[] losses = new double[2];
        for (int i = 0; i < 2; i++) {
            Module net = new Sequential(new Linear(2, 4), Activation.tanh(), new Linear(4, 3));
            try (SupervisedObjective objective =
                            objective(net, Loss.softmaxCrossEntropy(), (i == 0 ? plain : mixed).as(DType.FLOAT64));
                    Kfac optimizer = undamped().build()) {
                if (i == 1) {
                    unmix(Elements.of(objective.theta()), mixing, shift);
                    objective.thetaChanged(objective.theta());
                }
                optimizer.step(objective, objective.theta());
                losses[i] = objective.value(objective.theta(), Scope.all());
            }
        }
        assertThat(losses[1]).isCloseTo(losses[0], within(1e-6 * losses[0]));
    }

    /** x B + c, row by row. */
    private static INDArray mixed(INDArray x, double[][] b, double[] c) {
        INDArray y = Arena.create(DType.FLOAT64, Shape.of(x));
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        for (int r = 0; r < x.size(0); r++) {
            for (int j = 0; j < 2; j++) {
                to.set(2 * r + j, from.get(2 * r) * b[0][j] + from.get(2 * r + 1) * b[1][j] + c[j]);
            }
        }
        return y;
    }

    /** The weight B^-1 W, and the bias less c B^-1 W. */
    private static void unmix(Elements theta, double[][] b, double[] c) {
        double det = b[0][0] * b[1][1] - b[0][1] * b[1][0];
        for (int j = 0; j < 4; j++) {
            double w0 = theta.get(j);
            double w1 = theta.get(4 + j);
            double u0 = (b[1][1] * w0 - b[0][1] * w1) / det;
            double u1 = (-b[1][0] * w0 + b[0][0] * w1) / det;
            theta.set(j, u0);
            theta.set(4 + j, u1);
            theta.set(8 + j, theta.get(8 + j) - c[0] * u0 - c[1] * u1);
        }
    }

    private static SupervisedObjective spirals(int examples) {
        return objective(
                new Sequential(new Linear(2, 6), Activation.tanh(), new Linear(6, 3)),
                Loss.softmaxCrossEntropy(),
                Generators.spirals(examples, 3, 0.1, 1).as(DType.FLOAT64));
    }

    @Test
    void stepsThatRaiseTheLossAreRejectedAndForgotten() {
        try (SupervisedObjective objective = spirals(120);
                Kfac optimizer = Kfac.builder()
                        .batch(0, 1)
                        .damping(1e-9)
                        .gamma(1e-7)
                        .dampingRule(1, DampingRule.levenbergMarquardt(2, 0.5), 0)
                        .build()) {
            int rejected = 0;
            for (int k = 0; k < 40; k++) {
                double before = objective.value(objective.theta(), Scope.all());
                double damping = optimizer.damping();
                StepReport report = optimizer.step(objective, objective.theta());
                double after = objective.value(objective.theta(), Scope.all());
                assertThat(after).isLessThanOrEqualTo(before);
                if (!report.accepted()) {
                    rejected++;
                    assertThat(after).isEqualTo(before);
                    assertThat(optimizer.damping()).isGreaterThan(damping);
                    assertThat(report.reason()).contains("rejected");
                }
            }
            assertThat(rejected).isBetween(1, 39);
        }
    }

    /** Nets and data that make factors singular. */
    private enum Degenerate {
        ONE_EXAMPLE {
            @Override
            DataSet data(DataSet all) {
                return all.take(0);
            }
        },
        CONSTANT_INPUTS {
            @Override
            DataSet data(DataSet all) {
                INDArray x = Arena.create(DType.FLOAT32, Shape.of(all.size(), 2));
                Vectors.fill(x, 0.5);
                return DataSet.of(x, all.targets());
            }
        },
        ZERO_INPUTS {
            @Override
            DataSet data(DataSet all) {
                return DataSet.of(Arena.create(DType.FLOAT32, Shape.of(all.size(), 2)), all.targets());
            }
        },
        DEAD_UNITS {
            @Override
            DataSet data(DataSet all) {
                return all;
            }

            @Override
            void spoil(Elements theta) {
                for (int i = 0; i < 150; i++) {
                    theta.set(i, -3);
                }
                for (int i = 0; i < 100; i++) {
                    theta.set(i, 0);
                }
            }
        };

        abstract DataSet data(DataSet all);

        void spoil(Elements theta) {}
    }

    @ParameterizedTest
    @EnumSource
    void degenerateNetsStayFinite(Degenerate kind) {
        // Fifty units are more than the examples, so that factors are singular anyway.
        Module net = new Sequential(new Linear(2, 50), Activation.relu(), new Linear(50, 3));
        DataSet data = kind.data(Generators.spirals(30, 3, 0.1, 1).as(DType.FLOAT32));
        try (SupervisedObjective objective = objective(net, Loss.softmaxCrossEntropy(), data);
                Kfac optimizer = Kfac.builder().damping(0.1).build()) {
            kind.spoil(Elements.of(objective.theta()));
            objective.thetaChanged(objective.theta());
            double before = objective.value(objective.theta(), Scope.all());
            for (int k = 0; k < 60; k++) {
                StepReport report = optimizer.step(objective, objective.theta());
                assertThat(report.reason()).isNotEmpty();
            }
            assertThat(Vectors.firstNonFinite(objective.theta())).isNegative();
            assertThat(objective.value(objective.theta(), Scope.all())).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void frozenLayersStay() {
        Linear first = new Linear(2, 6);
        Module net = new Sequential(first, Activation.tanh(), new Linear(6, 3));
        DataSet data = Generators.spirals(60, 3, 0.1, 1).as(DType.FLOAT64);
        try (SupervisedObjective objective = objective(net, Loss.softmaxCrossEntropy(), data);
                Kfac optimizer = Kfac.builder().damping(0.1).build()) {
            for (int k = 0; k < 5; k++) {
                optimizer.step(objective, objective.theta());
            }
            first.freeze();
            double[] before = Arena.toDoubles(Arena.view(objective.theta(), 0, Shape.of(18)));
            double[] rest = Arena.toDoubles(objective.theta());
            for (int k = 0; k < 5; k++) {
                optimizer.step(objective, objective.theta());
            }
            assertThat(Arena.toDoubles(Arena.view(objective.theta(), 0, Shape.of(18))))
                    .containsExactly(before);
            assertThat(Arena.toDoubles(objective.theta())).isNotEqualTo(rest);
        }
    }

    @Test
    void fixedRateAndMomentumAreUsedAsTheyAre() {
        try (SupervisedObjective objective = spirals(60);
                Kfac optimizer = Kfac.builder()
                        .factors(KroneckerFactors.builder().cotangents(Cotangents.EXACT))
                        .factorShare(1)
                        .batch(0, 1)
                        .damping(0.5)
                        .fixed(0.1, 0.9)
                        .build()) {
            INDArray theta = objective.theta();
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            INDArray expected = Arena.copyOf(theta);
            INDArray velocity = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            for (int k = 0; k < 3; k++) {
                objective.gradient(theta, Scope.all(), g);
                try (KroneckerFactors factors = KroneckerFactors.builder()
                                .cotangents(Cotangents.EXACT)
                                .build(objective);
                        KroneckerInverse inverse = new KroneckerInverse(factors, FactorDamping.TRACE)) {
                    factors.update(objective, theta, Scope.all());
                    inverse.refresh(Math.sqrt(0.5));
                    inverse.apply(g, g);
                }
                move(expected, velocity, g);
                StepReport report = optimizer.step(objective, theta);
                assertThat(report.cost()).isGreaterThan(1);
                assertThat(Arena.toDoubles(theta)).containsExactly(Arena.toDoubles(expected), within(1e-10));
            }
        }
    }

    /** A step of rate 0.1 and momentum 0.9 along -g. */
    private static void move(INDArray theta, INDArray velocity, INDArray g) {
        Vectors.scale(0.9, velocity);
        Vectors.axpy(-0.1, g, velocity);
        Vectors.axpy(1, velocity, theta);
    }

    /** Updates in steps 1, 4, 8 and 12 alone, each of which is inverted; with averages, others would change these. */
    @Test
    void factorsAreUpdatedEveryFewSteps() {
        KroneckerFactors.Builder averaged =
                KroneckerFactors.builder().cotangents(Cotangents.EXACT).averaging(FactorAveraging.MARTENS, 0.5);
        try (SupervisedObjective objective = spirals(60);
                Kfac optimizer = Kfac.builder()
                        .factors(averaged)
                        .factorShare(1)
                        .batch(0, 1)
                        .damping(0.5)
                        .inverses(4, 1)
                        .updates(4)
                        .fixed(0.1, 0.9)
                        .build();
                KroneckerFactors factors = averaged.build(objective);
                KroneckerInverse inverse = new KroneckerInverse(factors, FactorDamping.TRACE)) {
            INDArray theta = objective.theta();
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            INDArray expected = Arena.copyOf(theta);
            INDArray velocity = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            for (int k = 1; k <= 13; k++) {
                objective.gradient(theta, Scope.all(), g);
                if (k == 1 || k % 4 == 0) {
                    factors.update(objective, theta, Scope.all());
                    inverse.refresh(Math.sqrt(0.5));
                }
                inverse.apply(g, g);
                move(expected, velocity, g);
                optimizer.step(objective, theta);
                assertThat(Arena.toDoubles(theta))
                        .as("step %d", k)
                        .containsExactly(Arena.toDoubles(expected), within(1e-10));
            }
        }
    }

    /** An inverse takes updated factors even if no update is due. */
    @Test
    void everyInverseUpdatesTheFactors() {
        try (SupervisedObjective objective = spirals(60);
                Kfac rare = Kfac.builder()
                        .batch(0, 1)
                        .inverses(3, 1)
                        .updates(1000)
                        .fixed(0.1, 0.9)
                        .build();
                Kfac together = Kfac.builder()
                        .batch(0, 1)
                        .inverses(3, 1)
                        .updates(3)
                        .fixed(0.1, 0.9)
                        .build()) {
            INDArray start = Arena.copyOf(objective.theta());
            INDArray other = Arena.copyOf(start);
            for (int k = 0; k < 8; k++) {
                rare.step(objective, start);
                together.step(objective, other);
            }
            assertThat(Arena.toDoubles(start)).containsExactly(Arena.toDoubles(other));
        }
    }
}
