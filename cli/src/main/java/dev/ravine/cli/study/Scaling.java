package dev.ravine.cli.study;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The cost of a step in time and memory as nets grow, and the walls of exact methods. */
final class Scaling {
    private static final int MOST_STEPS = 5;
    private static final double MOST_SECONDS = 4;

    private Scaling() {}

    static Answer run(Effort effort, Progress progress) throws IOException {
        DataSet digits = SmallDigits.load(effort.choose(50, 200), 4, DType.FLOAT32);
        int[] widths = effort.choose(new int[] {2, 4, 8}, new int[] {2, 4, 8, 16, 32, 48, 72, 128, 512, 2048});
        List<List<StepCost>> costs = new ArrayList<>();
        // Kept open: memory returned by one would be given to the next, whose growth would not show.
        List<ScaledMethod.Subject> kept = new ArrayList<>();
        try {
            for (int m = 0; m < ScaledMethod.ALL.size(); m++) {
                ScaledMethod method = ScaledMethod.ALL.get(m);
                List<StepCost> own = new ArrayList<>();
                cost(method, net(digits, 8), digits, effort, kept); // for the compiler, not counted
                for (int w = 0; w < widths.length; w++) {
                    Sequential net = net(digits, widths[w]);
                    long n = net.initialize(effort.seed()).size();
                    if (n <= method.largest()) {
                        progress.at(
                                (m + (double) w / widths.length) / ScaledMethod.ALL.size(),
                                String.format(Locale.ROOT, "%s with %,d parameters", method.name(), n));
                        own.add(cost(method, net, digits, effort, kept));
                    }
                }
                costs.add(own);
            }
        } finally {
            kept.forEach(ScaledMethod.Subject::close);
        }
        String nets = String.format(
                Locale.ROOT,
                "Nets %d-w-%d with tanh on %d digits (single precision, L2 0.01, seed %d): the median of at most %d"
                        + " steps after one for warm-up, and the growth of the process's resident memory in that first"
                        + " step.",
                digits.featureShape().count(),
                digits.classes(),
                digits.size(),
                effort.seed(),
                effort.choose(1, MOST_STEPS));
        return ScalingReport.answer(costs, nets);
    }

    private static Sequential net(DataSet digits, int width) {
        return new Sequential(
                new Linear(digits.featureShape().count(), width),
                Activation.tanh(),
                new Linear(width, digits.classes()));
    }

    private static StepCost cost(
            ScaledMethod method, Sequential net, DataSet digits, Effort effort, List<ScaledMethod.Subject> kept)
            throws IOException {
        net.initialize(effort.seed());
        try (SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), digits)
                .l2(1e-2)
                .build()) {
            useOnce(objective);
            OptionalLong before = ResidentMemory.now();
            ScaledMethod.Subject subject = method.maker().apply(objective, net);
            kept.add(subject);
            subject.step();
            OptionalLong after = ResidentMemory.now();
            double[] seconds = timed(effort.choose(1, MOST_STEPS), subject::step);
            Arrays.sort(seconds);
            double bytes = before.isPresent() ? after.orElseThrow() - before.orElseThrow() : Double.NaN;
            return new StepCost(
                    objective.size(),
                    seconds[seconds.length / 2],
                    seconds[0],
                    seconds[seconds.length - 1],
                    bytes,
                    method.bytes().applyAsDouble(net),
                    method.cubes().applyAsDouble(net));
        }
    }

    /** The seconds of each step; stops early after a few seconds in all. */
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

    /** Allocates the memory of the objective itself, before that of an optimizer is measured. */
    private static void useOnce(SupervisedObjective objective) {
        INDArray out = Arena.create(objective.dtype(), Shape.of(objective.size()));
        INDArray squares = Arena.create(objective.dtype(), Shape.of(objective.size()));
        objective.gradient(objective.theta(), Scope.all(), out, SquaredGradients.inOnePass(), squares);
        try (Linearization linearization = objective.linearize(objective.theta(), Scope.all())) {
            linearization.product(Curvature.GAUSS_NEWTON, squares, out);
        }
    }
}
