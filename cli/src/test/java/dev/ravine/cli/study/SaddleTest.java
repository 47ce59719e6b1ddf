package dev.ravine.cli.study;

import static dev.ravine.cli.study.StudyTables.QUICK;
import static dev.ravine.cli.study.StudyTables.number;
import static dev.ravine.cli.study.StudyTables.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.util.List;
import org.junit.jupiter.api.Test;

class SaddleTest {
    private static final String EXACT = "steps from the exact saddle";

    @Test
    void onlyAnEigenvectorLeavesAnExactSaddle() {
        Answer answer = Saddle.run(QUICK, (share, part) -> {});
        assertThat(answer.verdict())
                // Rounding breaks the symmetry of the linear net, and differs between processors.
                .startsWith(
                        "From the exact start, on the double well only Newton (trust region) gets away; on the linear"
                                + " net ");
        Report.Section section = answer.section();
        Table escapes = table(section, "saddle-escapes");
        for (List<Object> row : escapes.rows()) {
            assertThat(row).hasSameSizeAs(escapes.columns());
            if (row.get(0).equals("double well") && !row.get(1).equals("Newton, trust region")) {
                assertThat(row.get(2)).as(row.get(1).toString()).isNull();
            }
        }
        List<String> leavers = escapes.rows().stream()
                .filter(row -> row.get(0).equals("linear net") && row.get(2) != null)
                .map(row -> row.get(1).toString())
                .toList();
        assertThat(leavers).contains("Newton, trust region");
        assertThat(named(answer.verdict(), escapes)).containsExactlyInAnyOrderElementsOf(leavers);
        // The first radius is halved until the model is right, since it is a guess; then it doubles.
        assertThat(number(escapes, EXACT, "double well", "Newton, trust region"))
                .isEqualTo(3);
        assertThat(number(escapes, EXACT, "linear net", "Newton, trust region")).isLessThan(10);
    }

    /** The methods that leave the linear net's saddle, as the verdict tells it. */
    private static List<String> named(String verdict, Table escapes) {
        String text = verdict.substring(verdict.indexOf("on the linear net ") + "on the linear net ".length());
        List<String> all = escapes.rows().stream()
                .filter(row -> row.get(0).equals("linear net"))
                .map(row -> row.get(1).toString())
                .toList();
        List<String> listed = all.stream()
                .filter(method -> text.contains(method.replaceFirst(", (.*)", " ($1)")))
                .toList();
        if (text.startsWith("all get away")) {
            return all.stream().filter(method -> !listed.contains(method)).toList();
        }
        assertThat(text).startsWith("only ");
        return listed;
    }

    @Test
    void gradientDescentTakesAsManyStepsMoreADecadeAsItsCurvatureSays() {
        Table escapes = table(Saddle.run(QUICK, (share, part) -> {}).section(), "saddle-escapes");
        for (String saddle : List.of("double well", "linear net")) {
            assertThat(number(escapes, "more steps a decade", saddle, "gradient descent"))
                    .isCloseTo(number(escapes, "in theory", saddle, "gradient descent"), within(0.5));
        }
        assertThat(number(escapes, "more steps a decade", "double well", "Newton, trust region"))
                .isZero();
        assertThat(number(escapes, "from 1e-6", "double well", "Newton, trust region"))
                .isEqualTo(3);
        assertThat(number(escapes, "of these steps met negative curvature", "double well", "trust-region Newton"))
                .isPositive();
    }
}
