package dev.ravine.cli.problem;

import dev.ravine.core.Arena;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TrainTest;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.Metric;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The net of a task while it is measured again and again. Programs and memory are kept between measurements. Figures
 * are of the parameters as they stand; the outputs for a data set and the loss are computed once a measurement.
 */
public final class MeasuredNet implements AutoCloseable {
    private static final int MOST_GRADIENT_EXAMPLES = 2_000;

    private final Module net;
    private final TrainTest set;
    private final SupervisedObjective objective;
    private final SupervisedObjective loss;
    private final Predictor predictor;
    private final Map<Mean, SupervisedObjective> means = new HashMap<>();
    private final IdentityHashMap<DataSet, INDArray> outputs = new IdentityHashMap<>();

    private final Arena memory = new Arena("measurements");
    private final double l2;
    private INDArray gradient;
    private OptionalDouble trainingLoss = OptionalDouble.empty();

    private record Mean(Loss loss, DataSet data) {}

    /** Builds the objective; everything else is built at its first use. */
    MeasuredNet(Module net, Loss loss, TrainTest set, double l2) {
        this.net = net;
        this.set = set;
        this.l2 = l2;
        this.loss = SupervisedObjective.of(net, loss, set.train());
        this.objective = l2 == 0
                ? this.loss
                : SupervisedObjective.builder(net, loss, set.train()).l2(l2).build();
        this.predictor = new Predictor(net);
    }

    /** Forgets the outputs and the loss of earlier parameters. */
    void begin() {
        outputs.clear();
        trainingLoss = OptionalDouble.empty();
    }

    /** {@return the parameters, all in one vector; not to be changed} */
    public INDArray theta() {
        return net.parameterVector().array();
    }

    /** {@return the loss over all training examples, L2 included} */
    public double objective() {
        Elements point = Elements.of(objective.theta());
        double squares = 0;
        for (Span span : l2 == 0 ? List.<Span>of() : objective.trainable()) {
            squares += Vectors.dot(point, point, span.from(), span.to());
        }
        return loss() + l2 / 2 * squares;
    }

    /**
     * {@return the gradient of the objective over some training examples, evenly chosen and always the same, L2
     * included} It is a sample so that it costs no more than a measurement of the figures, however many examples there
     * are.
     */
    public double[] gradient() {
        int all = set.train().size();
        int[] rows = new int[gradientExamples(set)];
        Arrays.setAll(rows, i -> (int) ((long) i * all / rows.length));
        if (gradient == null) {
            gradient = memory.allocate(objective.dtype(), Shape.of(objective.size()));
        }
        objective.gradient(objective.theta(), Scope.of(rows), gradient);
        return Arena.toDoubles(gradient);
    }

    /**
     * {@return over how many examples the gradient is taken}
     *
     * @param set the data
     */
    public static int gradientExamples(TrainTest set) {
        return Math.min(MOST_GRADIENT_EXAMPLES, set.train().size());
    }

    /** {@return the loss over all training examples, without L2} */
    public double loss() {
        if (trainingLoss.isEmpty()) {
            trainingLoss = OptionalDouble.of(value(loss));
        }
        return trainingLoss.getAsDouble();
    }

    /**
     * {@return a metric of the outputs for the training data}
     *
     * @param metric of outputs and data
     */
    public double training(Metric metric) {
        return figure(metric, set.train());
    }

    /**
     * {@return a metric of the outputs for the test data}
     *
     * @param metric of outputs and data
     */
    public double test(Metric metric) {
        return figure(metric, set.test());
    }

    /**
     * {@return the mean of a loss over all examples, computed in shards, so that large outputs need no memory}
     *
     * @param other a loss
     * @param data of the net's dtype
     */
    public double mean(Loss other, DataSet data) {
        return value(means.computeIfAbsent(
                new Mean(other, data), mean -> SupervisedObjective.of(net, mean.loss(), mean.data())));
    }

    private double figure(Metric metric, DataSet data) {
        return metric.figure().applyAsDouble(outputs.computeIfAbsent(data, predictor::outputs), data);
    }

    private static double value(SupervisedObjective of) {
        return of.value(of.theta(), Scope.all());
    }

    @Override
    public void close() {
        predictor.close();
        memory.close();
        means.values().forEach(SupervisedObjective::close);
        if (objective != loss) {
            objective.close();
        }
        loss.close();
    }
}
