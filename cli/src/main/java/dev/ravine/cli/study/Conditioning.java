package dev.ravine.cli.study;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How the work to a tolerance grows with the condition number, on quadratics. */
final class Conditioning {
    private static final double TOLERANCE = 1e-6;

    private static final List<String> IN_VERDICT = List.of("gradient descent", "conjugate gradients", "Newton");

    private static final List<Method> METHODS = List.of(
            new Method(
                    "gradient descent",
                    "steps",
                    "1",
                    "rate ((k-1)/(k+1))^2 a step (Nesterov 2004, theorem 2.1.15)",
                    false,
                    Conditioning::gradientDescent),
            new Method(
                    "momentum",
                    "steps",
                    "0.5",
                    "rate ((sqrt k - 1)/(sqrt k + 1))^2 a step (Polyak 1964)",
                    false,
                    Conditioning::momentum),
            new Method("Adam", "steps", null, "none; the best of three rates", false, Conditioning::adam),
            new Method(
                    "conjugate gradients",
                    "iterations",
                    "0.5",
                    "the same rate as a bound; exact after n (Nocedal and Wright, section 5.1)",
                    true,
                    Conditioning::conjugateGradients),
            new Method(
                    "L-BFGS",
                    "steps",
                    "1 at most",
                    "linear (Liu and Nocedal 1989); 0.5 with unlimited memory",
                    false,
                    (q, limit) -> run(q, limit, Lbfgs.builder().build(), false)),
            new Method(
                    "Newton-CG",
                    "iterations inside",
                    "0.5",
                    "conjugate gradients, begun anew at each of its steps",
                    true,
                    (q, limit) -> run(q, limit, LineSearchNewton.builder().build(), true)),
            new Method(
                    "Newton",
                    "steps",
                    "0",
                    "one step on a quadratic",
                    false,
                    (q, limit) -> run(
                            q,
                            limit,
                            ExactNewton.builder()
                                    .indefinite(ExactNewton.Indefinite.SHIFT)
                                    .build(),
                            false)));

    /** A method, and the power of the condition number that theory knows for its iterations. */
    private record Method(
            String name, String counted, String exponent, String theory, boolean endsWithDimension, Solver solver) {}

    /** What was measured of a method, and the power of the condition number fitted to its iterations. */
    private record Fit(Method method, PowerLaw law, Series series) {
        boolean isKnown() {
            return law.points() >= 2 && method.exponent != null;
        }

        List<Object> row() {
            PowerLaw time = PowerLaw.fit(series.get("condition"), series.get("seconds"));
            return Arrays.asList(
                    method.name,
                    method.counted,
                    Cells.number(law.exponent()),
                    Cells.number(law.error()),
                    law.points(),
                    method.exponent,
                    Cells.number(time.exponent()),
                    method.theory);
        }
    }

    @FunctionalInterface
    private interface Solver {
        Outcome solve(KnownQuadratic quadratic, Limit limit);
    }

    /** How long a run may take. */
    private record Limit(double seconds, long steps) {
        boolean isReached(long step, long since) {
            return step >= steps || (System.nanoTime() - since) / 1e9 >= seconds;
        }
    }

    /** The end of a run; reached is f over its starting value. */
    private record Outcome(long iterations, double gradients, double seconds, double reached) {
        boolean isDone() {
            return reached <= TOLERANCE;
        }
    }

    private Conditioning() {}

    static Answer run(Effort effort, Progress progress) {
        int side = effort.choose(16, 32);
        int n = side * side;
        Limit limit = new Limit(effort.choose(60.0, 3.0), effort.choose(6_000L, Long.MAX_VALUE));
        double[] conditions =
                effort.choose(new double[] {1e1, 1e2, 1e3}, new double[] {1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8});
        warmUp(side, effort.seed());
        Series[] series = new Series[METHODS.size()];
        List<List<Object>> runs = new ArrayList<>();
        for (int m = 0; m < series.length; m++) {
            Method method = METHODS.get(m);
            series[m] = new Series("condition", "iterations", "gradients", "seconds");
            for (int c = 0; c < conditions.length; c++) {
                progress.at(
                        (m + (double) c / conditions.length) / series.length,
                        String.format(
                                Locale.ROOT, "%s at condition number %s", method.name, Figure.brief(conditions[c])));
                Outcome o = method.solver.solve(new KnownQuadratic(side, conditions[c], effort.seed()), limit);
                runs.add(row(method, conditions[c], o));
                double nothing = o.isDone() ? 1 : Double.NaN;
                series[m].add(conditions[c], nothing * o.iterations, nothing * o.gradients, nothing * o.seconds);
            }
        }
        return answer(n, limit, effort, series, runs);
    }

    private static List<Object> row(Method method, double condition, Outcome o) {
        return Arrays.asList(
                method.name,
                condition,
                o.isDone() ? o.iterations : null,
                o.isDone() ? o.gradients : null,
                o.isDone() ? o.seconds : null,
                o.isDone()
                        ? "reached"
                        : String.format(
                                Locale.ROOT,
                                "not reached: %.1e after %,d %s and %.1f s",
                                o.reached,
                                o.iterations,
                                method.counted,
                                o.seconds));
    }

    private static Answer answer(int n, Limit limit, Effort effort, Series[] series, List<List<Object>> runs) {
        List<Fit> fits = IntStream.range(0, series.length)
                .mapToObj(m -> new Fit(METHODS.get(m), fit(METHODS.get(m), n, series[m]), series[m]))
                .toList();
        Report.Section section = new Report.Section(
                "Conditioning", text(n, limit, effort, fits), List.of(chart(fits), exponents(fits), table(runs)));
        String powers = fits.stream()
                .filter(f -> f.isKnown() && IN_VERDICT.contains(f.method.name))
                .map(f -> String.format(
                        Locale.ROOT,
                        "k^%.2f with %s (in theory k^%s)",
                        f.law.exponent(),
                        f.method.name,
                        f.method.exponent))
                .collect(Collectors.joining(", "));
        return new Answer("Iterations to a tolerance grow with the condition number k: as " + powers + ".", section);
    }

    private static String text(int n, Limit limit, Effort effort, List<Fit> fits) {
        String exponents = fits.stream()
                .filter(Fit::isKnown)
                .map(f ->
                        String.format(Locale.ROOT, "%s %.2f (%s)", f.method.name, f.law.exponent(), f.method.exponent))
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "How does the work grow with the condition number k? Each method minimises x'Ax/2 with n = %,d"
                        + " variables, from a start at which every eigenvector has the same share of f (seed %d,"
                        + " double precision), to %s of the starting value within %s. The eigenvalues are Chebyshev"
                        + " points between 1/k and 1, the directions random. Gradient descent and momentum use the"
                        + " best rates for the known spectrum. Fitted exponents of k (theory in brackets): %s. The"
                        + " fits of conjugate gradients and Newton-CG leave out runs of more than n/2 iterations, in"
                        + " which the dimension and rounding matter more than the condition number.",
                n,
                effort.seed(),
                Figure.brief(TOLERANCE),
                limit.steps == Long.MAX_VALUE
                        ? String.format(Locale.ROOT, "%.0f s", limit.seconds)
                        : String.format(Locale.ROOT, "%,d steps", limit.steps),
                exponents);
    }

    private static Chart chart(List<Fit> fits) {
        return new Chart(
                "conditioning",
                "Work until f is a millionth of its starting value; a missing point means that"
                        + " the run did not get there.",
                List.of(new Chart.Axis("condition", "condition number", true)),
                List.of(
                        new Chart.Axis("iterations", "iterations", true),
                        new Chart.Axis("gradients", "work in gradients", true),
                        new Chart.Axis("seconds", "seconds", true)),
                fits.stream()
                        .map(f -> f.series.named(f.method.name, Chart.Style.MARKED))
                        .toList());
    }

    private static Table exponents(List<Fit> fits) {
        return new Table(
                "conditioning-exponents",
                "Fitted exponents of the condition number, over the runs that reached the tolerance.",
                List.of(
                        "method",
                        "counted",
                        "exponent",
                        "standard error",
                        "runs",
                        "theory",
                        "exponent of seconds",
                        "why"),
                fits.stream().map(Fit::row).toList());
    }

    private static Table table(List<List<Object>> runs) {
        return new Table(
                "conditioning-runs",
                "Every run.",
                List.of("method", "condition number", "iterations", "gradients", "seconds", "end"),
                runs);
    }

    private static PowerLaw fit(Method method, int n, Series series) {
        double[] iterations = series.get("iterations");
        if (method.endsWithDimension) {
            iterations = Arrays.stream(iterations)
                    .map(i -> i > n / 2.0 ? Double.NaN : i)
                    .toArray();
        }
        return PowerLaw.fit(series.get("condition"), iterations);
    }

    /** Compiles every method before the first measured run. */
    private static void warmUp(int side, long seed) {
        for (Method method : METHODS) {
            method.solver.solve(new KnownQuadratic(side, 1000, seed), new Limit(1, 3000));
        }
    }

    // ---- the methods ------------------------------------------------------------------------------------------

    private static Outcome gradientDescent(KnownQuadratic quadratic, Limit limit) {
        double[] e = quadratic.eigenvalues();
        double rate = 2 / (e[0] + e[e.length - 1]);
        return run(quadratic, limit, Sgd.builder().learningRate(rate).build(), false);
    }

    private static Outcome momentum(KnownQuadratic quadratic, Limit limit) {
        double[] e = quadratic.eigenvalues();
        double low = Math.sqrt(e[0]);
        double high = Math.sqrt(e[e.length - 1]);
        double rate = 4 / ((low + high) * (low + high));
        double mu = Math.pow((high - low) / (high + low), 2);
        return run(
                quadratic, limit, Sgd.builder().learningRate(rate).momentum(mu).build(), false);
    }

    /**
     * The fastest of three learning rates, relative to the mean distance that a variable has to go; they share the
     * time.
     */
    private static Outcome adam(KnownQuadratic quadratic, Limit limit) {
        double distance = Vectors.norm(quadratic.start()) / Math.sqrt(quadratic.size());
        Outcome best = null;
        for (double part : new double[] {0.1, 0.01, 0.001}) {
            Optimizer adam = Adam.builder().learningRate(part * distance).build();
            Outcome o = run(quadratic, new Limit(limit.seconds / 3, limit.steps), adam, false);
            boolean isBetter = best == null
                    || (o.isDone() ? !best.isDone() || o.iterations < best.iterations : o.reached < best.reached);
            best = isBetter ? o : best;
        }
        return best;
    }

    /** Steps an optimizer until f is small enough; counts its steps, or the iterations inside them. */
    private static Outcome run(KnownQuadratic quadratic, Limit limit, Optimizer optimizer, boolean countsInside) {
        INDArray x = quadratic.start();
        try (optimizer;
                FunctionObjective objective = quadratic.objective()) {
            double first = quadratic.size() / 2.0;
            double reached = 1;
            long inside = 0;
            long since = System.nanoTime();
            double costBefore = objective.cost();
            for (long steps = 0; ; steps++) {
                double seconds = (System.nanoTime() - since) / 1e9;
                long counted = countsInside ? inside : steps;
                Outcome now = new Outcome(counted, objective.cost() - costBefore, seconds, reached);
                if (now.isDone() || limit.isReached(steps, since)) {
                    return now;
                }
                StepReport step = optimizer.step(objective, x);
                if (countsInside) {
                    inside += step.model().orElseThrow().iterations();
                }
                if (Double.isNaN(step.lossAfter())) {
                    reached = step.loss() / first; // at the point before this step
                    if (reached <= TOLERANCE) {
                        return new Outcome(steps, now.gradients, now.seconds, reached);
                    }
                } else {
                    reached = step.lossAfter() / first;
                }
            }
        } catch (NonFiniteLossException e) {
            return new Outcome(0, 0, 0, Double.POSITIVE_INFINITY);
        }
    }

    private static Outcome conjugateGradients(KnownQuadratic quadratic, Limit limit) {
        INDArray x = quadratic.start();
        INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(quadratic.size()));
        long since = System.nanoTime();
        try (FunctionObjective objective = quadratic.objective()) {
            double costBefore = objective.cost();
            double first = objective.gradient(x, Scope.all(), gradient);
            StopRule stop = (i, phi, residual, firstResidual) ->
                    (first + phi[i - 1]) / first <= TOLERANCE || limit.isReached(i, since);
            try (Linearization at = objective.linearize(x, Scope.all());
                    ConjugateGradient solver = new ConjugateGradient(1_000_000, stop)) {
                var cg = solver.minimise(LinearOperator.of(at, Curvature.HESSIAN), gradient);
                double phi = cg.lastPhi();
                return new Outcome(
                        cg.iterations(),
                        objective.cost() - costBefore,
                        (System.nanoTime() - since) / 1e9,
                        (first + phi) / first);
            }
        }
    }
}
