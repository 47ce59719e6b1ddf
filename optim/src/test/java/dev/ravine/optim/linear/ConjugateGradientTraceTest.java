package dev.ravine.optim.linear;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.Elements;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator.Property;
import dev.ravine.optim.newton.MartensReference;
import dev.ravine.optim.problems.Points;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Conjugate gradients against runs of the author's published demonstration of Hessian-free optimization, iteration by
 * iteration. The resource says where its figures come from.
 *
 * <p>Runs that end regularly agree in everything, but that the demonstration stores the final iterate a second time if it
 * was just stored. Where p'Ap is not positive, all figures up to there agree and what is stored last differs:
 *
 * <ul>
 *   <li>the demonstration labels the last iterate with the number of the iteration that failed, one more than the updates
 *       that were made, and stores it again even if it was just stored; Ravine counts updates and stores it once;
 *   <li>if the iteration that failed is one of 5 7 9 11 ..., the demonstration loses the last iterate and ends with one
 *       stored before; Ravine keeps the last iterate always.
 * </ul>
 */
class ConjugateGradientTraceTest {
    private static final String RESOURCE = "conjugate-gradient-traces.txt";
    private static final Map<String, Trace> TRACES = read();

    /** A case of the resource: quantities by name. */
    private record Trace(String name, Map<String, String> lines) {
        String text(String quantity) {
            return lines.get(quantity);
        }

        int integer(String quantity) {
            return Integer.parseInt(text(quantity));
        }

        double number(String quantity) {
            return Double.parseDouble(text(quantity));
        }

        double[] numbers(String quantity) {
            String text = text(quantity);
            if (text.isEmpty()) {
                return new double[0];
            }
            if (text.startsWith("as ")) {
                return TRACES.get(text.substring(3)).numbers(quantity);
            }
            return Arrays.stream(text.split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        }

        /** A vector; a single number stands for all of its elements. */
        double[] vector(String quantity) {
            double[] numbers = numbers(quantity);
            double[] vector = new double[integer("n")];
            Arrays.setAll(vector, i -> numbers.length == 1 ? numbers[0] : numbers[i]);
            return vector;
        }

        boolean endsByCurvature() {
            return text("stopReason").equals("nonpositive_curvature");
        }

        /** The demonstration's stored iterations, each once, the last label being a count of updates. */
        List<Integer> storedOnce() {
            List<Integer> stored = new ArrayList<>();
            for (double label : numbers("storedIterations")) {
                stored.add((int) label);
            }
            if (endsByCurvature() && stored.get(stored.size() - 1) == integer("completedIterations") + 1) {
                stored.set(stored.size() - 1, integer("completedIterations"));
            }
            return stored.stream().distinct().toList();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Map<String, Trace> read() {
        Map<String, Trace> traces = new LinkedHashMap<>();
        try (InputStream in = ConjugateGradientTraceTest.class.getResourceAsStream(RESOURCE)) {
            Trace trace = null;
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                int space = line.indexOf(' ');
                String name = space < 0 ? line : line.substring(0, space);
                String rest = space < 0 ? "" : line.substring(space + 1);
                if (name.equals("case")) {
                    trace = new Trace(rest, new HashMap<>());
                    traces.put(rest, trace);
                } else {
                    trace.lines().put(name, rest);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return traces;
    }

    /** Our run of a case, with what a run does not report: p'Ap of each direction and the residuals. */
    private static final class Run implements AutoCloseable {
        private final ConjugateGradient solver;
        private final ConjugateGradient.Result result;
        private final List<Double> curvatures = new ArrayList<>();
        private final List<Double> residuals = new ArrayList<>();

        /** As the demonstration does it. */
        Run(Trace trace) {
            this(trace, false);
        }

        /** Our way, or the demonstration's. */
        Run(Trace trace, boolean keepsLast) {
            StopRule progress = StopRule.relativeProgress(5e-4);
            int least = trace.integer("minIterations");
            StopRule rule = (i, phi, residual, firstResidual) -> {
                residuals.add(residual);
                return i >= least && progress.isDone(i, phi, residual, firstResidual);
            };
            IntPredicate isStored = ConjugateGradient.spacedGeometrically(5, 1.3);
            solver = new ConjugateGradient(trace.integer("maxIterations"), rule, isStored);
            ConjugateGradient.Result ours = solver.solve(
                    matrix(trace),
                    Points.vector(trace.vector("b")),
                    Points.vector(trace.vector("x0")),
                    LinearOperator.inverseOfDiagonal(Points.vector(trace.vector("M"))));
            result = keepsLast ? ours : MartensReference.asStored(ours, isStored);
            curvatures.remove(0); // that of the start
        }

        /** diag(a) + s u u'. */
        private LinearOperator matrix(Trace trace) {
            double[] a = trace.vector("a");
            double[] u = trace.vector("u");
            double s = trace.number("s");
            return LinearOperator.of(
                    a.length,
                    (v, out) -> {
                        Elements x = Elements.of(v);
                        Elements y = Elements.of(out);
                        double along = 0;
                        for (int i = 0; i < a.length; i++) {
                            along += u[i] * x.get(i);
                        }
                        for (int i = 0; i < a.length; i++) {
                            y.set(i, a[i] * x.get(i) + s * along * u[i]);
                        }
                        curvatures.add(Vectors.dot(v, out));
                    },
                    Property.SYMMETRIC);
        }

        @Override
        public void close() {
            solver.close();
        }
    }

    private static Stream<Trace> traces() {
        return TRACES.values().stream();
    }

    private static void assertClose(List<Double> ours, double[] theirs, int first, double tolerance) {
        assertThat(ours).hasSize(theirs.length);
        for (int i = 0; i < Math.min(first, theirs.length); i++) {
            double scale = Math.max(Math.abs(ours.get(i)), Math.abs(theirs[i]));
            assertThat(Math.abs(ours.get(i) - theirs[i]) / scale)
                    .as("iteration %d: %s instead of %s", i + 1, ours.get(i), theirs[i])
                    .isLessThanOrEqualTo(tolerance);
        }
    }

    @Test
    void thereAreSixteenTraces() {
        assertThat(TRACES).hasSize(16);
    }

    @ParameterizedTest
    @MethodSource("traces")
    void endsWhenAndWhyTheDemonstrationDoes(Trace trace) {
        try (Run run = new Run(trace)) {
            assertThat(run.result.iterations()).isEqualTo(trace.integer("completedIterations"));
            assertThat(run.result.stopped())
                    .isEqualTo(
                            switch (trace.text("stopReason")) {
                                case "relative_progress" -> Stop.STOP_RULE;
                                case "max_iterations" -> Stop.MAX_ITERATIONS;
                                case "nonpositive_curvature" -> Stop.NONPOSITIVE_CURVATURE;
                                default -> throw new IllegalArgumentException(trace.text("stopReason"));
                            });
        }
    }

    @ParameterizedTest
    @MethodSource("traces")
    void takesTheSameWay(Trace trace) {
        try (Run run = new Run(trace)) {
            double tolerance = 1e-12 + 100 * trace.number("phiNoise");
            assertClose(run.result.phi(), trace.numbers("phi"), Integer.MAX_VALUE, tolerance);
            // With the preconditioner directions lose their conjugacy: from iteration 11 on rounding grows by a factor
            // of 100 to 300 an iteration, whoever computes it.
            int comparable = trace.number("xNoise") < 1e-12 ? Integer.MAX_VALUE : 10;
            assertClose(run.curvatures, trace.numbers("pAp"), comparable, tolerance);
            assertClose(run.residuals, trace.numbers("residualNorm"), comparable, tolerance);
        }
    }

    @ParameterizedTest
    @MethodSource("traces")
    void keepsTheSameIterates(Trace trace) {
        double tolerance = 1e-12 + 100 * trace.number("xNoise");
        try (Run run = new Run(trace)) {
            List<Integer> theirs = trace.storedOnce();
            double[] norms = trace.numbers("storedNorms");
            for (int i = 0; i < theirs.size(); i++) {
                ConjugateGradient.Iterate ours = run.result.iterates().get(i);
                assertThat(ours.iteration()).isEqualTo(theirs.get(i));
                assertThat(Math.abs(Vectors.norm(ours.x()) / norms[i] - 1)).isLessThanOrEqualTo(tolerance);
            }
            INDArray lastOfTheirs = run.result.iterates().get(theirs.size() - 1).x();
            assertThat(Points.relativeDistance(Arena.toDoubles(lastOfTheirs), trace.numbers("xLast")))
                    .isLessThanOrEqualTo(tolerance);
            assertThat(run.result.iterates().stream().map(ConjugateGradient.Iterate::iteration))
                    .containsExactlyElementsOf(theirs);
        }
    }

    /** The demonstration loses one iterate if negative curvature comes when it is about to be stored; that can be avoided. */
    @ParameterizedTest
    @MethodSource("traces")
    void canKeepTheLastIterateAlways(Trace trace) {
        List<Integer> theirs = new ArrayList<>(trace.storedOnce());
        try (Run run = new Run(trace, true)) {
            if (!theirs.contains(run.result.iterations())) {
                assertThat(trace.endsByCurvature()).isTrue();
                theirs.add(run.result.iterations());
            }
            assertThat(run.result.iterates().stream().map(ConjugateGradient.Iterate::iteration))
                    .containsExactlyElementsOf(theirs);
        }
    }
}
