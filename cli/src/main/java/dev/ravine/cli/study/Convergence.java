package dev.ravine.cli.study;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The order of convergence: how the error shrinks from step to step near a minimum. */
final class Convergence {
    /** Below this, errors are rounding errors. */
    private static final double FLOOR = 1e-12;

    private static final double FARTHEST = 0.1;
    private static final double NEAREST = 1e-5;
    private static final int STALLED = 20;

    private static final int MOST_EXAMPLES = 300;
    private static final int MOST_POINTS = 300;

    private static final String BFGS = "L-BFGS, all pairs";

    private static final List<Method> METHODS = List.of(
            new Method(
                    "gradient descent",
                    "1",
                    "linear, e'/e = 1 - rate m (Nesterov 2004, section 2.1.5)",
                    true,
                    false,
                    rate -> Sgd.builder()
                            .learningRate(rate)
                            .batchSize(MOST_EXAMPLES)
                            .build()),
            new Method(
                    "L-BFGS",
                    "1",
                    "linear with 10 pairs (Liu and Nocedal 1989)",
                    false,
                    false,
                    rate -> Lbfgs.builder().build()),
            new Method(
                    BFGS,
                    "above 1",
                    "superlinear, as BFGS (Nocedal and Wright, theorem 6.6)",
                    false,
                    false,
                    rate -> Lbfgs.builder().memory(5000).build()),
            new Method(
                    "Hessian-free",
                    "1",
                    "linear: conjugate gradients end at the same relative progress in each step",
                    false,
                    true,
                    rate -> HessianFree.builder().build()),
            new Method(
                    "Newton-CG",
                    "1.5",
                    "forcing term sqrt ||g|| (Dembo, Eisenstat and Steihaug 1982)",
                    false,
                    false,
                    rate -> LineSearchNewton.builder().build()),
            new Method(
                    "trust-region Newton",
                    "1.5",
                    "the same forcing term within a trust region",
                    false,
                    false,
                    rate -> TrustRegionNewton.builder().build()),
            new Method(
                    "Newton",
                    "2",
                    "quadratic (Nocedal and Wright, theorem 3.5)",
                    false,
                    false,
                    rate -> ExactNewton.builder().build()));

    private record Method(
            String name,
            String order,
            String why,
            boolean isSlow,
            boolean needsOutputs,
            DoubleFunction<Optimizer> optimizer) {
        /** Ten pairs determine the whole matrix of a few variables. */
        String orderOf(long variables) {
            return name.equals("L-BFGS") && variables <= 10 ? "above 1" : order;
        }
    }

    /** A function with a minimum, and the start of the runs that are drawn. */
    private record Problem(String name, String text, Objective objective, INDArray start, boolean hasOutputs) {}

    private Convergence() {}

    static Answer run(Effort effort, Progress progress) throws IOException {
        DataSet digits = SmallDigits.load(effort.choose(100, MOST_EXAMPLES), effort.choose(7, 4), DType.FLOAT64);
        int inputs = (int) digits.featureShape().count();
        double l2 = 0.02;
        var net = new Linear(inputs, digits.classes(), Initializer.zeros());
        net.initialize(DType.FLOAT64, effort.seed());
        List<Study> studies = new ArrayList<>();
        try (SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), digits)
                .l2(l2)
                .build()) {
            String text = String.format(
                    Locale.ROOT,
                    "logistic regression of %,d digits of %d pixels with L2 %s (%d parameters), from zero",
                    digits.size(),
                    inputs,
                    l2,
                    objective.size());
            Problem problem = new Problem("logistic", text, objective, Arena.copyOf(objective.theta()), true);
            studies.add(study(problem, effort, (share, part) -> progress.at(share / 2, part)));
        }
        try (FunctionObjective objective = new FunctionObjective(DType.FLOAT64, 2, Convergence::rosenbrock)) {
            INDArray start = Arena.of(DType.FLOAT64, Shape.of(2), 0.8, 0.8);
            Problem problem =
                    new Problem("rosenbrock", "Rosenbrock's function, from (0.8, 0.8)", objective, start, false);
            studies.add(study(problem, effort, (share, part) -> progress.at((1 + share) / 2, part)));
        }
        return answer(effort, studies);
    }

    private static Answer answer(Effort effort, List<Study> studies) {
        List<Report.Element> elements = new ArrayList<>();
        studies.forEach(s -> elements.add(s.chart()));
        elements.add(table(studies));
        Report.Section section = new Report.Section("Convergence", text(effort, studies), elements);
        String verdict = "Near a minimum the order of convergence is "
                + studies.get(0).shortVerdict() + "; at order 2 each step doubles the number of right digits.";
        return new Answer(verdict, section);
    }

    private static String text(Effort effort, List<Study> studies) {
        return String.format(
                Locale.ROOT,
                "Of which order is convergence near a minimum? Each method minimises %s, and starts again at %d points"
                        + " along a random line, %s to %s from the minimum (seed %d, double precision). Gradient"
                        + " descent has the rate 1/L, where L is the largest eigenvalue of the Hessian at the minimum"
                        + " and at the start. Orders are fitted to accepted steps that begin within %s of the minimum"
                        + " and end above %s, where rounding begins: %s.",
                studies.stream().map(s -> s.problem.text).collect(Collectors.joining("; and ")),
                starts(effort) - 1,
                FARTHEST,
                Figure.brief(NEAREST),
                effort.seed(),
                FARTHEST,
                Figure.brief(FLOOR),
                studies.stream().map(Study::verdict).collect(Collectors.joining("; ")));
    }

    private static Table table(List<Study> studies) {
        return new Table(
                "convergence-orders",
                "The order p of e' = c e^p, fitted to the errors e and e' of consecutive steps, and the median of e'/e"
                        + " over the first and the last third of these steps: constant for a linear method, falling"
                        + " for a superlinear one.",
                List.of(
                        "problem",
                        "method",
                        "order",
                        "standard error",
                        "pairs",
                        "theory",
                        "steps to 1e-8",
                        "e'/e early",
                        "e'/e late",
                        "e'/e in theory",
                        "why"),
                studies.stream()
                        .flatMap(s -> s.courses.stream().map(c -> c.row(s.problem)))
                        .toList());
    }

    private static int starts(Effort effort) {
        return effort.choose(4, 7);
    }

    private static Tensor rosenbrock(Tensor x) {
        Tensor a = x.slice(0, 0, 1);
        Tensor b = x.slice(0, 1, 2);
        return b.sub(a.square()).square().mul(100).add(a.neg().add(1).square()).sum();
    }

    /** The courses of all methods on one problem. */
    private record Study(Problem problem, List<Course> courses) {
        Chart chart() {
            return new Chart(
                    "convergence-" + problem.name,
                    "The distance to the minimum, step by step: " + problem.text + ".",
                    List.of(new Chart.Axis("step", "point, the start being the first", true)),
                    List.of(new Chart.Axis("error", "distance to the minimum", true)),
                    courses.stream().map(Course::line).toList());
        }

        String verdict() {
            return courses.stream()
                    .map(c -> String.format(
                            Locale.ROOT,
                            "%s %.2f (%s)",
                            c.method.name,
                            c.law.exponent(),
                            c.method.orderOf(problem.objective.size())))
                    .collect(Collectors.joining(", ", "on " + problem.name + " (theory in brackets) ", ""));
        }

        String shortVerdict() {
            return Stream.of("gradient descent", "Newton-CG", "Newton")
                            .map(this::order)
                            .collect(Collectors.joining(", "))
                    + ", on " + problem.name + " regression";
        }

        private String order(String method) {
            Course course = courses.stream()
                    .filter(c -> c.method.name.equals(method))
                    .findFirst()
                    .orElseThrow();
            return String.format(
                    Locale.ROOT,
                    "%.2f with %s (in theory %s)",
                    course.law.exponent(),
                    method,
                    course.method.orderOf(problem.objective.size()));
        }
    }

    /**
     * The errors of one method on one problem.
     *
     * @param shown errors of the run that is drawn, its start first
     * @param pairs errors of consecutive steps near the minimum, over all runs
     * @param law e' as a power of e
     * @param factor e'/e in theory; null if theory gives none
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Course(Method method, double[] shown, Series pairs, PowerLaw law, Double factor) {
        Chart.Line line() {
            Series line = new Series("step", "error");
            for (double e : shown) {
                line.add(line.count() + 1, e);
            }
            return line.thinned(MOST_POINTS).named(method.name, method.isSlow ? Chart.Style.LINE : Chart.Style.MARKED);
        }

        List<Object> row(Problem problem) {
            int steps = 0;
            while (steps < shown.length && shown[steps] > 1e-8) {
                steps++;
            }
            double[] factors = factors();
            int third = Math.max(1, factors.length / 3);
            boolean hasFactors = factors.length > 0;
            return Arrays.asList(
                    problem.name,
                    method.name,
                    law.exponent(),
                    Cells.number(law.error()),
                    law.points(),
                    method.orderOf(problem.objective.size()),
                    steps < shown.length ? steps : null,
                    hasFactors ? median(Arrays.copyOf(factors, third)) : null,
                    hasFactors ? median(Arrays.copyOfRange(factors, factors.length - third, factors.length)) : null,
                    factor,
                    method.why);
        }

        /** e'/e of all pairs, from the largest e to the smallest. */
        private double[] factors() {
            double[] e = pairs.get("e");
            double[] next = pairs.get("next");
            Integer[] byError = IntStream.range(0, e.length).boxed().toArray(Integer[]::new);
            Arrays.sort(byError, Comparator.comparingDouble(i -> -e[i]));
            return Arrays.stream(byError).mapToDouble(i -> next[i] / e[i]).toArray();
        }
    }

    private static Study study(Problem problem, Effort effort, Progress progress) {
        INDArray minimum = minimum(problem.objective, problem.start);
        double[] extremes = extremes(problem.objective, minimum);
        double steepest = Math.max(extremes[1], extremes(problem.objective, problem.start)[1]);
        List<Method> methods = METHODS.stream()
                .filter(m -> problem.hasOutputs || !m.needsOutputs)
                .toList();
        List<Course> courses = new ArrayList<>();
        for (Method method : methods) {
            progress.at((double) courses.size() / methods.size(), method.name + " on " + problem.name);
            List<double[]> errors = runs(problem, method, minimum, 1 / steepest, effort);
            Series pairs = pairs(errors);
            courses.add(new Course(
                    method,
                    errors.get(0),
                    pairs,
                    PowerLaw.fit(pairs.get("e"), pairs.get("next")),
                    method.isSlow ? (Double) (1 - extremes[0] / steepest) : null));
        }
        return new Study(problem, courses);
    }

    /** The errors of a run from the problem's start, and of runs from points ever closer to the minimum. */
    private static List<double[]> runs(Problem problem, Method method, INDArray minimum, double rate, Effort effort) {
        INDArray away = gaussian(minimum.length(), new Rng(effort.seed()));
        int starts = method.isSlow ? 1 : starts(effort);
        int mostSteps = effort.choose(4_000, 50_000);
        List<double[]> errors = new ArrayList<>();
        for (int s = 0; s < starts; s++) {
            INDArray theta = Arena.copyOf(s == 0 ? problem.start : minimum);
            if (s > 0) {
                double distance = FARTHEST * Math.pow(NEAREST / FARTHEST, (s - 1.0) / (starts - 2));
                Vectors.axpy(distance / Vectors.norm(away), away, theta);
            }
            try (Optimizer optimizer = method.optimizer.apply(rate)) {
                errors.add(errors(problem.objective, optimizer, theta, minimum, method.isSlow, mostSteps));
            }
        }
        return errors;
    }

    /** Errors of consecutive steps near the minimum that are above rounding, without rejected steps. */
    private static Series pairs(List<double[]> errors) {
        Series pairs = new Series("e", "next");
        for (double[] e : errors) {
            for (int k = 0; k + 1 < e.length; k++) {
                // Slightly more than the distance, for the runs that begin exactly there.
                if (e[k] <= 1.001 * FARTHEST && e[k + 1] > FLOOR && e[k + 1] != e[k]) {
                    pairs.add(e[k], e[k + 1]);
                }
            }
        }
        return pairs;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** Distances to the minimum, from the start to the point where rounding stops progress. */
    private static double[] errors(
            Objective objective, Optimizer optimizer, INDArray theta, INDArray minimum, boolean isSlow, int steps) {
        Series errors = new Series("e");
        double e = distance(theta, minimum);
        errors.add(e);
        int stalled = 0; // steps in a row whose progress rounding hides
        for (int k = 0; k < steps && e > FLOOR && stalled < STALLED; k++) {
            double before = e;
            optimizer.step(objective, theta);
            e = distance(theta, minimum);
            stalled = !isSlow && e > 0.9 * before ? stalled + 1 : 0;
            errors.add(e);
        }
        return Arrays.copyOf(errors.get("e"), errors.count() - (stalled == STALLED ? STALLED : 0));
    }

    private static double distance(INDArray a, INDArray b) {
        INDArray difference = Arena.copyOf(a);
        Vectors.axpy(-1, b, difference);
        return Vectors.norm(difference);
    }

    private static INDArray gaussian(long n, Rng rng) {
        double[] values = new double[(int) n];
        for (int i = 0; i < values.length; i++) {
            values[i] = rng.nextGaussian();
        }
        return Arena.of(DType.FLOAT64, Shape.of(n), values);
    }

    /** By Newton's method, until steps are as small as rounding errors. */
    private static INDArray minimum(Objective objective, INDArray start) {
        INDArray theta = Arena.copyOf(start);
        try (ExactNewton newton = ExactNewton.builder().build()) {
            int shortSteps = 0;
            for (int k = 0; k < 200 && shortSteps < 3; k++) {
                double moved = newton.step(objective, theta).stepNorm();
                shortSteps = moved <= 1e-14 * Math.max(1, Vectors.norm(theta)) ? shortSteps + 1 : 0;
            }
        }
        return theta;
    }

    /** The smallest and the largest eigenvalue of the Hessian. */
    private static double[] extremes(Objective objective, INDArray at) {
        try (Linearization linearization = objective.linearize(at, Scope.all());
                DenseMatrix hessian = new DenseMatrix((int) objective.size())) {
            hessian.assign(LinearOperator.of(linearization, Curvature.HESSIAN), DType.FLOAT64);
            hessian.addToDiagonal(objective.l2());
            double[] values = hessian.eigen().values();
            return new double[] {values[0], values[values.length - 1]};
        }
    }
}
