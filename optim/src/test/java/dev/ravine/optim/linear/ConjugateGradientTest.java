package dev.ravine.optim.linear;

import static dev.ravine.optim.linear.LinearOperator.Property.POSITIVE_SEMIDEFINITE;
import static dev.ravine.optim.linear.LinearOperator.Property.SYMMETRIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.Quadratic;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.problems.Points;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ConjugateGradientTest {
    private static final StopRule PROGRESS = StopRule.relativeProgress(5e-4);
    private static final StopRule NEVER = (i, phi, residual, firstResidual) -> false;

    private static LinearOperator matrixOf(Quadratic quadratic) {
        return Points.dense(Arena.toDoubles(quadratic.matrix()), SYMMETRIC);
    }

    /** From zero, without a preconditioner. */
    private static ConjugateGradient.Result solve(ConjugateGradient solver, Quadratic quadratic) {
        return solver.solve(matrixOf(quadratic), quadratic.b(), Points.zeros(quadratic.b()), null);
    }

    private static double errorOf(ConjugateGradient.Result result, Quadratic quadratic) {
        return Points.relativeDistance(Arena.toDoubles(result.x()), Arena.toDoubles(quadratic.minimizer()));
    }

    // ---- solutions --------------------------------------------------------------------------------------------

    private static Stream<double[]> spectra() {
        double[] clustered = new double[30];
        Arrays.setAll(clustered, i -> (i < 15 ? 1 : 50) + 0.01 * i);
        return Stream.of(
                new double[] {4},
                new double[] {1, 1, 1, 1},
                new double[] {0.001, 1, 1000},
                Quadratic.logSpectrum(20, 10),
                Quadratic.logSpectrum(40, 1e4),
                clustered);
    }

    @ParameterizedTest
    @MethodSource("spectra")
    void findsTheMinimizerOfAPositiveQuadratic(double[] spectrum) {
        Quadratic quadratic = Quadratic.withSpectrum(spectrum, 7);
        try (ConjugateGradient solver = new ConjugateGradient(500, StopRule.relativeResidual(1e-13))) {
            ConjugateGradient.Result result = solve(solver, quadratic);
            assertThat(errorOf(result, quadratic)).isLessThan(1e-9);
            assertThat(result.stopped()).isIn(Stop.STOP_RULE, Stop.SOLVED);
            assertThat(result.residual()).isLessThanOrEqualTo(1e-13 * Vectors.norm(quadratic.b()));
            assertThat(result.iterates().get(result.iterates().size() - 1).x()).isNotSameAs(result.x());
        }
    }

    @Test
    void findsItInSinglePrecisionToo() {
        INDArray d = Arena.of(DType.FLOAT32, Shape.of(3), 1, 2, 8);
        INDArray b = Arena.of(DType.FLOAT32, Shape.of(3), 1, 1, 1);
        LinearOperator a = LinearOperator.of(
                3,
                (v, out) -> {
                    Elements x = Elements.of(v);
                    Elements y = Elements.of(out);
                    for (int i = 0; i < 3; i++) {
                        y.set(i, d.getDouble(i) * x.get(i));
                    }
                },
                SYMMETRIC);
        try (ConjugateGradient solver = new ConjugateGradient(20, StopRule.relativeResidual(1e-6))) {
            ConjugateGradient.Result result = solver.solve(a, b, Points.zeros(b), null);
            assertThat(result.iterations()).isEqualTo(3);
            assertThat(Arena.toDoubles(result.x())).containsExactly(new double[] {1, 0.5, 0.125}, within(1e-6));
        }
    }

    @Test
    void needsAsManyIterationsAsThereAreDistinctEigenvalues() {
        double[] spectrum = new double[24];
        for (int distinct = 1; distinct <= 6; distinct++) {
            int kinds = distinct;
            Arrays.setAll(spectrum, i -> 1 + i % kinds);
            Quadratic quadratic = Quadratic.withSpectrum(spectrum, distinct);
            try (ConjugateGradient solver = new ConjugateGradient(100, StopRule.relativeResidual(1e-11))) {
                ConjugateGradient.Result result = solve(solver, quadratic);
                assertThat(result.iterations()).isEqualTo(distinct);
                assertThat(errorOf(result, quadratic)).isLessThan(1e-11);
            }
        }
    }

    @Test
    void aPreconditionerChangesTheWayAndNotTheSolution() {
        int n = 40;
        // A badly scaled matrix: S Q S with scales from 1 to 1000 and a well-conditioned Q.
        double[] matrix = Arena.toDoubles(
                Quadratic.withSpectrum(Quadratic.logSpectrum(n, 3), 1).matrix());
        double[] scales = Quadratic.logSpectrum(n, 1000);
        double[] diagonal = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                matrix[i * n + j] *= scales[i] * scales[j];
            }
            diagonal[i] = matrix[i * n + i];
        }
        LinearOperator a = Points.dense(matrix, SYMMETRIC);
        INDArray b = Points.random(DType.FLOAT64, n, 2);
        LinearOperator jacobi = LinearOperator.inverseOfDiagonal(Points.vector(diagonal));
        try (ConjugateGradient solver = new ConjugateGradient(5000, StopRule.relativeResidual(1e-12))) {
            ConjugateGradient.Result with = solver.solve(a, b, Points.zeros(b), jacobi);
            double[] solution = Arena.toDoubles(with.x());
            ConjugateGradient.Result without = solver.solve(a, b, Points.zeros(b), null);
            assertThat(Points.relativeDistance(Arena.toDoubles(without.x()), solution))
                    .isLessThan(1e-7);
            assertThat(with.iterations()).isLessThan(without.iterations() / 3);
        }
    }

    @Test
    void phiIsTheQuadraticAndFallsMonotonically() {
        Quadratic quadratic = Quadratic.withSpectrum(Quadratic.logSpectrum(30, 100), 5);
        try (ConjugateGradient solver = new ConjugateGradient(25, NEVER, i -> true)) {
            ConjugateGradient.Result result = solve(solver, quadratic);
            assertThat(result.phi()).hasSize(25);
            assertThat(result.iterates()).hasSize(25);
            double before = 0;
            for (int i = 0; i < 25; i++) {
                double phi = result.phi().get(i);
                double recomputed = quadratic.value(result.iterates().get(i).x());
                assertThat(phi).isCloseTo(recomputed, within(1e-12 * Math.abs(recomputed)));
                assertThat(phi).isLessThan(before);
                before = phi;
            }
        }
    }

    @Test
    void aWarmStartBeginsWhereItIsTold() {
        Quadratic quadratic = Quadratic.withSpectrum(Quadratic.logSpectrum(30, 100), 5);
        INDArray near = quadratic.minimizer().dup();
        Vectors.axpy(1e-3, Points.random(DType.FLOAT64, 30, 8), near);
        double[] nearBefore = Arena.toDoubles(near);
        double[] bBefore = Arena.toDoubles(quadratic.b());
        StopRule absolute = (i, phi, residual, firstResidual) -> residual < 1e-8;
        try (ConjugateGradient solver = new ConjugateGradient(200, absolute)) {
            int cold = solve(solver, quadratic).iterations();
            ConjugateGradient.Result warm = solver.solve(matrixOf(quadratic), quadratic.b(), near, null);
            assertThat(warm.iterations()).isLessThan(cold);
            assertThat(errorOf(warm, quadratic)).isLessThan(1e-8);
            assertThat(Arena.toDoubles(near)).containsExactly(nearBefore);
            assertThat(Arena.toDoubles(quadratic.b())).containsExactly(bBefore);
        }
    }

    // ---- how runs end -----------------------------------------------------------------------------------------

    @Test
    void aZeroRightHandSideIsSolvedAtOnce() {
        LinearOperator a = Points.dense(new double[] {2, 0, 0, 3}, SYMMETRIC);
        try (ConjugateGradient solver = new ConjugateGradient(10, NEVER)) {
            ConjugateGradient.Result result = solver.solve(a, Points.vector(0, 0), Points.vector(0, 0), null);
            assertThat(result.stopped()).isEqualTo(Stop.SOLVED);
            assertThat(result.iterations()).isZero();
            assertThat(result.residual()).isZero();
            assertThat(result.phi()).isEmpty();
            assertThat(result.iterates()).hasSize(1);
            assertThat(result.iterates().get(0).iteration()).isZero();
            assertThat(Arena.toDoubles(result.x())).containsExactly(0, 0);
        }
    }

    @Test
    void anExactSolutionEndsARun() {
        LinearOperator a = Points.dense(new double[] {2, 0, 0, 2}, SYMMETRIC);
        try (ConjugateGradient solver = new ConjugateGradient(10, NEVER)) {
            ConjugateGradient.Result result = solver.solve(a, Points.vector(4, 8), Points.vector(0, 0), null);
            assertThat(result.stopped()).isEqualTo(Stop.SOLVED);
            assertThat(result.iterations()).isEqualTo(1);
            assertThat(Arena.toDoubles(result.x())).containsExactly(2, 4);
            assertThat(result.phi()).containsExactly(-20.0);
        }
    }

    @Test
    void theUnitOfASystemDoesNotMatter() {
        double[] spectrum = Quadratic.logSpectrum(40, 1e4);
        List<Integer> iterations = new ArrayList<>();
        for (double unit : new double[] {1, 0x1p-664, 0x1p664}) {
            StopRule absolute = (i, phi, residual, firstResidual) -> residual < 1e-6 * unit;
            StopRule relative = (i, phi, residual, firstResidual) -> residual < 1e-6 * firstResidual;
            for (StopRule rule : List.of(absolute, relative, StopRule.relativeResidual(1e-6), PROGRESS)) {
                INDArray diagonal =
                        Points.vector(Arrays.stream(spectrum).map(v -> v * unit).toArray());
                INDArray right = Points.random(DType.FLOAT64, spectrum.length, 3);
                Vectors.scale(unit, right);
                LinearOperator a = LinearOperator.of(
                        "diagonal",
                        spectrum.length,
                        (v, out) -> Vectors.multiply(v, diagonal, out),
                        SYMMETRIC,
                        POSITIVE_SEMIDEFINITE);
                try (ConjugateGradient solver = new ConjugateGradient(500, rule)) {
                    ConjugateGradient.Result found = solver.solve(a, right, Points.zeros(right), null);
                    assertThat(found.stopped()).isEqualTo(Stop.STOP_RULE);
                    iterations.add(found.iterations());
                }
            }
        }
        assertThat(iterations.subList(4, 8)).isEqualTo(iterations.subList(0, 4));
        assertThat(iterations.subList(8, 12)).isEqualTo(iterations.subList(0, 4));
        assertThat(iterations).allMatch(i -> i > 10);
    }

    @Test
    void theLimitOfIterationsEndsARun() {
        Quadratic quadratic = Quadratic.withSpectrum(Quadratic.logSpectrum(50, 1e6), 5);
        try (ConjugateGradient solver = new ConjugateGradient(8, NEVER)) {
            ConjugateGradient.Result result = solve(solver, quadratic);
            assertThat(result.stopped()).isEqualTo(Stop.MAX_ITERATIONS);
            assertThat(result.iterations()).isEqualTo(8);
            assertThat(result.iterates()).hasSize(1);
            assertThat(result.iterates().get(0).iteration()).isEqualTo(8);
        }
    }

    @Test
    void nonpositiveCurvatureKeepsTheIterateBefore() {
        // The first direction is b = (1, 1, 1), the second one meets the negative eigenvalue.
        LinearOperator a = Points.dense(new double[] {3, 0, 0, 0, 2, 0, 0, 0, -1}, SYMMETRIC);
        INDArray b = Points.vector(1, 1, 1);
        try (ConjugateGradient solver = new ConjugateGradient(50, NEVER)) {
            ConjugateGradient.Result result = solver.solve(a, b, Points.zeros(b), null);
            assertThat(result.stopped()).isEqualTo(Stop.NONPOSITIVE_CURVATURE);
            assertThat(result.iterations()).isEqualTo(1);
            double alpha = 3.0 / 4; // b'b / b'Ab
            assertThat(Arena.toDoubles(result.x())).containsExactly(new double[] {alpha, alpha, alpha}, within(1e-15));
            assertThat(result.iterates()).hasSize(1);
            assertThat(Arena.toDoubles(result.iterates().get(0).x())).containsExactly(Arena.toDoubles(result.x()));

            ConjugateGradient.Result atOnce = solver.solve(a.scaled(-1), b, Points.vector(5, 6, 7), null);
            assertThat(atOnce.stopped()).isEqualTo(Stop.NONPOSITIVE_CURVATURE);
            assertThat(atOnce.iterations()).isZero();
            assertThat(Arena.toDoubles(atOnce.x())).containsExactly(5, 6, 7);
        }
    }

    @Test
    void aProductThatIsNotFiniteKeepsTheIterateBefore() {
        Quadratic quadratic = Quadratic.withSpectrum(Quadratic.logSpectrum(10, 100), 5);
        LinearOperator fine = matrixOf(quadratic);
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            int[] calls = new int[1];
            LinearOperator failing = LinearOperator.of(
                    10,
                    (v, out) -> {
                        fine.apply(v, out);
                        calls[0]++;
                        if (calls[0] == 5) { // after the residual at the start and three directions
                            out.putScalar(3, bad);
                        }
                    },
                    SYMMETRIC);
            try (ConjugateGradient solver = new ConjugateGradient(50, NEVER);
                    ConjugateGradient three = new ConjugateGradient(3, NEVER)) {
                ConjugateGradient.Result result =
                        solver.solve(failing, quadratic.b(), Points.zeros(quadratic.b()), null);
                assertThat(result.stopped()).isEqualTo(Stop.NON_FINITE);
                assertThat(result.iterations()).isEqualTo(3);
                assertThat(Arena.toDoubles(result.x()))
                        .containsExactly(Arena.toDoubles(solve(three, quadratic).x()));
            }
        }
    }

    @Test
    void relativeProgressDoesNotFireBeforeTheEleventhIteration() {
        // Solved to rounding after 3 iterations; Martens' rule has to see ten more.
        Quadratic quadratic = Quadratic.withSpectrum(new double[] {1, 1, 1, 1, 2, 2, 2, 3, 3, 3}, 5);
        try (ConjugateGradient solver = new ConjugateGradient(250, StopRule.relativeProgress(5e-4))) {
            ConjugateGradient.Result result = solve(solver, quadratic);
            assertThat(result.stopped()).isEqualTo(Stop.STOP_RULE);
            assertThat(result.iterations()).isBetween(11, 13);
        }
    }

    // ---- stored iterates --------------------------------------------------------------------------------------

    /** g = -b: the same run, bit for bit. */
    @Test
    void minimisingIsSolvingForTheNegatedGradient() {
        Quadratic quadratic = Quadratic.withSpectrum(Quadratic.logSpectrum(20, 100), 3);
        INDArray gradient = Arena.copyOf(quadratic.b());
        Vectors.scale(-1, gradient);
        LinearOperator a = matrixOf(quadratic);
        try (ConjugateGradient solver = new ConjugateGradient(7, NEVER);
                ConjugateGradient minimiser = new ConjugateGradient(7, NEVER)) {
            ConjugateGradient.Result expected = solve(solver, quadratic);
            ConjugateGradient.Result found = minimiser.minimise(a, gradient);
            assertThat(Arena.toDoubles(found.x())).containsExactly(Arena.toDoubles(expected.x()));
            assertThat(found.phi()).isEqualTo(expected.phi());
            assertThat(found.lastPhi()).isEqualTo(found.phi().get(6));
            INDArray start = Points.zeros(gradient);
            Vectors.fill(start, 0.5);
            LinearOperator jacobi = LinearOperator.inverseOfDiagonal(start);
            ConjugateGradient.Result warm = solver.solve(a, quadratic.b(), start, jacobi);
            ConjugateGradient.Result limited = minimiser.minimise(a, gradient, start, jacobi, 4);
            assertThat(limited.iterations()).isEqualTo(4);
            assertThat(limited.phi()).isEqualTo(warm.phi().subList(0, 4));
        }
    }

    @Test
    void iteratesAreStoredAtMartensIterations() {
        assertThat(IntStream.rangeClosed(1, 250).filter(ConjugateGradient.spacedGeometrically(5, 1.3)))
                .containsExactly(5, 7, 9, 11, 15, 19, 25, 32, 41, 54, 69, 90, 117, 152, 197);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 5, 6, 9, 20})
    void theLastIterateIsStoredOnce(int iterations) {
        Quadratic quadratic = Quadratic.withSpectrum(Quadratic.logSpectrum(50, 1e6), 5);
        try (ConjugateGradient solver =
                new ConjugateGradient(iterations, NEVER, ConjugateGradient.spacedGeometrically(5, 1.3))) {
            ConjugateGradient.Result result = solve(solver, quadratic);
            List<Integer> stored = result.iterates().stream()
                    .map(ConjugateGradient.Iterate::iteration)
                    .toList();
            assertThat(stored)
                    .isEqualTo(IntStream.rangeClosed(1, iterations)
                            .filter(i -> i == iterations
                                    || List.of(5, 7, 9, 11, 15, 19).contains(i))
                            .boxed()
                            .toList());
            for (ConjugateGradient.Iterate iterate : result.iterates()) {
                try (ConjugateGradient shorter = new ConjugateGradient(iterate.iteration(), NEVER)) {
                    assertThat(Arena.toDoubles(iterate.x()))
                            .containsExactly(
                                    Arena.toDoubles(solve(shorter, quadratic).x()));
                }
            }
        }
    }

    // ---- use --------------------------------------------------------------------------------------------------

    @Test
    void whatIsNotDeclaredIsRefused() {
        INDArray b = Points.vector(1, 2);
        double[] matrix = {2, 0, 0, 3};
        LinearOperator symmetric = Points.dense(matrix, SYMMETRIC);
        try (ConjugateGradient solver = new ConjugateGradient(10, NEVER)) {
            assertThatThrownBy(() -> solver.solve(Points.dense(matrix), b, b, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the matrix to be SYMMETRIC")
                    .hasMessageContaining("declared []");
            assertThatThrownBy(() -> solver.solve(symmetric, b, b, symmetric))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the preconditioner to be POSITIVE_SEMIDEFINITE");
            assertThatThrownBy(() -> solver.solve(symmetric, b, b, Points.dense(matrix, POSITIVE_SEMIDEFINITE)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the preconditioner to be SYMMETRIC");
        }
    }

    @Test
    void sizesMustAgree() {
        LinearOperator a = Points.dense(new double[] {2, 0, 0, 3}, SYMMETRIC);
        try (ConjugateGradient solver = new ConjugateGradient(10, NEVER)) {
            assertThatThrownBy(() -> solver.solve(a, Points.vector(1, 2, 3), Points.vector(1, 2, 3), null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("3 elements")
                    .hasMessageContaining("size 2");
            assertThatThrownBy(() -> solver.solve(
                            a,
                            Points.vector(1, 2),
                            Points.vector(1, 2),
                            LinearOperator.inverseOfDiagonal(Points.vector(1, 2, 3))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("preconditioner of size 3");
            assertThatThrownBy(() -> solver.solve(a, Points.vector(1, 2), Points.vector(1, 2, 3), null))
                    .isInstanceOf(ShapeException.class);
        }
        assertThatThrownBy(() -> new ConjugateGradient(0, NEVER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
    }

    @Test
    void aSolverServesProblemsOfOtherSizes() {
        try (ConjugateGradient solver = new ConjugateGradient(200, StopRule.relativeResidual(1e-12))) {
            for (int n : new int[] {5, 12, 3, 12}) {
                Quadratic quadratic = Quadratic.withSpectrum(Quadratic.logSpectrum(n, 10), n);
                assertThat(errorOf(solve(solver, quadratic), quadratic)).isLessThan(1e-10);
            }
        }
    }

    @Test
    void aSecondRunMakesNoArray() {
        Quadratic quadratic = Quadratic.withSpectrum(Quadratic.logSpectrum(30, 1000), 5);
        LinearOperator a = matrixOf(quadratic).shifted(0.1).scaled(2);
        INDArray start = Points.zeros(quadratic.b());
        INDArray diagonal = Points.zeros(start);
        Vectors.fill(diagonal, 2);
        LinearOperator preconditioner = LinearOperator.inverseOfDiagonal(diagonal);
        try (ConjugateGradient solver =
                new ConjugateGradient(60, NEVER, ConjugateGradient.spacedGeometrically(5, 1.3))) {
            solver.solve(a, quadratic.b(), start, preconditioner);
            assertThat(Points.arraysMadeBy(() -> solver.solve(a, quadratic.b(), start, preconditioner)))
                    .isZero();
            assertThat(Points.arraysMadeBy(() -> Arena.view(start, 3, Shape.of(4))))
                    .isEqualTo(1); // even a view would have been seen
        }
    }

    /** The limit is a number, not an amount of memory. */
    @Test
    void aLimitWithoutEndTakesNoMemory() {
        LinearOperator a = LinearOperator.of(3, (v, out) -> Vectors.copy(v, out), SYMMETRIC);
        INDArray g = Arena.of(DType.FLOAT64, Shape.of(3), 1, 2, 3);
        try (ConjugateGradient solver =
                new ConjugateGradient(Integer.MAX_VALUE, (i, phi, residual, first) -> residual <= 1e-12 * first)) {
            assertThat(Arena.toDoubles(solver.minimise(a, g).x())).containsExactly(-1, -2, -3);
        }
    }

    /** More iterations than are made room for at once. */
    @Test
    void longRunsKeepTheirHistory() {
        int n = 3000;
        double[] d = IntStream.rangeClosed(1, n).mapToDouble(i -> i).toArray();
        INDArray diagonal = Arena.of(DType.FLOAT64, Shape.of(n), d);
        LinearOperator a = LinearOperator.of(n, (v, out) -> Vectors.multiply(diagonal, v, out), SYMMETRIC);
        INDArray g = Arena.create(DType.FLOAT64, Shape.of(n));
        Vectors.fill(g, -1);
        try (ConjugateGradient solver = new ConjugateGradient(2500, (i, phi, residual, first) -> i == 2400)) {
            ConjugateGradient.Result found = solver.minimise(a, g);
            assertThat(found.iterations()).isEqualTo(2400);
            assertThat(found.phi()).hasSize(2400);
            double minimum = -Arrays.stream(d).map(v -> 0.5 / v).sum();
            assertThat(found.lastPhi()).isCloseTo(minimum, within(1e-9));
            assertThat(found.phi().get(1500)).isCloseTo(minimum, within(1e-3));
        }
    }
}
