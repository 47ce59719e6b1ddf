package dev.ravine.optim.secondorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.problems.PlainObjective;
import dev.ravine.optim.problems.Points;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class WolfeSearchTest {
    /** So flat at 0 that a tenth of the slope there is met only where values no longer differ. */
    private static final String WELL = "flat, then a well";

    private static final double[] FIRST_RATES = {1e-3, 0.1, 1, 10, 1000};

    /** A function of the rate and its derivative, negative at 0. */
    private record Shape(String name, DoubleUnaryOperator f, DoubleUnaryOperator slope) {
        PlainObjective objective() {
            return new PlainObjective(1, x -> f.applyAsDouble(x[0]), x -> new double[] {slope.applyAsDouble(x[0])});
        }

        WolfeSearch.Result search(WolfeSearch search, double firstRate) {
            return search.search(
                    objective(),
                    Scope.all(),
                    Points.vector(0),
                    f.applyAsDouble(0),
                    slope.applyAsDouble(0),
                    Points.vector(1),
                    firstRate);
        }
    }

    private record Case(Shape shape, double firstRate, double curvatureFraction) {
        @Override
        public String toString() {
            return shape.name + " from rate " + firstRate + ", c2 = " + curvatureFraction;
        }
    }

    private static double power(double x, int n) {
        return Math.pow(x, n);
    }

    /** Yanai, Ozawa and Kaneko's function with steep walls, as in Moré and Thuente (ACM TOMS 20, 1994), section 5. */
    private static Shape walls(double left, double right) {
        double a = Math.sqrt(1 + left * left) - left;
        double b = Math.sqrt(1 + right * right) - right;
        return new Shape(
                "walls " + left + " " + right,
                x -> a * Math.sqrt((1 - x) * (1 - x) + right * right) + b * Math.sqrt(x * x + left * left),
                x -> -a * (1 - x) / Math.sqrt((1 - x) * (1 - x) + right * right)
                        + b * x / Math.sqrt(x * x + left * left));
    }

    static Stream<Case> cases() {
        Stream<Shape> shapes = Stream.of(
                new Shape("a parabola", x -> (x - 1) * (x - 1), x -> 2 * (x - 1)),
                new Shape("a far parabola", x -> (x / 300 - 1) * (x - 300), x -> 2 * (x / 300 - 1)),
                new Shape("levels off", x -> -x / (x * x + 2), x -> (x * x - 2) / power(x * x + 2, 2)),
                new Shape(
                        WELL,
                        x -> power(x + 0.004, 5) - 2 * power(x + 0.004, 4),
                        x -> 5 * power(x + 0.004, 4) - 8 * power(x + 0.004, 3)),
                walls(0.001, 0.001),
                walls(0.01, 0.001),
                walls(0.001, 0.01),
                new Shape("waves", x -> 0.1 * x * x - Math.sin(3 * x), x -> 0.2 * x - 3 * Math.cos(3 * x)),
                new Shape("not a number from 2 on", x -> -x - Math.log(2 - x), x -> -1 + 1 / (2 - x)),
                new Shape("infinite soon", x -> Math.exp(x * x) - 5 * x, x -> 2 * x * Math.exp(x * x) - 5),
                new Shape("a cliff", x -> x < 0.7 ? -x : 1e9, x -> x < 0.7 ? -1 + 0.95 * (x > 0.5 ? 1 : 0) : 0));
        return shapes.flatMap(shape -> Arrays.stream(FIRST_RATES)
                .boxed()
                .flatMap(rate -> Stream.of(0.9, 0.1).map(c2 -> new Case(shape, rate, c2)))
                .filter(c -> c.curvatureFraction == 0.9 || !c.shape.name.equals(WELL)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theStrongWolfeConditionsHold(Case c) {
        Shape shape = c.shape;
        double start = shape.f.applyAsDouble(0);
        double startSlope = shape.slope.applyAsDouble(0);
        try (WolfeSearch search = new WolfeSearch(c.curvatureFraction)) {
            WolfeSearch.Result found = shape.search(search, c.firstRate);
            assertThat(found.accepted()).as(found.reason()).isTrue();
            assertThat(found.reason()).contains("strong Wolfe conditions").contains("rate " + found.rate());
            assertThat(found.value()).isEqualTo(shape.f.applyAsDouble(found.rate()));
            assertThat(found.value()).isLessThanOrEqualTo(start + 1e-4 * found.rate() * startSlope);
            assertThat(Math.abs(shape.slope.applyAsDouble(found.rate())))
                    .isLessThanOrEqualTo(c.curvatureFraction * -startSlope);
            assertThat(found.evaluations()).isBetween(1, 40);
        }
    }

    @Test
    void aGoodFirstRateCostsOneEvaluation() {
        Shape parabola = new Shape("", x -> (x - 1) * (x - 1), x -> 2 * (x - 1));
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            assertThat(parabola.search(search, 1).evaluations()).isEqualTo(1);
            assertThat(parabola.search(search, 1).rate()).isEqualTo(1);
            // Of a parabola the second rate is its minimum.
            WolfeSearch.Result far = parabola.search(search, 5);
            assertThat(far.evaluations()).isEqualTo(2);
            assertThat(far.rate()).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void atAKinkItSettlesForADecrease() {
        Shape kink = new Shape("", x -> Math.abs(x - 1), x -> x < 1 ? -1 : 1);
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            WolfeSearch.Result found = kink.search(search, 0.3);
            assertThat(found.accepted()).isTrue();
            assertThat(found.reason()).contains("sufficient decrease only");
            assertThat(found.value()).isLessThan(1 - 1e-4 * found.rate());
            assertThat(found.value()).isEqualTo(Math.abs(found.rate() - 1));
        }
    }

    @Test
    void withoutAnEndItGoesFarAndSaysSo() {
        Shape slope = new Shape("", x -> -x, x -> -1);
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            WolfeSearch.Result found = slope.search(search, 1);
            assertThat(found.accepted()).isTrue();
            assertThat(found.rate()).isGreaterThan(1e6).isLessThan(1e30);
            assertThat(found.reason()).contains("still descending");
        }
    }

    @Test
    void whereNoRateGivesADecreaseItRejects() {
        Shape liar = new Shape("", x -> x, x -> -1);
        Shape nowhere = new Shape("", x -> x > 0 ? Double.NaN : 0, x -> -1);
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            for (Shape shape : new Shape[] {liar, nowhere}) {
                WolfeSearch.Result found = shape.search(search, 1);
                assertThat(found.accepted()).isFalse();
                assertThat(found.rate()).isEqualTo(0);
                assertThat(found.value()).isEqualTo(0);
                assertThat(found.reason()).contains("rejected: no decrease at " + found.evaluations() + " rates");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, Double.NaN})
    void aDirectionThatDoesNotDescendIsNotTried(double slope) {
        PlainObjective objective = new Shape("", x -> x, x -> 1).objective();
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            WolfeSearch.Result found =
                    search.search(objective, Scope.all(), Points.vector(0), 0, slope, Points.vector(1), 1);
            assertThat(found.accepted()).isFalse();
            assertThat(found.evaluations()).isEqualTo(0);
            assertThat(found.reason()).contains("not a descent direction").contains("" + slope);
        }
    }

    @Test
    void whereChangesDrownInRoundingSlopesDecide() {
        // The change of 1e-12 is invisible beside 1e8, whose neighbours are 1.5e-8 away; the minimum is at the rate
        // 1e-6.
        Shape shape =
                new Shape("", x -> (x == 0 ? 1e8 : Math.nextUp(1e8)) + (x - 1e-6) * (x - 1e-6), x -> 2 * (x - 1e-6));
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            WolfeSearch.Result found = shape.search(search, 5e-7);
            assertThat(found.accepted()).isTrue();
            assertThat(found.reason()).contains("approximate Wolfe conditions");
            assertThat(found.rate()).isEqualTo(5e-7);
            WolfeSearch.Result far = shape.search(search, 1);
            assertThat(far.accepted()).as(far.reason()).isTrue();
            assertThat(Math.abs(shape.slope.applyAsDouble(far.rate()))).isLessThanOrEqualTo(0.9 * 2e-6);
        }
    }

    @Test
    void theGradientAtTheEndIsKeptForTheSamePointOfTheSameFunction() {
        PlainObjective objective =
                new PlainObjective(2, x -> x[0] * x[0] + 3 * x[1] * x[1], x -> new double[] {2 * x[0], 6 * x[1]});
        INDArray theta = Points.vector(2, 1);
        INDArray direction = Points.vector(-4, -6);
        INDArray out = Points.zeros(theta);
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            assertThat(search.recall(objective, theta, out)).isEmpty();
            WolfeSearch.Result found = search.search(objective, Scope.all(), theta, 7, -52, direction, 1);
            assertThat(Arena.toDoubles(theta)).containsExactly(2, 1);
            assertThat(Arena.toDoubles(direction)).containsExactly(-4, -6);
            assertThat(search.recall(objective, theta, out)).isEmpty();

            double[] end = {2 - 4 * found.rate(), 1 - 6 * found.rate()};
            INDArray there = Points.vector(end);
            assertThat(search.recall(objective, there, out)).hasValue(found.value());
            assertThat(Arena.toDoubles(out)).containsExactly(2 * end[0], 6 * end[1]);
            assertThat(search.recall(objective, there, out)).hasValue(found.value());

            objective.version = 1;
            assertThat(search.recall(objective, there, out)).isEmpty();
            objective.version = 0;
            assertThat(search.recall(objective, Points.vector(end[0], Math.nextUp(end[1])), out))
                    .isEmpty();
            search.search(objective, Scope.all(), there, found.value(), 1, direction, 1);
            assertThat(search.recall(objective, there, out))
                    .as("after a rejection")
                    .isEmpty();
        }
    }

    @Test
    void whatIsKeptIsWhatWasAcceptedNotWhatWasTriedLast() {
        // At a kink the search settles for an earlier rate than its last one.
        PlainObjective kink = new PlainObjective(1, x -> Math.abs(x[0] - 1), x -> new double[] {x[0] < 1 ? -1 : 1});
        INDArray out = Points.vector(0);
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            WolfeSearch.Result found = search.search(kink, Scope.all(), Points.vector(0), 1, -1, Points.vector(1), 0.3);
            assertThat(search.recall(kink, Points.vector(found.rate()), out)).hasValue(found.value());
            assertThat(out.getDouble(0)).isEqualTo(found.rate() < 1 ? -1 : 1);
        }
    }

    /** 1 - x + e^(x - c) c / 100 or a power beside it: the first rate is too long by any order of magnitude. */
    @ParameterizedTest
    @ValueSource(doubles = {1e10, 1e43, 1e100, 1e250})
    void aFirstRateOfAnyLengthIsShortened(double firstRate) {
        Shape exponential = new Shape("", x -> 100 - x + Math.exp(x - 100), x -> -1 + Math.exp(x - 100));
        Shape power = new Shape("", x -> -x + Math.pow(x, 4), x -> -1 + 4 * Math.pow(x, 3));
        Shape domain = new Shape("", x -> -x - 1e-3 * Math.log(2 - x), x -> -1 + 1e-3 / (2 - x));
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            for (Shape shape : new Shape[] {exponential, power, domain}) {
                WolfeSearch.Result found = shape.search(search, firstRate);
                assertThat(found.accepted()).as(found.reason()).isTrue();
                assertThat(Math.abs(shape.slope.applyAsDouble(found.rate()))).isLessThanOrEqualTo(0.9);
            }
        }
    }

    @Test
    void aStepThatDoesNotMoveThetaIsRejectedWithoutAValue() {
        PlainObjective objective = PlainObjective.of(x -> 5);
        INDArray theta = Points.vector(1);
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            WolfeSearch.Result found = search.search(objective, Scope.all(), theta, 5, -1e-40, Points.vector(1e-20), 1);
            assertThat(found.accepted()).isFalse();
            assertThat(found.reason()).contains("too short to change any element");
            assertThat(objective.evaluatedAt).isEmpty();
        }
    }

    @Test
    void noRateIsAboveTheLargest() {
        Shape slope = new Shape("", x -> -x, x -> -1);
        Point at = new Point(0, slope.objective(), Points.vector(0), Scope.all(), Scope.all(), 0, Points.vector(-1), 1);
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            WolfeSearch.Result found = search.search(at, -1, Points.vector(1), 1, 7);
            assertThat(found.rate()).isEqualTo(7);
            assertThat(found.reason()).contains("sufficient decrease at the largest rate");
        }
    }

    @Test
    void slopesMayBeTinyOrHuge() {
        for (double unit : new double[] {1e-200, 1e200}) {
            Shape parabola = new Shape("", x -> unit * (x - 1) * (x - 1), x -> 2 * unit * (x - 1));
            try (WolfeSearch search = new WolfeSearch(0.1)) {
                assertThat(parabola.search(search, 5).rate()).isCloseTo(1, within(1e-12));
            }
        }
    }

    /** Another object is another function, though size, version and point are the same. */
    @Test
    void theGradientIsNotKeptForAnotherFunction() {
        PlainObjective one = new PlainObjective(1, x -> x[0] * x[0], x -> new double[] {2 * x[0]});
        PlainObjective other = new PlainObjective(1, x -> 3 * x[0], x -> new double[] {3});
        try (WolfeSearch search = new WolfeSearch(0.9)) {
            WolfeSearch.Result found = search.search(one, Scope.all(), Points.vector(1), 1, -4, Points.vector(-2), 0.4);
            INDArray end = Points.vector(1 - 2 * found.rate());
            assertThat(search.recall(one, end, Points.zeros(end))).isPresent();
            assertThat(search.recall(other, end, Points.zeros(end))).isEmpty();
        }
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> new WolfeSearch(1)).isInstanceOf(IllegalArgumentException.class);
        Shape slope = new Shape("", x -> -x, x -> -1);
        try (WolfeSearch search = new WolfeSearch(0.5)) {
            assertThatThrownBy(() -> slope.search(search, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("first rate");
        }
    }
}
