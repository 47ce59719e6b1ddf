package dev.ravine.cli.study;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.kronecker.Cotangents;
import dev.ravine.optim.kronecker.FactorDamping;
import dev.ravine.optim.kronecker.Kfac;
import dev.ravine.optim.kronecker.KroneckerFactors;
import dev.ravine.optim.kronecker.KroneckerInverse;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How many iterations of conjugate gradients a preconditioner saves, on systems of a deep autoencoder. */
final class Preconditioners {
    private static final int LIMIT = 300;
    private static final double[] PARTS = {0.5, 0.9, 0.95, 0.99};

    /** What comes before the iteration, in the order of the tables; the last one is the best, and runs first. */
    private static final List<Kind> KINDS = List.of(
            new Kind("none", (at, shift) -> null),
            new Kind("diagonal", (at, shift) -> at.diagonal(shift, 1)),
            new Kind("diagonal^0.75", (at, shift) -> at.diagonal(shift, 0.75)),
            new Kind("Kronecker", DampedSystem::kronecker));

    private record Kind(String name, Maker maker) {}

    @FunctionalInterface
    private interface Maker {
        LinearOperator make(DampedSystem at, double shift);
    }

    /** The model's value after each iteration, from 0 on. */
    private record Solved(Kind kind, double lambda, List<Double> values) {
        double last() {
            return values.get(values.size() - 1);
        }

        /** The first iteration after which a part of a decrease was reached; null if none was. */
        Integer reaches(double part, double best) {
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) <= part * best) {
                    return i;
                }
            }
            return null;
        }
    }

    private Preconditioners() {}

    static Answer run(Effort effort, Progress progress) throws IOException {
        DataSet digits = SmallDigits.load(effort.choose(400, 2000), effort.choose(4, 1), DType.FLOAT32);
        DataSet images = DataSet.autoencoding(digits.features());
        int inputs = (int) digits.featureShape().count();
        int[] hidden = effort.choose(new int[] {30, 16, 8}, new int[] {250, 100, 30});
        int steps = effort.choose(40, 150);
        double[] lambdas = effort.choose(new double[] {0.1, 0.001}, new double[] {0.1, 0.01});
        int examples = effort.choose(400, 500);
        Module net = autoencoder(inputs, hidden);
        net.initialize(DType.FLOAT32, effort.seed());
        List<Solved> runs = new ArrayList<>();
        try (SupervisedObjective objective =
                SupervisedObjective.of(net, new Loss.BinaryCrossEntropy(Reduction.SUM), images)) {
            train(objective, steps, effort, progress);
            try (DampedSystem system = new DampedSystem(objective, Scope.all().part(0, examples, digits.size()))) {
                for (double lambda : lambdas) {
                    progress.at(
                            0.3 + 0.7 * runs.size() / (lambdas.length * KINDS.size()),
                            "systems with lambda " + Figure.brief(lambda));
                    runs.addAll(system.solve(lambda));
                }
            }
            String problem = String.format(
                    Locale.ROOT,
                    "%,d digits and the deep autoencoder %d-%d-%d-%d-%d-%d-%d (%,d parameters) after %d steps of K-FAC on %,d"
                            + " digits",
                    examples,
                    inputs,
                    hidden[0],
                    hidden[1],
                    hidden[2],
                    hidden[1],
                    hidden[0],
                    inputs,
                    objective.size(),
                    steps,
                    digits.size());
            return answer(problem, effort, lambdas, runs);
        }
    }

    private static Module autoencoder(int inputs, int[] hidden) {
        return new Sequential(
                layer(inputs, hidden[0]),
                Activation.sigmoid(),
                layer(hidden[0], hidden[1]),
                Activation.sigmoid(),
                layer(hidden[1], hidden[2]),
                layer(hidden[2], hidden[1]),
                Activation.sigmoid(),
                layer(hidden[1], hidden[0]),
                Activation.sigmoid(),
                layer(hidden[0], inputs));
    }

    private static Linear layer(int inputs, int outputs) {
        return new Linear(inputs, outputs, Initializer.sparse(15));
    }

    private static void train(SupervisedObjective objective, int steps, Effort effort, Progress progress) {
        try (Kfac kfac = Kfac.builder().seed(effort.seed()).build()) {
            for (int i = 0; i < steps; i++) {
                progress.at(0.3 * i / steps, "training");
                kfac.step(objective, objective.theta());
            }
        }
    }

    /** The damped Gauss-Newton system of some examples at a point, and what its preconditioners are made of. */
    private static final class DampedSystem implements AutoCloseable {
        private final SupervisedObjective objective;
        private final Linearization linearization;
        private final KroneckerFactors factors;
        private final KroneckerInverse inverse;
        private final INDArray gradient;
        private final INDArray squares;
        private final INDArray zero;

        DampedSystem(SupervisedObjective objective, Scope examples) {
            this.objective = objective;
            this.gradient = vector();
            this.squares = vector();
            this.zero = vector();
            objective.gradient(objective.theta(), examples, gradient, new SquaredGradients(false), squares);
            this.linearization = objective.linearize(objective.theta(), examples);
            this.factors =
                    KroneckerFactors.builder().cotangents(Cotangents.RADEMACHER).build(objective);
            this.inverse = new KroneckerInverse(factors, FactorDamping.TRACE);
            factors.update(objective, objective.theta(), examples);
        }

        private INDArray vector() {
            return Arena.create(objective.dtype(), Shape.of(objective.size()));
        }

        LinearOperator diagonal(double shift, double exponent) {
            INDArray d = vector();
            Vectors.map(squares, d, g2 -> Math.pow(g2 + shift, exponent));
            return LinearOperator.inverseOfDiagonal(d);
        }

        LinearOperator kronecker(double shift) {
            inverse.refresh(Math.sqrt(shift));
            return inverse;
        }

        /** The best first: the others may stop when they come close to its end. */
        List<Solved> solve(double lambda) {
            Kind last = KINDS.get(KINDS.size() - 1);
            Solved best = solve(last, lambda, Double.NEGATIVE_INFINITY);
            double enough = PARTS[PARTS.length - 1] * best.last();
            List<Solved> all = new ArrayList<>();
            for (Kind kind : KINDS) {
                all.add(kind.equals(last) ? best : solve(kind, lambda, enough));
            }
            return all;
        }

        private Solved solve(Kind kind, double lambda, double enough) {
            try (ConjugateGradient solver =
                    new ConjugateGradient(LIMIT, (i, phi, residual, first) -> phi[i - 1] <= enough)) {
                LinearOperator matrix =
                        LinearOperator.of(linearization, Curvature.GAUSS_NEWTON).shifted(lambda);
                List<Double> phi = solver.minimise(matrix, gradient, zero, kind.maker.make(this, lambda), LIMIT)
                        .phi();
                List<Double> values = new ArrayList<>(List.of(0.0));
                values.addAll(phi);
                return new Solved(kind, lambda, values);
            }
        }

        @Override
        public void close() {
            inverse.close();
            factors.close();
            linearization.close();
        }
    }

    /** The lowest value that was reached with a damping. */
    private static double best(List<Solved> runs, double lambda) {
        return runs.stream()
                .filter(r -> r.lambda == lambda)
                .mapToDouble(r -> r.last())
                .min()
                .orElseThrow();
    }

    private static Solved find(List<Solved> runs, String kind, double lambda) {
        return runs.stream()
                .filter(r -> r.lambda == lambda && r.kind.name.equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static Answer answer(String problem, Effort effort, double[] lambdas, List<Solved> runs) {
        double smallest = lambdas[lambdas.length - 1];
        String counts = KINDS.stream()
                .map(kind -> words(find(runs, kind.name, smallest), best(runs, smallest)) + " (" + kind.name + ")")
                .collect(Collectors.joining(", "));
        String verdict = String.format(
                Locale.ROOT,
                "Preconditioners save iterations of conjugate gradients: nine tenths of a quadratic model's decrease at"
                        + " damping %s take %s.",
                Figure.brief(smallest),
                counts);
        Report.Section section = new Report.Section(
                "Preconditioner", text(problem, effort, verdict), List.of(chart(runs, smallest), table(runs)));
        return new Answer(verdict, section);
    }

    private static String words(Solved run, double best) {
        Integer count = run.reaches(0.9, best);
        return count == null ? "more than " + LIMIT : count.toString();
    }

    private static String text(String problem, Effort effort, String verdict) {
        return String.format(
                Locale.ROOT,
                "How many iterations does a preconditioner save? The system is (G + lambda I) x = -g with the"
                        + " Gauss-Newton matrix G and the gradient g of %s (seed %d). Conjugate gradients begin at zero"
                        + " and end after %d iterations, or at 99 %% of the best decrease of the model. The diagonal is"
                        + " the mean squared gradient of single examples, plus lambda, to the power of 1 or of 0.75"
                        + " (Martens, ICML 2010, section 4.7). The Kronecker factors (Martens and Grosse, ICML 2015)"
                        + " are of random signs at the same examples, with damping lambda. %s The smaller lambda is,"
                        + " the more they save, since they know the directions in which the matrix is small. An"
                        + " iteration with them costs more: about a product and a half at 500 examples.",
                problem,
                effort.seed(),
                LIMIT,
                verdict);
    }

    private static Chart chart(List<Solved> runs, double lambda) {
        double best = best(runs, lambda);
        List<Chart.Line> lines = runs.stream()
                .filter(r -> r.lambda == lambda)
                .map(r -> {
                    Series course = new Series("iteration", "missing");
                    for (int i = 1; i < r.values.size(); i++) {
                        // The best value itself has no place on a logarithmic axis.
                        course.add(i, r.values.get(i) > best ? 1 - r.values.get(i) / best : Double.NaN);
                    }
                    return course.named(r.kind.name, Chart.Style.LINE);
                })
                .toList();
        return new Chart(
                "preconditioner",
                "What the model's value still lacks of the best decrease after each iteration, with lambda "
                        + Figure.brief(lambda) + ".",
                List.of(new Chart.Axis("iteration", "iterations of conjugate gradients", true)),
                List.of(new Chart.Axis(
                        "missing", "missing part of the decrease", true, 1e-4, Double.POSITIVE_INFINITY)),
                lines);
    }

    private static Table table(List<Solved> runs) {
        List<List<Object>> rows = runs.stream()
                .map(r -> {
                    double best = best(runs, r.lambda);
                    List<Object> row = new ArrayList<>(List.of(r.lambda, r.kind.name));
                    Arrays.stream(PARTS).mapToObj(part -> r.reaches(part, best)).forEach(row::add);
                    return row;
                })
                .toList();
        return new Table(
                "preconditioner-iterations",
                "Iterations until a part of the best decrease of the model; an empty cell means that " + LIMIT
                        + " were not enough.",
                List.of("lambda", "preconditioner", "50 %", "90 %", "95 %", "99 %"),
                rows);
    }
}
