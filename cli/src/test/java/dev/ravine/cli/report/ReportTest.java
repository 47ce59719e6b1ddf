package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What does not fit together is refused where it is made. */
class ReportTest {
    private static final List<Chart.Axis> X = List.of(new Chart.Axis("x", "x", false));
    private static final List<Chart.Axis> Y = List.of(new Chart.Axis("y", "y", false));

    @Test
    void linesHaveValuesOfOneLengthForAllAxes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> line("a", Map.of("x", new double[3], "y", new double[2])))
                .withMessageContaining("line 'a'")
                .withMessageContaining("same length");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Chart.Line(
                        "a",
                        Chart.Style.LINE,
                        Map.of("x", new double[3]),
                        Map.of("x", new Chart.Band(new double[3], new double[4]))))
                .withMessageContaining("4 values of 'x'");
        Chart.Line onlyX = line("a", Map.of("x", new double[3]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Chart("c", "", X, Y, List.of(onlyX)))
                .withMessageContaining("chart 'c' has an axis 'y', but line 'a' has values of [x] only");
    }

    @Test
    void chartsHaveAxesAndLinesOfDifferentNames() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Chart("c", "", X, List.of(), List.of()))
                .withMessageContaining("at least one axis");
        Chart.Line line = line("a", Map.of("x", new double[3], "y", new double[3]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Chart("c", "", X, Y, List.of(line, line)))
                .withMessageContaining("two lines named 'a'");
    }

    @Test
    void rowsAreAsWideAsTheirTable() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Table("t", "", List.of("a", "b"), List.of(List.of(1))))
                .withMessageContaining("the row [1] has 1 cells");
    }

    @Test
    void imagesHaveAllTheirPixels() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pictures.Image(2, 2, new double[3]))
                .withMessageContaining("2 x 2 pixels was given 3 numbers");
    }

    @Test
    void namesOfElementsCanNameFiles() {
        for (String bad : List.of("", "a b", "../a", "A", "a.b", "-a", "a--b", "ä")) {
            assertThatIllegalArgumentException().as(bad).isThrownBy(() -> report(bad));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> report("a", "a"))
                .withMessageContaining("two elements of the report are named 'a'");
        report("a", "a-2", "2");
    }

    @Test
    void theOriginTellsVersionsAndMachineAndNobodysName() {
        Origin origin = Origin.of("ravine compare", Map.of("Data", "MNIST"));
        assertThat(origin.command()).isEqualTo("ravine compare");
        assertThat(origin.facts()).containsEntry("Data", "MNIST");
        assertThat(origin.facts().get("Ravine")).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(origin.facts().get("ND4J")).startsWith("1.0.0-M2.1");
        assertThat(origin.facts().get("OpenBLAS")).startsWith("0.3.");
        assertThat(origin.facts().get("Java")).contains(Runtime.version().toString());
        assertThat(origin.facts()).containsKeys("System", "Processor", "Heap");
        assertThat(origin.facts().toString()).doesNotContain(System.getProperty("user.dir"));
    }

    private static Chart.Line line(String name, Map<String, double[]> values) {
        return new Chart.Line(name, Chart.Style.LINE, values, Map.of());
    }

    private static Report report(String... names) {
        List<Report.Element> tables = Arrays.stream(names)
                .<Report.Element>map(name -> new Table(name, "", List.of(), List.of()))
                .toList();
        return new Report("", "", List.of(new Report.Section("", "", tables)), new Origin("", Instant.EPOCH, Map.of()));
    }
}
