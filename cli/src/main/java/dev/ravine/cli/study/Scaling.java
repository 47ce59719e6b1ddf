package dev.ravine.cli.study;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.secondorder.ParameterGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a step costs in time and memory as nets grow, and where the walls of exact methods stand. */
final class Scaling implements Analysis {
    private static final int CG_ITERATIONS = 50;
    private static final int LARGEST = 3;
    private static final int MOST_STEPS = 5;
    private static final double MOST_SECONDS = 4;
    private static final int LARGEST_EXACT = 4500;
    private static final int LARGEST_ORDER = 16_383;

    /** From here on memory is not hidden by what the process has left over. */
    private static final double SEEN_MEGABYTES = 30;

    /** Walls: a step of a minute, and eight gigabytes. */
    private static final double WALL_SECONDS = 60;

    private static final double WALL_BYTES = 8e9;

    private static final Method FACTORIZATION = new Method(
            "factorization alone",
            "3",
            "2",
            "n^3 / 3 operations of Cholesky's method; 16 n^2 bytes",
            LARGEST_EXACT,
            (objective, net) -> new Factorization(new DenseMatrix((int) objective.size())),
            net -> 16 * inAll(net, 2),
            net -> inAll(net, 3));

    private static final List<Method> METHODS = List.of(
            FACTORIZATION,
            new Method(
                    "newton",
                    "2 to 3",
                    "2",
                    "n products of n operations and the factorization; 16 n^2 bytes",
                    LARGEST_EXACT,
                    (objective, net) -> new Stepping(
                            objective,
                            ExactNewton.builder()
                                    .indefinite(ExactNewton.Indefinite.SHIFT)
                                    .curvature(Curvature.GAUSS_NEWTON)
                                    .limit(LARGEST_ORDER)
                                    .build()),
                    net -> 16 * inAll(net, 2),
                    net -> inAll(net, 3)),
            new Method(
                    "block-newton",
                    "2 to 3",
                    "2",
                    "the same for each layer, each product one of the whole net; 16 n_g^2 bytes for a layer of n_g",
                    LARGEST_EXACT,
                    (objective, net) -> new Stepping(
                            objective,
                            BlockNewton.builder(net).exactUpTo(LARGEST_ORDER).build()),
                    net -> 16 * overLayers(net, 2),
                    net -> overLayers(net, 3)),
            new Method(
                    "hessian-free",
                    "1",
                    "1",
                    CG_ITERATIONS + " products of n operations; 26 vectors",
                    Integer.MAX_VALUE,
                    (objective, net) -> new Stepping(
                            objective,
                            HessianFree.builder()
                                    .maxIterations(CG_ITERATIONS)
                                    .stopRule((i, phi, residual, first) -> false)
                                    .build()),
                    net -> 4.0 * 26 * net.parameterVector().size(),
                    net -> 0));

    private static double inAll(Module net, int power) {
        return Math.pow((double) net.parameterVector().size(), power);
    }

    private static double overLayers(Module net, int power) {
        return ParameterGroup.layersOf(net).stream()
                .mapToDouble(g -> Math.pow((double) g.size(), power))
                .sum();
    }

    /**
     * What is measured.
     *
     * @param bytes what its arrays should take
     * @param cubes the sum of the cubes of the orders of the matrices that it factorizes
     */
    private record Method(
            String name,
            String timeExponent,
            String memoryExponent,
            String why,
            int largest,
            BiFunction<SupervisedObjective, Module, Subject> maker,
            ToDoubleFunction<Module> bytes,
            ToDoubleFunction<Module> cubes) {}

    /** Something that takes steps, and memory. */
    private interface Subject extends AutoCloseable {
        void step();

        @Override
        void close();
    }

    private record Stepping(SupervisedObjective objective, Optimizer optimizer) implements Subject {
        @Override
        public void step() {
            optimizer.step(objective, objective.theta());
        }

        @Override
        public void close() {
            optimizer.close();
        }
    }

    private record Factorization(DenseMatrix matrix) implements Subject {
        @Override
        public void step() {
            for (int i = 0; i < matrix.size(); i++) {
                matrix.set(i, i, 1 + i);
            }
            if (!matrix.factorize(1)) {
                throw new IllegalStateException("a positive diagonal matrix could not be factorized");
            }
        }

        @Override
        public void close() {
            matrix.close();
        }
    }

    /** Steps on one net; bytes are not a number where they cannot be measured. */
    private record Cost(
            double n,
            double seconds,
            double fastest,
            double slowest,
            double bytes,
            double expectedBytes,
            double cubes) {}

    @Override
    public String name() {
        return "scaling";
    }

    @Override
    public String question() {
        return "How do time and memory of a step grow with the number of parameters, and where are the walls?";
    }

    @Override
    public Finding run(Effort effort, Watch watch) throws IOException {
        DataSet digits = SmallDigits.load(effort.choose(50, 200), 4, DType.FLOAT32);
        int[] widths = effort.choose(new int[] {2, 4, 8}, new int[] {2, 4, 8, 16, 32, 48, 72, 128, 512, 2048});
        List<List<Cost>> costs = new ArrayList<>();
        // Memory that one had returned would be given to the next, and not be seen.
        List<Subject> kept = new ArrayList<>();
        try {
            for (int m = 0; m < METHODS.size(); m++) {
                Method method = METHODS.get(m);
                List<Cost> own = new ArrayList<>();
                cost(method, net(digits, 8), digits, effort, kept); // compiles, and is not counted
                for (int w = 0; w < widths.length; w++) {
                    Sequential net = net(digits, widths[w]);
                    long n = net.initialize(effort.seed()).size();
                    if (n <= method.largest) {
                        watch.at(
                                (m + (double) w / widths.length) / METHODS.size(),
                                String.format(Locale.ROOT, "%s with %,d parameters", method.name, n));
                        own.add(cost(method, net, digits, effort, kept));
                    }
                }
                costs.add(own);
            }
        } finally {
            kept.forEach(Subject::close);
        }
        return section(digits, effort, costs);
    }

    private static Sequential net(DataSet digits, int width) {
        return new Sequential(
                new Linear(digits.featureShape().count(), width),
                Activation.tanh(),
                new Linear(width, digits.classes()));
    }

    private static Cost cost(Method method, Sequential net, DataSet digits, Effort effort, List<Subject> kept)
            throws IOException {
        net.initialize(effort.seed());
        try (SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), digits)
                .l2(1e-2)
                .build()) {
            useOnce(objective);
            OptionalLong before = ResidentMemory.now();
            Subject subject = method.maker.apply(objective, net);
            kept.add(subject);
            subject.step();
            OptionalLong after = ResidentMemory.now();
            double[] seconds = timed(effort.choose(1, MOST_STEPS), subject::step);
            Arrays.sort(seconds);
            double bytes = before.isPresent() ? after.orElseThrow() - before.orElseThrow() : Double.NaN;
            return new Cost(
                    objective.size(),
                    seconds[seconds.length / 2],
                    seconds[0],
                    seconds[seconds.length - 1],
                    bytes,
                    method.bytes.applyAsDouble(net),
                    method.cubes.applyAsDouble(net));
        }
    }

    /** As many times as it is to be, but not much longer than some seconds in all. */
    private static double[] timed(int times, Runnable step) {
        double[] seconds = new double[times];
        double sum = 0;
        int count = 0;
        while (count < times && sum < MOST_SECONDS) {
            long start = System.nanoTime();
            step.run();
            seconds[count] = (System.nanoTime() - start) / 1e9;
            sum += seconds[count++];
        }
        return Arrays.copyOf(seconds, count);
    }

    /** So that the memory of the objective itself is there before that of an optimizer is measured. */
    private static void useOnce(SupervisedObjective objective) {
        INDArray out = Arena.create(objective.dtype(), Shape.of(objective.size()));
        INDArray squares = Arena.create(objective.dtype(), Shape.of(objective.size()));
        objective.gradient(objective.theta(), Scope.all(), out, squares);
        try (Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            at.product(Curvature.GAUSS_NEWTON, squares, out);
        }
    }

    private static Finding section(DataSet digits, Effort effort, List<List<Cost>> costs) {
        double secondsPerCube = largest(costs.get(METHODS.indexOf(FACTORIZATION)), c -> c.fastest / c.cubes);
        List<Chart.Line> lines = new ArrayList<>();
        List<List<Object>> runs = new ArrayList<>();
        List<List<Object>> fits = new ArrayList<>();
        List<String> verdicts = new ArrayList<>();
        List<String> walls = new ArrayList<>();
        for (int m = 0; m < costs.size(); m++) {
            Method method = METHODS.get(m);
            Series series = new Series("parameters", "seconds", "fastest", "megabytes", "expected");
            for (Cost c : costs.get(m)) {
                double bytes = c.bytes > 0 ? c.bytes : Double.NaN; // what is less than the noise can be negative
                series.add(c.n, c.seconds, c.fastest, bytes / 1e6, c.expectedBytes / 1e6);
                runs.add(Arrays.asList(
                        method.name,
                        (long) c.n,
                        c.seconds,
                        c.fastest,
                        c.slowest,
                        Double.isNaN(c.bytes) ? null : c.bytes / 1e6,
                        c.expectedBytes / 1e6));
            }
            lines.add(series.named(method.name, Chart.Style.MARKED));
            double[] n = series.get("parameters");
            double[] seconds = series.get("fastest"); // other work on the machine only adds
            int from = Math.max(0, n.length - LARGEST); // small nets cost what is the same for all
            PowerLaw time = PowerLaw.fit(
                    Arrays.copyOfRange(n, from, n.length), Arrays.copyOfRange(seconds, from, seconds.length));
            PowerLaw memory = memory(series);
            PowerLaw expected = PowerLaw.fit(n, series.get("expected"));
            double timeWall = wall(costs.get(m), secondsPerCube);
            double memoryWall = expected.inverse(WALL_BYTES / 1e6);
            fits.add(Arrays.asList(
                    method.name,
                    time.exponent(),
                    Double.isNaN(time.error()) ? null : (Double) time.error(),
                    method.timeExponent,
                    Double.isNaN(memory.exponent()) ? null : (Double) memory.exponent(),
                    method.memoryExponent,
                    round(timeWall),
                    round(memoryWall),
                    method.why));
            walls.add(String.format(Locale.ROOT, "%,d parameters (%s)", round(timeWall), method.name));
            verdicts.add(String.format(
                    Locale.ROOT,
                    "%s: time n^%.2f (theory: %s), a minute a step at about %,d parameters, 8 GB at %,d",
                    method.name,
                    time.exponent(),
                    method.timeExponent,
                    round(timeWall),
                    round(memoryWall)));
        }
        String text = String.format(
                Locale.ROOT,
                "What does a step cost as nets grow? Nets %d-w-%d with tanh on %d digits (single precision, L2 0.01, seed %d): the"
                        + " median of at most %d steps after one that warms up, and by how much that one made the resident memory of the"
                        + " process grow. Newton and block-Newton write out the Gauss-Newton matrix, the factorization is that of a"
                        + " diagonal matrix, whose zeros are not made use of, and Hessian-free makes %d"
                        + " iterations of conjugate gradients. Fitted to the fastest steps of the three largest nets, walls by extrapolation: %s. Exact"
                        + " methods end at n = %,d in any case, where arrays do.",
                digits.featureShape().count(),
                digits.classes(),
                digits.size(),
                effort.seed(),
                effort.choose(1, MOST_STEPS),
                CG_ITERATIONS,
                String.join("; ", verdicts),
                LARGEST_ORDER);
        Report.Section section = new Report.Section(
                "Scaling",
                text,
                List.of(
                        new Chart(
                                "scaling",
                                "What one step costs.",
                                List.of(new Chart.Axis("parameters", "parameters", true)),
                                List.of(
                                        new Chart.Axis("seconds", "seconds a step", true),
                                        new Chart.Axis("fastest", "seconds of the fastest step", true),
                                        new Chart.Axis("megabytes", "MB measured", true),
                                        new Chart.Axis("expected", "MB expected", true)),
                                lines),
                        new Table(
                                "scaling-exponents",
                                "Fitted exponents of the number of parameters, and where the walls stand: time by the sum of"
                                        + " products and factorizations, memory by what the arrays take.",
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
                                fits),
                        new Table(
                                "scaling-steps",
                                "Every net. Little memory does not show: the process has some left over.",
                                List.of(
                                        "method",
                                        "parameters",
                                        "seconds",
                                        "fastest",
                                        "slowest",
                                        "MB measured",
                                        "MB expected"),
                                runs)));
        return new Finding("A step takes a minute at about " + String.join(", ", walls) + ".", section);
    }

    /** To two digits: more are not known. */
    private static long round(double value) {
        double unit = Math.pow(10, Math.floor(Math.log10(value)) - 1);
        return Math.round(Math.rint(value / unit) * unit);
    }

    /** Over nets whose arrays take enough to be seen. */
    private static PowerLaw memory(Series series) {
        double[] expected = series.get("expected");
        double[] measured = series.get("megabytes");
        for (int i = 0; i < expected.length; i++) {
            measured[i] = expected[i] < SEEN_MEGABYTES ? Double.NaN : measured[i];
        }
        return PowerLaw.fit(series.get("parameters"), measured);
    }

    /** The median of a number over the largest nets. */
    private static double largest(List<Cost> costs, ToDoubleFunction<Cost> number) {
        double[] values = costs.subList(Math.max(0, costs.size() - LARGEST), costs.size()).stream()
                .mapToDouble(number)
                .sorted()
                .toArray();
        return values[values.length / 2];
    }

    /**
     * Where a step takes as long as the wall says: its factorizations grow with n^3 as measured alone, the rest of a method that
     * factorizes with n^2, and of one that does not with n.
     */
    private static double wall(List<Cost> costs, double secondsPerCube) {
        double share = largest(costs, c -> c.cubes / Math.pow(c.n, 3));
        int power = share > 0 ? 2 : 1;
        double rest = largest(costs, c -> Math.max(0, c.fastest - secondsPerCube * c.cubes) / Math.pow(c.n, power));
        double low = 1;
        double high = 1e12;
        while (high / low > 1.0001) {
            double middle = Math.sqrt(low * high);
            double seconds = rest * Math.pow(middle, power) + secondsPerCube * share * Math.pow(middle, 3);
            if (seconds < WALL_SECONDS) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
