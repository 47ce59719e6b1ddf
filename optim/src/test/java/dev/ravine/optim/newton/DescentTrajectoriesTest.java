package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.problems.Moons;
import dev.ravine.optim.problems.PlainObjective;
import dev.ravine.optim.problems.Resumed;
import dev.ravine.optim.problems.Rosenbrock;
import dev.ravine.optim.problems.VariantFigures;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** BFGS, the one-step secant method, and nonlinear and scaled conjugate gradients, beside {@code descent.py} in NumPy. */
class DescentTrajectoriesTest {
    private static final double[] START = {-1.2, 1, -0.5, 0.7};
    private static final double[] NEARER = {0.9, 0.8, 0.7, 0.5};

    private static final Map<String, List<double[]>> FIGURES =
            VariantFigures.read(DescentTrajectoriesTest.class, "descent.txt");

    private static final Map<String, Supplier<Optimizer>> VARIANTS = variants();

    private static Map<String, Supplier<Optimizer>> variants() {
        Map<String, Supplier<Optimizer>> all = new LinkedHashMap<>();
        all.put("bfgs", () -> Bfgs.builder().build());
        all.put("bfgs-close", () -> Bfgs.builder().curvatureFraction(0.3).build());
        all.put("secant", () -> Lbfgs.oneStepSecant().build());
        all.put("secant-matrix", () -> Lbfgs.oneStepSecant().build());
        all.put("fletcher-reeves", () -> conjugate(ConjugacyRule.FLETCHER_REEVES));
        all.put("polak-ribiere", () -> conjugate(ConjugacyRule.POLAK_RIBIERE));
        all.put("powell-beale", () -> conjugate(ConjugacyRule.POWELL_BEALE));
        all.put(
                "scaled-exact",
                () -> ScaledConjugateGradients.builder()
                        .curvature(Curvature.HESSIAN)
                        .build());
        all.put(
                "scaled-damped",
                () -> ScaledConjugateGradients.builder()
                        .curvature(Curvature.HESSIAN)
                        .lambda(1e3)
                        .build());
        all.put("scaled-differences", () -> ScaledConjugateGradients.builder().build());
        return all;
    }

    private static Optimizer conjugate(ConjugacyRule rule) {
        return NonlinearConjugateGradients.builder().rule(rule).build();
    }

    static Stream<String> names() {
        return VARIANTS.keySet().stream();
    }

    /**
     * How far a point may be from the program's, which rounds in another order. Scaled conjugate gradients with exact
     * curvature magnify most: if the start changes by one unit in the last place, the program's own points move by up to
     * 8.1e-11 within these steps, and every step rounds anew.
     */
    private static double precision(String name) {
        return name.equals("scaled-exact") ? 1e-9 : 1e-10;
    }

    /** Differences of gradients magnify rounding 20,000 times; a plain function rounds as the program does. */
    @ParameterizedTest
    @MethodSource("names")
    void followsTheProgramInNumPy(String name) {
        List<double[]> figures = FIGURES.get(name);
        assertThat(figures).hasSizeGreaterThan(10);
        try (Objective objective = name.equals("scaled-differences")
                        ? new PlainObjective(4, Rosenbrock::value, Rosenbrock::gradient)
                        : Rosenbrock.objective(DType.FLOAT64, 4);
                Optimizer optimizer = VARIANTS.get(name).get()) {
            double[] start = name.startsWith("secant") ? NEARER : START;
            INDArray theta = Arena.of(DType.FLOAT64, Shape.of(4), start);
            for (int k = 0; k < figures.size(); k++) {
                StepReport report = optimizer.step(objective, theta);
                assertThat(report.accepted()).as("step %d: %s", k, report).isTrue();
                assertThat(report.lossAfter()).isLessThanOrEqualTo(report.loss());
                assertThat(Arena.toDoubles(theta))
                        .as("step %d", k)
                        .containsExactly(figures.get(k), within(precision(name)));
            }
        }
    }

    @Test
    void figuresAndVariantsAreTheSame() {
        assertThat(FIGURES.keySet()).containsExactlyElementsOf(VARIANTS.keySet());
    }

    static Stream<Arguments> eachDtype() {
        return names().flatMap(name -> Stream.of(Arguments.of(name, DType.FLOAT64), Arguments.of(name, DType.FLOAT32)));
    }

    @ParameterizedTest
    @MethodSource("eachDtype")
    void findsTheMinimum(String name, DType dtype) {
        double[] start = new double[10];
        Arrays.fill(start, -0.5);
        try (Optimizer optimizer = VARIANTS.get(name).get()) {
            Minimize.Result found = Minimize.of(Rosenbrock::of)
                    .from(Arena.of(dtype, Shape.of(10), start))
                    .maxSteps(3000)
                    .with(optimizer);
            assertThat(found.end()).as(found.reason()).isEqualTo(Minimize.End.CONVERGED);
            double[] ones = new double[10];
            Arrays.fill(ones, 1);
            assertThat(Arena.toDoubles(found.x())).containsExactly(ones, within(dtype == DType.FLOAT64 ? 1e-5 : 0.02));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void trainsANet(String name) {
        Sequential net = new Sequential(new Linear(2, 6), Activation.tanh(), new Linear(6, 2));
        net.initialize(DType.FLOAT64, 1);
        try (Objective objective = Moons.classifiedBy(net, DType.FLOAT64, 1e-3);
                Optimizer optimizer = VARIANTS.get(name).get()) {
            INDArray theta = net.parameterVector().array();
            double loss = Double.NaN;
            for (int i = 0; i < 60; i++) {
                loss = optimizer.step(objective, theta).lossAfter();
            }
            assertThat(loss).isLessThan(0.25);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void goesOnBitForBit(String name) {
        try (Objective objective = Rosenbrock.objective(DType.FLOAT64, 4);
                Optimizer optimizer = VARIANTS.get(name).get();
                Optimizer resumed = VARIANTS.get(name).get()) {
            INDArray theta = Arena.of(DType.FLOAT64, Shape.of(4), START);
            Resumed.goesOnBitForBit(objective, theta, optimizer, resumed, 7, 10);
        }
    }

    @Test
    void bfgsRefusesWhatIsTooLarge() {
        try (Objective objective = Rosenbrock.objective(DType.FLOAT64, 4);
                Optimizer optimizer = Bfgs.builder().limit(3).build()) {
            assertThatThrownBy(() -> optimizer.step(objective, Arena.of(DType.FLOAT64, Shape.of(4), START)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("n = 4")
                    .hasMessageContaining("the limit is n = 3")
                    .hasMessageContaining("Lbfgs");
        }
    }

    @Test
    void bfgsRefusesADamagedMatrix() {
        try (Objective objective = Rosenbrock.objective(DType.FLOAT64, 4);
                Optimizer optimizer = Bfgs.builder().build();
                Optimizer resumed = Bfgs.builder().build()) {
            INDArray theta = Arena.of(DType.FLOAT64, Shape.of(4), START);
            optimizer.step(objective, theta);
            optimizer.step(objective, theta);
            OptimizerState state = optimizer.state();
            Map<String, INDArray> vectors = new LinkedHashMap<>(state.vectors());
            vectors.put("inverse", Arena.of(DType.FLOAT64, Shape.of(5), 1, 2, 3, 4, 5));
            assertThatThrownBy(() -> resumed.restore(new OptimizerState(2, state.numbers(), vectors)))
                    .hasMessageContaining("found 5");
            vectors.put("inverse", Arena.of(DType.FLOAT64, Shape.of(3), 1, 0, 1));
            resumed.restore(new OptimizerState(2, state.numbers(), vectors));
            assertThatThrownBy(() -> resumed.step(objective, theta))
                    .hasMessageContaining("2 parameters, this one has 4");
        }
    }
}
