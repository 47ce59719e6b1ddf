package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.leastsquares.GaussNewton;
import dev.ravine.optim.leastsquares.LeastSquaresSolver;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.ExactNewton.Indefinite;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.problems.Points;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whatever the function is like, second-order optimizers stay at finite points, do not rise, and give a reason. */
class WorstCaseTest {
    private static final int STEPS = 60;

    /** Rejected steps in a row. */
    private static final int HOPELESS = 8;

    private static final String SQUARES = ", squares";
    private static final String ROOT = "a root whose slope is infinite at 0";
    private static final String PIT = "falls without a bound";

    /** The one is least where it has no slope, the other gets values at the end of all numbers, and no norm of its slope. */
    private static final Set<String> MAY_END_WITHOUT_A_GRADIENT = Set.of(ROOT, ROOT + SQUARES, PIT);

    @SuppressWarnings("ArrayRecordComponent")
    private record Problem(String name, boolean isLeastSquares, UnaryOperator<Tensor> function, double... start) {
        Objective objective(DType dtype) {
            return isLeastSquares
                    ? new ResidualObjective(dtype, start.length, function)
                    : new FunctionObjective(dtype, start.length, function);
        }
    }

    /** Made for a number of parameters. */
    private record Method(String name, boolean needsLeastSquares, IntFunction<Optimizer> maker) {
        @Override
        public String toString() {
            return name;
        }
    }

    private record Case(Problem problem, Method method, DType dtype) {
        @Override
        public String toString() {
            return problem.name + ", " + method.name + ", " + dtype;
        }
    }

    private static Tensor x(Tensor theta, int i) {
        return theta.slice(0, i, i + 1);
    }

    private static Tensor times(Tensor t, double... factors) {
        return t.mul(Tensor.constant(t.dtype(), Shape.of(factors.length), factors));
    }

    private static Problem function(String name, UnaryOperator<Tensor> function, double... start) {
        return new Problem(name, false, function, start);
    }

    private static Problem squares(String name, UnaryOperator<Tensor> residuals, double... start) {
        return new Problem(name + SQUARES, true, residuals, start);
    }

    private static Tensor saddle(Tensor t) {
        return x(t, 0).square()
                .sub(x(t, 1).square())
                .add(x(t, 1).square().square().mul(0.25))
                .sum();
    }

    /** With a stationary point at 0 that is a maximum along y. */
    private static Tensor saddleOfSquares(Tensor t) {
        return Tensor.concat(0, x(t, 0), x(t, 1).square().sub(1));
    }

    private static List<Problem> problems() {
        return List.of(
                function("condition 1e12", t -> times(t.square(), 1e6, 1, 1e-6).sum(), 1, 1, 1),
                function("a direction without curvature", t -> x(t, 0).square().sum(), 2, 5),
                function(
                        "a slope without curvature",
                        t -> x(t, 0).square().add(x(t, 1)).sum(),
                        2,
                        5),
                function("at a saddle", WorstCaseTest::saddle, 0, 0),
                function("hardly off a saddle", WorstCaseTest::saddle, 0, 1e-30),
                function("slightly off a saddle", WorstCaseTest::saddle, 1e-3, 1e-6),
                function(
                        "at a maximum",
                        t -> t.square().mul(-1).add(t.square().square()).sum(),
                        0,
                        0),
                function("constant", t -> t.mul(0).sum().add(5), 1, 2),
                function("linear", t -> times(t, 1, -3).sum(), 1, 2),
                function("huge exponentials", t -> t.exp().add(t.neg().exp()).sum(), 75, -80),
                function("the edge of a logarithm", t -> t.sub(t.log()).sum(), 1e-8, 1e-4),
                function("below a logarithm", t -> t.square().sub(t.log()).sum(), 20, 1e-3),
                function(ROOT, t -> t.sqrt().sum(), 1, 1e-6),
                function("a kink", t -> t.abs().sum(), 1, -0.3),
                function("a flat minimum", t -> t.square().square().sum(), 1, -2),
                function("tiny values", t -> t.square().sum().mul(1e-30), 1, 2),
                function(
                        "far away",
                        t -> t.sub(1).square().square().sum().add(t.sum().square()),
                        1e4,
                        -3e3),
                function("falls for ever", t -> t.neg().exp().sum(), 0, 3),
                function(PIT, t -> t.square().mul(-1).sum(), 1e-3, 1),
                squares("condition 1e12", t -> times(t, 1e3, 1, 1e-3), 1, 1, 1),
                squares("a direction without curvature", t -> x(t, 0).sub(1), 2, 5),
                squares(
                        "columns that depend on one another",
                        t -> Tensor.concat(
                                0, t.sum().reshape(1), t.sum().square().reshape(1)),
                        2,
                        5),
                squares("at a saddle", WorstCaseTest::saddleOfSquares, 0, 0),
                squares("hardly off a saddle", WorstCaseTest::saddleOfSquares, 0, 1e-30),
                squares("slightly off a saddle", WorstCaseTest::saddleOfSquares, 1e-3, 1e-6),
                squares("constant", t -> t.mul(0).add(5), 1, 2),
                squares("huge exponentials", Tensor::exp, 40, -40),
                squares("the edge of a logarithm", Tensor::log, 1e-8, 1e-4),
                squares(ROOT, t -> t.sqrt().add(1), 1, 1e-6),
                squares("a flat minimum", Tensor::square, 1, -2),
                squares("a solution at the start", t -> t.sub(1), 1, 1),
                squares("falls for ever", t -> t.neg().exp(), 0, 3),
                squares(
                        "fewer residuals than parameters",
                        t -> t.square().sum().sub(1).reshape(1),
                        3,
                        -2,
                        1));
    }

    private static List<ParameterGroup> halves(int n) {
        return List.of(new ParameterGroup("first", 0, 1), new ParameterGroup("rest", 1, n - 1));
    }

    private static Stream<Method> methods() {
        Stream<Method> general = Stream.of(
                new Method(
                        "trust-newton", false, n -> TrustRegionNewton.builder().build()),
                new Method("newton-cg", false, n -> LineSearchNewton.builder().build()),
                new Method("lbfgs", false, n -> Lbfgs.builder().build()),
                new Method(
                        "hf",
                        false,
                        n -> HessianFree.builder().curvature(Curvature.HESSIAN).build()),
                new Method(
                        "block, exact",
                        false,
                        n -> BlockNewton.builder(halves(n))
                                .curvature(Curvature.HESSIAN)
                                .build()),
                new Method(
                        "block, conjugate gradients",
                        false,
                        n -> BlockNewton.builder(halves(n))
                                .curvature(Curvature.HESSIAN)
                                .exactUpTo(1)
                                .build()),
                new Method(
                        "block, steepest descent",
                        false,
                        n -> BlockNewton.builder(halves(n))
                                .curvature(Curvature.HESSIAN)
                                .exactUpTo(1)
                                .beyond(BlockNewton.Method.STEEPEST_DESCENT)
                                .build()));
        Stream<Method> exact = Arrays.stream(Indefinite.values())
                .map(treatment -> new Method(
                        "newton " + treatment,
                        false,
                        n -> ExactNewton.builder().indefinite(treatment).build()));
        Stream<Method> squares = Arrays.stream(LeastSquaresSolver.values())
                .flatMap(solver -> Stream.of(
                        new Method(
                                "lm " + solver,
                                true,
                                n -> LevenbergMarquardt.builder().solver(solver).build()),
                        new Method(
                                "gauss-newton " + solver,
                                true,
                                n -> GaussNewton.builder().solver(solver).build())));
        return Stream.of(general, exact, squares).flatMap(methods -> methods);
    }

    static Stream<Case> cases() {
        return methods()
                .flatMap(method -> problems().stream()
                        .filter(problem -> problem.isLeastSquares || !method.needsLeastSquares)
                        .flatMap(problem -> Stream.of(DType.FLOAT32, DType.FLOAT64)
                                .map(dtype -> new Case(problem, method, dtype))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void staysFiniteAndDoesNotRise(Case c) {
        double[] start = c.problem.start;
        INDArray theta = Arena.of(c.dtype, Shape.of(start.length), start);
        double rounding = c.dtype == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
        try (Objective objective = c.problem.objective(c.dtype);
                Optimizer optimizer = c.method.maker.apply(start.length)) {
            double value = objective.value(theta, Scope.all());
            int rejections = 0;
            for (int i = 0; i < STEPS && rejections < HOPELESS; i++) {
                StepReport report;
                try {
                    report = optimizer.step(objective, theta);
                } catch (NonFiniteLossException e) {
                    assertThat(c.problem.name).as(e.getMessage()).isIn(MAY_END_WITHOUT_A_GRADIENT);
                    assertThat(i).isPositive();
                    return;
                }
                assertThat(Vectors.firstNonFinite(theta)).as("%s", report).isNegative();
                assertThat(report.reason()).isNotBlank();
                assertThat(report.model()).isPresent();
                double after = objective.value(theta, Scope.all());
                assertThat(after)
                        .as("%s", report)
                        .isLessThanOrEqualTo(value + 8 * rounding * Math.abs(value))
                        .isEqualTo(report.lossAfter());
                value = after;
                rejections = report.accepted() ? 0 : rejections + 1;
            }
        }
    }

    static Stream<Method> all() {
        return methods();
    }

    @ParameterizedTest
    @MethodSource("all")
    void aStartThatIsNotFiniteIsAnErrorThatSaysWhere(Method method) {
        INDArray theta = Points.vector(1, -1);
        INDArray before = Arena.copyOf(theta);
        try (ResidualObjective objective = new ResidualObjective(DType.FLOAT64, 2, Tensor::log);
                Optimizer optimizer = method.maker.apply(2)) {
            assertThatThrownBy(() -> optimizer.step(objective, theta))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageContaining("log");
            assertThat(Vectors.equal(theta, before)).isTrue();
            Elements.of(theta).set(1, 2);
            assertThat(optimizer.step(objective, theta).step()).isEqualTo(1);
        }
    }
}
