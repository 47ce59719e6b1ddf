package dev.ravine.optim.secondorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.problems.PlainObjective;
import dev.ravine.optim.problems.Points;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class AcceptanceTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double NAN = Double.NaN;
    private static final Acceptance LINE_SEARCH = Acceptance.lineSearch(0.8, 0.01, 60);

    /** Candidate i is a step to the point i + 1, where the objective has the i-th value; at 0 it is 100. */
    private static PlainObjective tabulated(double... values) {
        return PlainObjective.of(x -> x == 0 ? 100 : values[(int) Math.round(x) - 1]);
    }

    private static Acceptance.Outcome backtrack(PlainObjective objective, int candidates) {
        StepProposal proposal = new StepProposal(IntStream.rangeClosed(1, candidates)
                .mapToObj(i -> Points.vector(i))
                .toList());
        return Acceptance.backtracking().choose(proposal, around(objective, 100, 0));
    }

    private static StepValues around(PlainObjective objective, double start, double slope) {
        return new StepValues(objective, Scope.all(), Points.vector(0), start, Points.vector(slope), Points.vector(0));
    }

    private static int chosen(double... values) {
        return backtrack(tabulated(values), values.length).candidate();
    }

    @Test
    void backtrackingChoosesTheCandidateBeforeTheFirstWorseOne() {
        assertThat(chosen(9, 5, 3, 4)).isEqualTo(2);
        assertThat(chosen(9, 5, 3, 2)).isEqualTo(3);
        assertThat(chosen(1, 2, 3, 4)).isEqualTo(0);
        assertThat(chosen(7)).isEqualTo(0);
    }

    @Test
    void backtrackingStopsAtTheFirstWorseOneEvenIfABetterOneLiesBeyond() {
        PlainObjective objective = tabulated(-50, 9, 3, 4);
        assertThat(backtrack(objective, 4).candidate()).isEqualTo(2);
        assertThat(objective.evaluatedAt).hasSize(3); // and does not look beyond
    }

    @Test
    void tiesMoveToTheEarlierCandidate() {
        assertThat(chosen(3, 3, 3)).isEqualTo(0);
        assertThat(chosen(8, 3, 3)).isEqualTo(1);
        assertThat(chosen(INF, INF, INF)).isEqualTo(0);
    }

    @Test
    void notANumberIsWorseThanAnyNumber() {
        assertThat(chosen(5, 3, NAN)).isEqualTo(1);
        assertThat(chosen(2, NAN, 3)).isEqualTo(2);
        assertThat(chosen(INF, NAN, NAN)).isEqualTo(0);
        assertThat(chosen(NAN, INF)).isEqualTo(1);
        assertThat(chosen(NAN, NAN)).isEqualTo(0);
    }

    @Test
    void backtrackingReportsItsChoice() {
        Acceptance.Outcome outcome = backtrack(tabulated(9, 3, 4), 3);
        assertThat(outcome.step().getDouble(0)).isEqualTo(2);
        assertThat(outcome.rate()).isEqualTo(1);
        assertThat(outcome.value()).isEqualTo(3);
        assertThat(outcome.accepted()).isTrue();
        assertThat(outcome.reason()).contains("candidate 1");
    }

    @Test
    void aFullStepIsEvaluatedOnce() {
        PlainObjective objective = tabulated(9, 3, 4);
        StepValues values = around(objective, 100, -1);
        INDArray step = Points.vector(2);
        assertThat(values.at(step, 1)).isEqualTo(values.at(step, 1)).isEqualTo(3);
        assertThat(objective.evaluatedAt).hasSize(1);
        Acceptance.lineSearch(0.8, 0.01, 60).choose(StepProposal.of(step), values);
        assertThat(objective.evaluatedAt).hasSize(1);
    }

    // ---- line search ------------------------------------------------------------------------------------------

    @Test
    void theFullStepIsTakenIfItDecreasesEnough() {
        PlainObjective objective = PlainObjective.of(x -> 10 - x);
        Acceptance.Outcome outcome = LINE_SEARCH.choose(StepProposal.of(Points.vector(1)), around(objective, 10, -1));
        assertThat(outcome.accepted()).isTrue();
        assertThat(outcome.rate()).isEqualTo(1);
        assertThat(outcome.value()).isEqualTo(9);
        assertThat(outcome.reason()).contains("accepted");
    }

    @Test
    void armijoRejectsADecreaseThatIsTooSmall() {
        // Of the promised decrease x, 0.9 percent comes true at first, all of it below x = 0.6.
        PlainObjective objective = PlainObjective.of(x -> x > 0.6 ? 10 - 0.009 * x : 10 - x);
        Acceptance.Outcome outcome = LINE_SEARCH.choose(StepProposal.of(Points.vector(1)), around(objective, 10, -1));
        assertThat(outcome.rate()).isEqualTo(0.8 * 0.8 * 0.8);
        assertThat(objective.evaluatedAt.stream().map(x -> x[0])).containsExactly(1.0, 0.8, 0.8 * 0.8, 0.8 * 0.8 * 0.8);
        assertThat(outcome.value()).isEqualTo(10 - 0.8 * 0.8 * 0.8);
    }

    @Test
    void armijosBoundItselfIsAccepted() {
        PlainObjective objective = PlainObjective.of(x -> 10 + 0.01 * x * -1);
        assertThat(LINE_SEARCH
                        .choose(StepProposal.of(Points.vector(1)), around(objective, 10, -1))
                        .rate())
                .isEqualTo(1);
    }

    @Test
    void valuesThatAreNotFiniteAreNotAccepted() {
        PlainObjective objective =
                PlainObjective.of(x -> x > 0.9 ? NAN : x > 0.75 ? INF : x > 0.6 ? Double.NEGATIVE_INFINITY : 10 - x);
        assertThat(LINE_SEARCH
                        .choose(StepProposal.of(Points.vector(1)), around(objective, 10, -1))
                        .rate())
                .isEqualTo(0.8 * 0.8 * 0.8);
    }

    @Test
    void aStepThatDoesNotDescendIsRejectedUnseen() {
        PlainObjective objective = PlainObjective.of(x -> -x);
        for (double slope : new double[] {0, 1, NAN}) {
            Acceptance.Outcome outcome =
                    LINE_SEARCH.choose(StepProposal.of(Points.vector(1)), around(objective, 10, slope));
            assertThat(outcome.accepted()).isFalse();
            assertThat(outcome.rate()).isZero();
            assertThat(outcome.value()).isEqualTo(10);
            assertThat(outcome.reason()).contains("not a descent direction").contains(Double.toString(slope));
        }
        assertThat(objective.evaluatedAt).isEmpty();
    }

    /** Rates far below the sixty first ones are tried too, until one no longer moves. */
    @Test
    void aStepAlongWhichTheObjectiveRisesIsRejected() {
        PlainObjective objective = PlainObjective.of(x -> 10 + x);
        Acceptance.Outcome outcome = LINE_SEARCH.choose(StepProposal.of(Points.vector(1)), around(objective, 10, -1));
        assertThat(outcome.accepted()).isFalse();
        assertThat(outcome.rate()).isZero();
        assertThat(outcome.value()).isEqualTo(10);
        assertThat(outcome.reason()).contains("60 rates");
        assertThat(objective.evaluatedAt).hasSizeBetween(61, 80);
        assertThat(objective.evaluatedAt.get(59)[0]).isCloseTo(Math.pow(0.8, 59), within(1e-15));
    }

    @Test
    void aStepThatIsTooLongByFiftyOrdersOfMagnitudeIsShortened() {
        PlainObjective objective = PlainObjective.of(x -> (x - 1) * (x - 1));
        Acceptance.Outcome outcome = LINE_SEARCH.choose(StepProposal.of(Points.vector(1e50)), around(objective, 1, -2));
        assertThat(outcome.accepted()).isTrue();
        assertThat(outcome.value()).isLessThan(1);
        assertThat(objective.evaluatedAt).hasSizeBetween(61, 90);
    }

    @Test
    void theLineSearchGoesAlongTheLastCandidate() {
        PlainObjective objective = PlainObjective.of(x -> 10 - x);
        StepProposal proposal = new StepProposal(List.of(Points.vector(1), Points.vector(2)));
        Acceptance.Outcome outcome = LINE_SEARCH.choose(proposal, around(objective, 10, -1));
        assertThat(outcome.candidate()).isEqualTo(1);
        assertThat(outcome.step()).isSameAs(proposal.last());
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> Acceptance.lineSearch(1, 0.01, 60)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Acceptance.lineSearch(-0.1, 0.01, 60)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Acceptance.lineSearch(0.8, 0.01, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new StepProposal(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one candidate");
    }

    @Test
    void whereThetaStaysArmijosConditionProvesNothing() {
        // From 1 a step of 1e-20 changes neither the point nor the value, and the promise is below rounding.
        PlainObjective objective =
                new PlainObjective(1, x -> Math.abs(x[0] - 1) + 5, x -> new double[] {Math.signum(x[0] - 1)});
        StepValues values =
                new StepValues(objective, Scope.all(), Points.vector(1), 5, Points.vector(-1), Points.vector(0));
        for (Acceptance rule : new Acceptance[] {LINE_SEARCH, Acceptance.armijo(0.5, 1e-4, 60)}) {
            for (double step : new double[] {1e-20, 1e-3}) {
                Acceptance.Outcome outcome = rule.choose(StepProposal.of(Points.vector(step)), values);
                assertThat(outcome.accepted()).as(outcome.reason()).isFalse();
                assertThat(outcome.rate()).isEqualTo(0);
            }
        }
    }

    @Test
    void aStepThatIsTooLongByAnyOrderOfMagnitudeIsShortened() {
        PlainObjective objective = PlainObjective.of(x -> x < 50 ? 10 - x / 10 : INF);
        for (double length : new double[] {60, 1e3, 1e43, 1e300}) {
            Acceptance.Outcome outcome =
                    LINE_SEARCH.choose(StepProposal.of(Points.vector(length)), around(objective, 10, -0.1));
            assertThat(outcome.accepted()).isTrue();
            assertThat(outcome.rate() * length).isBetween(40 - 1e-9, 50.0);
        }
    }
}
