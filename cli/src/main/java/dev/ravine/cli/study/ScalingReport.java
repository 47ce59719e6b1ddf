package dev.ravine.cli.study;

import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Fits the costs that {@link Scaling} measured, and shows them. */
final class ScalingReport {
    /** Arrays from this size on stand out against the memory that the process has left over. */
    private static final double SEEN_MEGABYTES = 30;

    /** Walls: a step of a minute, and eight gigabytes. */
    private static final double WALL_SECONDS = 60;

    private static final double WALL_MEGABYTES = 8e3;

    private ScalingReport() {}

    /** A method's costs, the power laws fitted to them, and the numbers of parameters at which the walls stand. */
    private record Fit(
            ScaledMethod method,
            List<StepCost> costs,
            Series series,
            PowerLaw time,
            PowerLaw memory,
            long timeWall,
            long memoryWall) {
        static Fit of(ScaledMethod method, List<StepCost> costs, double secondsPerCube) {
            Series series = new Series("parameters", "seconds", "fastest", "megabytes", "expected");
            costs.forEach(c -> series.add(c.n(), c.seconds(), c.fastest(), c.megabytes(), c.expectedBytes() / 1e6));
            double[] n = series.get("parameters");
            double[] seconds = series.get("fastest"); // other work on the machine only adds
            int from = Math.max(0, n.length - StepCost.LARGEST);
            PowerLaw time = PowerLaw.fit(
                    Arrays.copyOfRange(n, from, n.length), Arrays.copyOfRange(seconds, from, seconds.length));
            PowerLaw expected = PowerLaw.fit(n, series.get("expected"));
            return new Fit(
                    method,
                    costs,
                    series,
                    time,
                    memoryLaw(series),
                    round(StepCost.parametersAt(WALL_SECONDS, costs, secondsPerCube)),
                    round(expected.inverse(WALL_MEGABYTES)));
        }

        /** Over nets whose arrays are large enough to be seen. */
        private static PowerLaw memoryLaw(Series series) {
            double[] expected = series.get("expected");
            double[] measured = series.get("megabytes");
            for (int i = 0; i < expected.length; i++) {
                measured[i] = expected[i] < SEEN_MEGABYTES ? Double.NaN : measured[i];
            }
            return PowerLaw.fit(series.get("parameters"), measured);
        }

        /** To two digits; extrapolation supports no more. */
        private static long round(double value) {
            double unit = Math.pow(10, Math.floor(Math.log10(value)) - 1);
            return Math.round(Math.rint(value / unit) * unit);
        }

        String verdict() {
            return String.format(
                    Locale.ROOT,
                    "%s: time n^%.2f (theory: %s), a minute per step at about %,d parameters, 8 GB at %,d",
                    method.name(),
                    time.exponent(),
                    method.timeExponent(),
                    timeWall,
                    memoryWall);
        }

        String wall() {
            return String.format(Locale.ROOT, "%,d parameters (%s)", timeWall, method.name());
        }

        List<Object> row() {
            return Arrays.asList(
                    method.name(),
                    time.exponent(),
                    Cells.number(time.error()),
                    method.timeExponent(),
                    Cells.number(memory.exponent()),
                    method.memoryExponent(),
                    timeWall,
                    memoryWall,
                    method.why());
        }
    }

    /**
     * The answer to the question of scaling.
     *
     * @param costs of each of {@link ScaledMethod#ALL}, by ascending size of the net
     * @param nets what was measured, in a sentence
     */
    static Answer answer(List<List<StepCost>> costs, String nets) {
        int factorization = ScaledMethod.ALL.indexOf(ScaledMethod.FACTORIZATION);
        double secondsPerCube = StepCost.median(costs.get(factorization), c -> c.fastest() / c.cubes());
        List<Fit> fits = new ArrayList<>();
        for (int m = 0; m < costs.size(); m++) {
            fits.add(Fit.of(ScaledMethod.ALL.get(m), costs.get(m), secondsPerCube));
        }
        String text = String.format(
                Locale.ROOT,
                "What does a step cost as nets grow? %s Newton and block-Newton form the Gauss-Newton matrix. The"
                        + " factorization is that of a diagonal matrix, without use of its zeros. Hessian-free runs %d"
                        + " iterations of conjugate gradients. The exponents are fitted to the fastest steps of the"
                        + " three largest nets, the walls are extrapolated: %s. Exact methods end at n = %,d in any"
                        + " case: a larger matrix does not fit into an array.",
                nets,
                ScaledMethod.CG_ITERATIONS,
                String.join("; ", fits.stream().map(Fit::verdict).toList()),
                ScaledMethod.LARGEST_ORDER);
        Report.Section section =
                new Report.Section("Scaling", text, List.of(chart(fits), exponents(fits), steps(fits)));
        String walls = String.join(", ", fits.stream().map(Fit::wall).toList());
        return new Answer("A step takes a minute at about " + walls + ".", section);
    }

    private static Chart chart(List<Fit> fits) {
        return new Chart(
                "scaling",
                "The cost of one step.",
                List.of(new Chart.Axis("parameters", "parameters", true)),
                List.of(
                        new Chart.Axis("seconds", "seconds per step", true),
                        new Chart.Axis("fastest", "seconds of the fastest step", true),
                        new Chart.Axis("megabytes", "MB measured", true),
                        new Chart.Axis("expected", "MB expected", true)),
                fits.stream()
                        .map(f -> f.series.named(f.method.name(), Chart.Style.MARKED))
                        .toList());
    }

    private static Table exponents(List<Fit> fits) {
        return new Table(
                "scaling-exponents",
                "Fitted exponents of the number of parameters, and the walls: time from the sum of products and"
                        + " factorizations, memory from the size of the arrays.",
                List.of(
                        "method",
                        "exponent of time",
                        "standard error",
                        "theory",
                        "exponent of memory",
                        "theory of memory",
                        "parameters at a minute a step",
                        "parameters at 8 GB",
                        "why"),
                fits.stream().map(Fit::row).toList());
    }

    private static Table steps(List<Fit> fits) {
        List<List<Object>> rows = new ArrayList<>();
        for (Fit fit : fits) {
            for (StepCost c : fit.costs) {
                rows.add(Arrays.asList(
                        fit.method.name(),
                        (long) c.n(),
                        c.seconds(),
                        c.fastest(),
                        c.slowest(),
                        Cells.number(c.bytes() / 1e6),
                        c.expectedBytes() / 1e6));
            }
        }
        return new Table(
                "scaling-steps",
                "Every net. Small amounts of memory do not show, since the process has some left over.",
                List.of("method", "parameters", "seconds", "fastest", "slowest", "MB measured", "MB expected"),
                rows);
    }
}
