package dev.ravine.cli.study;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Which methods leave a saddle, after how many steps, and by what, from starts at and near it. */
final class Saddle {
    private static final double RATE = 0.1;
    private static final int SIDE = 3;

    /** The distance of the runs that are drawn. */
    private static final double DRAWN = 1e-6;

    private static final List<Method> METHODS = List.of(
            new Method(
                    "gradient descent",
                    "the gradient, which grows by 1 + rate |curvature| a step",
                    () -> Sgd.builder().learningRate(RATE).build()),
            new Method(
                    "momentum",
                    "the gradient, which adds up",
                    () -> Sgd.builder().learningRate(RATE).momentum(0.9).build()),
            new Method(
                    "Adam",
                    "the sign of the gradient, however small it is",
                    () -> Adam.builder().learningRate(RATE).build()),
            new Method(
                    "L-BFGS",
                    "a line search along the gradient that goes far",
                    () -> Lbfgs.builder().build()),
            new Method(
                    "Hessian-free",
                    "damping above the negative curvature",
                    () -> HessianFree.builder().curvature(Curvature.HESSIAN).build()),
            new Method(
                    "Newton-CG",
                    "the last iterate before negative curvature, or a line search along the gradient",
                    () -> LineSearchNewton.builder().build()),
            new Method(
                    "trust-region Newton",
                    "the direction of negative curvature, up to the radius",
                    () -> TrustRegionNewton.builder().build()),
            new Method(
                    "Newton, shift",
                    "a shift above the negative curvature",
                    () -> newton(ExactNewton.Indefinite.SHIFT)),
            new Method(
                    "Newton, absolute",
                    "absolute eigenvalues, which double the distance",
                    () -> newton(ExactNewton.Indefinite.ABSOLUTE_EIGENVALUES)),
            new Method(
                    "Newton, trust region",
                    "an eigenvector of negative curvature, also where the gradient is zero",
                    () -> newton(ExactNewton.Indefinite.TRUST_REGION)));

    private record Method(String name, String means, Supplier<Optimizer> maker) {}

    private static Optimizer newton(ExactNewton.Indefinite treatment) {
        return ExactNewton.builder().indefinite(treatment).build();
    }

    /**
     * A function with a saddle, whose most negative curvature is known.
     *
     * @param start the saddle, or a point from where symmetry leads into it
     * @param out the value below which the saddle is left
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Problem(
            String name, String text, UnaryOperator<Tensor> function, double[] start, double curvature, double out) {}

    /** The end of a run; steps is null if it did not leave. */
    private record Escape(Integer steps, double gradients, int metNegative, Series trace) {}

    /** The runs of one method on one problem: from the exact start, and from each distance. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Escapes(Problem problem, Method method, double[] distances, Escape exact, List<Escape> near) {
        /** Gradient descent, for which theory has a number. */
        boolean isPlain() {
            return method.name.equals("gradient descent");
        }

        Escape drawn() {
            return near.get(Arrays.binarySearch(distances, DRAWN));
        }

        Series stepsByDistance() {
            Series series = new Series("distance", "steps");
            for (int i = 0; i < distances.length; i++) {
                Integer steps = near.get(i).steps;
                series.add(distances[i], steps == null ? Double.NaN : steps);
            }
            return series;
        }

        /**
         * The additional steps of a start that is ten times closer, between the closest and the farthest start that
         * left.
         */
        double slope() {
            double[] steps = stepsByDistance().get("steps");
            int[] left = IntStream.range(0, steps.length)
                    .filter(i -> !Double.isNaN(steps[i]))
                    .toArray();
            if (left.length < 2) {
                return Double.NaN;
            }
            int closest = left[0];
            int farthest = left[left.length - 1];
            return (steps[closest] - steps[farthest]) / Math.log10(distances[farthest] / distances[closest]);
        }

        double predictedSlope() {
            return Math.log(10) / Math.log(1 + RATE * problem.curvature);
        }

        String verdict() {
            return String.format(
                    Locale.ROOT,
                    "gradient descent takes %.1f more steps for each decade by which it starts"
                            + " closer (theory: %.1f) on the %s",
                    slope(),
                    predictedSlope(),
                    problem.name);
        }

        List<Object> row() {
            List<Object> row = new ArrayList<>(Arrays.asList(problem.name, method.name, exact.steps));
            near.forEach(e -> row.add(e.steps));
            row.addAll(Arrays.asList(
                    Cells.number(slope()),
                    isPlain() ? (Double) predictedSlope() : null,
                    drawn().gradients,
                    drawn().metNegative,
                    method.means));
            return row;
        }
    }

    private Saddle() {}

    static Answer run(Effort effort, Progress progress) {
        int limit = effort.choose(400, 1000);
        double[] distances = effort.choose(new double[] {1e-9, 1e-6, 1e-3}, new double[] {1e-12, 1e-9, 1e-6, 1e-3});
        List<Problem> problems = problems();
        double parts = problems.size() * METHODS.size();
        List<Escapes> all = new ArrayList<>();
        for (Problem problem : problems) {
            for (Method method : METHODS) {
                progress.at(all.size() / parts, method.name + " at the saddle of the " + problem.name);
                Escape exact = escape(problem, method, 0, limit, effort.seed());
                List<Escape> near = Arrays.stream(distances)
                        .mapToObj(d -> escape(problem, method, d, limit, effort.seed()))
                        .toList();
                all.add(new Escapes(problem, method, distances, exact, near));
            }
        }
        return answer(problems, all, limit, distances, effort);
    }

    private static Answer answer(
            List<Problem> problems, List<Escapes> all, int limit, double[] distances, Effort effort) {
        List<Report.Element> elements = new ArrayList<>();
        List<String> exactly = new ArrayList<>();
        for (Problem problem : problems) {
            List<Escapes> own = all.stream()
                    .filter(e -> e.problem.name.equals(problem.name))
                    .toList();
            List<String> leavers = own.stream()
                    .filter(e -> e.exact.steps != null)
                    .map(e -> e.method.name)
                    .toList();
            exactly.add("on the " + problem.name + " " + whoLeaves(leavers));
            elements.add(traces(problem, own));
            elements.add(steps(problem, own));
        }
        elements.add(table(distances, all));
        String verdicts =
                all.stream().filter(Escapes::isPlain).map(Escapes::verdict).collect(Collectors.joining("; "));
        String text = String.format(
                Locale.ROOT,
                "Who leaves a saddle, and by what? Each method starts at a saddle and at small distances from it in"
                        + " one random direction (seed %d): %s. First-order methods have the rate %s; all take at most"
                        + " %,d steps. Found: %s. Theory: gradient descent leaves almost surely from a random start"
                        + " (Lee et al., COLT 2016), and takes ln(1/distance) / ln(1 + rate |curvature|) steps.",
                effort.seed(),
                problems.stream().map(Problem::text).collect(Collectors.joining("; and ")),
                RATE,
                limit,
                verdicts + "; from the exact start, " + String.join("; ", exactly));
        Report.Section section = new Report.Section("Saddle", text, elements);
        return new Answer("From the exact start, " + String.join("; ", exactly) + ".", section);
    }

    private static String whoLeaves(List<String> leavers) {
        if (leavers.isEmpty()) {
            return "nobody gets away";
        }
        if (leavers.size() == METHODS.size()) {
            return "all get away";
        }
        if (2 * leavers.size() <= METHODS.size()) {
            return "only " + listed(leavers) + (leavers.size() == 1 ? " gets away" : " get away");
        }
        List<String> stayers = METHODS.stream()
                .map(Method::name)
                .filter(m -> !leavers.contains(m))
                .toList();
        return "all get away but " + listed(stayers);
    }

    /** Joins names; puts the part after a comma in brackets. */
    private static String listed(List<String> methods) {
        List<String> names =
                methods.stream().map(m -> m.replaceFirst(", (.*)", " ($1)")).toList();
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }

    private static Chart traces(Problem problem, List<Escapes> own) {
        return new Chart(
                "saddle-" + problem.name.replace(' ', '-'),
                "The function on the way from a distance of 1e-6: " + problem.text + ".",
                List.of(new Chart.Axis("step", "point, the start being the first", true)),
                List.of(new Chart.Axis("value", "value", false)),
                own.stream()
                        .map(e -> e.drawn().trace.named(e.method.name, Chart.Style.LINE))
                        .toList());
    }

    private static Chart steps(Problem problem, List<Escapes> own) {
        return new Chart(
                "saddle-steps-" + problem.name.replace(' ', '-'),
                "Steps until the saddle is left, by the distance at which a run begins; a"
                        + " missing point means that it did not leave.",
                List.of(new Chart.Axis("distance", "distance from the saddle", true)),
                List.of(new Chart.Axis("steps", "steps", true)),
                own.stream()
                        .map(e -> e.stepsByDistance().named(e.method.name, Chart.Style.MARKED))
                        .toList());
    }

    private static Table table(double[] distances, List<Escapes> all) {
        List<String> columns = new ArrayList<>(List.of("saddle", "method", "steps from the exact saddle"));
        for (double distance : distances) {
            columns.add("from " + Figure.brief(distance));
        }
        columns.addAll(List.of(
                "more steps a decade",
                "in theory",
                "gradients from 1e-6",
                "of these steps met negative curvature",
                "leaves by"));
        return new Table(
                "saddle-escapes",
                "Steps until the saddle is left, that is, until most of the possible decrease is"
                        + " made; empty if it is not left.",
                columns,
                all.stream().map(Escapes::row).toList());
    }

    // ---- saddles ----------------------------------------------------------------------------------------------

    private static List<Problem> problems() {
        double[] equal = new double[2 * SIDE * SIDE];
        Arrays.fill(equal, 0.5);
        return List.of(
                new Problem(
                        "double well",
                        "x^2/2 - y^2/2 + y^4/4 at (0, 0), left below -0.225 of -0.25",
                        Saddle::doubleWell,
                        new double[2],
                        1,
                        -0.225),
                new Problem(
                        "linear net",
                        "||A B - diag(3, 2, 0)||^2 / 2 of two 3 x 3 matrices from equal weights of 1/2, whose symmetry"
                                + " leads to the saddle of rank one with value 2 unless rounding breaks it, left below"
                                + " 0.2 of 0",
                        Saddle::linearNet,
                        equal,
                        2,
                        0.2));
    }

    private static Tensor doubleWell(Tensor v) {
        Tensor x = v.slice(0, 0, 1);
        Tensor y = v.slice(0, 1, 2);
        return x.square()
                .mul(0.5)
                .sub(y.square().mul(0.5))
                .add(y.square().square().mul(0.25))
                .sum();
    }

    private static Tensor linearNet(Tensor w) {
        int n = SIDE * SIDE;
        Tensor a = w.slice(0, 0, n).reshape(SIDE, SIDE);
        Tensor b = w.slice(0, n, n + n).reshape(SIDE, SIDE);
        Tensor target = Tensor.constant(DType.FLOAT64, Shape.of(SIDE, SIDE), 3, 0, 0, 0, 2, 0, 0, 0, 0);
        return a.matmul(b).sub(target).square().sum().mul(0.5);
    }

    private static Escape escape(Problem problem, Method method, double distance, int limit, long seed) {
        Rng rng = new Rng(seed);
        double[] direction = new double[problem.start.length];
        Arrays.setAll(direction, i -> rng.nextGaussian());
        INDArray x = Arena.of(DType.FLOAT64, Shape.of(direction.length), problem.start);
        INDArray away = Arena.of(DType.FLOAT64, Shape.of(direction.length), direction);
        Vectors.axpy(distance / Vectors.norm(away), away, x);
        Series trace = new Series("step", "value");
        int metNegative = 0;
        try (Optimizer optimizer = method.maker.get();
                FunctionObjective objective = new FunctionObjective(DType.FLOAT64, x.length(), problem.function)) {
            trace.add(1, objective.value(x, Scope.all()));
            double gradients = 0;
            for (int step = 1; step <= limit; step++) {
                StepReport report = optimizer.step(objective, x);
                gradients += report.cost();
                if (report.model().isPresent() && isNegative(report)) {
                    metNegative++;
                }
                double value = objective.value(x, Scope.all());
                trace.add(step + 1, value);
                if (value < problem.out) {
                    return new Escape(step, gradients, metNegative, trace);
                }
            }
            return new Escape(null, gradients, metNegative, trace);
        }
    }

    /** A shift hides the negative curvature that made it necessary. */
    private static boolean isNegative(StepReport report) {
        var model = report.model().orElseThrow();
        return model.smallestCurvature() < 0
                || model.stopped() == Stop.SHIFTED
                || model.stopped() == Stop.NONPOSITIVE_CURVATURE;
    }
}
