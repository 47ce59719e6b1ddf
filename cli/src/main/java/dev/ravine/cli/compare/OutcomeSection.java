package dev.ravine.cli.compare;

import dev.ravine.cli.compare.Comparison.Contender;
import dev.ravine.cli.problem.Gallery;
import dev.ravine.cli.problem.Task;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Pictures;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.core.Arena;
import dev.ravine.core.data.DataSet;
import dev.ravine.optim.training.ConfusionMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the nets say of test data, as a section of a comparison's page: which classes are taken for which, with the
 * clearest mistakes as images, or predicted numbers beside true ones.
 */
final class OutcomeSection {
    private static final int MOST_CLASSES = 30;
    private static final int MOST_PICTURES = 16;
    private static final int MOST_POINTS = 2_000;

    private final Task task;
    private final List<Contender> begun;

    OutcomeSection(Task task, List<Contender> begun) {
        this.task = task;
        this.begun = begun.stream()
                .filter(c -> c.runs().get(0).course().outcome().isPresent())
                .toList();
    }

    /** Empty if there is nothing of this kind. */
    Optional<Report.Section> section() {
        List<Report.Element> elements = new ArrayList<>();
        List<Chart.Line> numbers = new ArrayList<>();
        List<Pictures.Row> mistakes = new ArrayList<>();
        for (int i = 0; i < begun.size(); i++) {
            Contender contender = begun.get(i);
            Outcome outcome = contender.runs().get(0).course().outcome().orElseThrow();
            if (outcome instanceof Outcome.Numbers n) {
                numbers.add(line(contender.name(), n));
            } else if (outcome instanceof Outcome.Classes c && task.set().test().classes() <= MOST_CLASSES) {
                elements.add(confusion(contender.name(), i + 1, c));
                mistakes(contender.name(), c).ifPresent(mistakes::add);
            }
        }
        if (!mistakes.isEmpty()) {
            elements.add(new Pictures(
                    "mistakes",
                    "Test images that were taken for another class most clearly: true, then said.",
                    mistakes));
        }
        if (!numbers.isEmpty()) {
            elements.add(new Chart(
                    "predictions",
                    "Predicted numbers beside true ones, and what is left between them, in units of the data.",
                    List.of(new Chart.Axis("true", "true", false), new Chart.Axis("predicted", "predicted", false)),
                    List.of(
                            new Chart.Axis("predicted", "predicted", false),
                            new Chart.Axis("residual", "residual: true minus predicted", false)),
                    numbers));
        }
        return elements.isEmpty()
                ? Optional.empty()
                : Optional.of(new Report.Section("Mistakes on test data", text(), elements));
    }

    private String text() {
        return begun.get(0).runs().size() > 1 ? "Of the nets from the first start." : "";
    }

    private Table confusion(String name, int number, Outcome.Classes outcome) {
        ConfusionMatrix matrix = outcome.matrix();
        int classes = matrix.classes();
        boolean hasNone = IntStream.range(0, classes).anyMatch(c -> matrix.countWithoutClass(c) > 0);
        List<String> columns = new ArrayList<>(List.of("true \\ said"));
        IntStream.range(0, classes).forEach(c -> columns.add(String.valueOf(c)));
        columns.addAll(hasNone ? List.of("nothing", "right %") : List.of("right %"));
        List<List<Object>> rows = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            List<Object> row = new ArrayList<>(List.of("class " + c));
            for (int said = 0; said < classes; said++) {
                row.add(orNone(matrix.count(c, said)));
            }
            if (hasNone) {
                row.add(orNone(matrix.countWithoutClass(c)));
            }
            double recall = matrix.recall(c);
            row.add(Double.isFinite(recall) ? (Object) (100 * recall) : null);
            rows.add(row);
        }
        return new Table(
                        "confusion-" + number,
                        name + ": how many test examples of each class were taken for each.",
                        columns,
                        rows)
                .folded();
    }

    private static Object orNone(long count) {
        return count == 0 ? null : (Object) count;
    }

    /** The images whose predicted class had the score furthest above that of the true one. */
    private Optional<Pictures.Row> mistakes(String name, Outcome.Classes outcome) {
        DataSet data = task.set().test();
        Optional<Integer> side = Gallery.side(data.featureShape().count());
        if (task.gallery().isEmpty() || side.isEmpty()) {
            return Optional.empty();
        }
        List<Integer> wrong = IntStream.range(0, outcome.labels().size())
                .filter(i -> !outcome.labels().get(i).equals(outcome.predicted().get(i)))
                .filter(i -> outcome.scores().get(i) > 0)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -outcome.scores().get(i)))
                .limit(MOST_PICTURES)
                .toList();
        if (wrong.isEmpty()) {
            return Optional.empty();
        }
        double[] pixels = Arena.toDoubles(
                data.take(wrong.stream().mapToInt(Integer::intValue).toArray()).features());
        int size = side.get() * side.get();
        List<Pictures.Image> images = new ArrayList<>();
        StringBuilder caption = new StringBuilder(name).append(':');
        for (int i = 0; i < wrong.size(); i++) {
            double[] one = Arrays.copyOfRange(pixels, i * size, (i + 1) * size);
            images.add(new Pictures.Image(side.get(), side.get(), one));
            caption.append(i == 0 ? " " : ", ")
                    .append(outcome.labels().get(wrong.get(i)))
                    .append('→')
                    .append(outcome.predicted().get(wrong.get(i)));
        }
        return Optional.of(new Pictures.Row(caption.toString(), images));
    }

    private static Chart.Line line(String name, Outcome.Numbers outcome) {
        int count = Math.min(MOST_POINTS, outcome.targets().size());
        double[] truth = new double[count];
        double[] predicted = new double[count];
        double[] residual = new double[count];
        for (int i = 0; i < count; i++) {
            truth[i] = outcome.targets().get(i);
            predicted[i] = outcome.predicted().get(i);
            residual[i] = truth[i] - predicted[i];
        }
        return new Chart.Line(
                name,
                Chart.Style.POINTS,
                Map.of("true", truth, "predicted", predicted, "residual", residual),
                Map.of());
    }
}
