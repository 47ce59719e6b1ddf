package dev.ravine.optim.shards;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Elements;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.ParameterVector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The graph of the summed loss over a fixed number of examples, and the examples in it. */
final class Shard implements AutoCloseable {
    private final int rows;
    private final Statistic statistic;
    private final GraphLinearization linearization;
    private final List<DataSet.RowCopy> examples = new ArrayList<>();
    private final INDArray point;
    private final Tensor features;
    private final Map<Curvature, Elements> products = new EnumMap<>(Curvature.class);
    private Elements gradient;
    private Elements sums;

    /**
     * Builds the graph.
     *
     * @param model module, loss and data
     * @param rows how many examples
     * @param statistic computed beside the gradient, or null
     * @param point where theta is read
     * @param vector where the vector is read that curvature multiplies; null for memory of its own, once it is needed
     */
    Shard(ShardedModel model, int rows, Statistic statistic, INDArray point, INDArray vector) {
        this.rows = rows;
        this.statistic = statistic;
        this.point = point;
        features = model.features(rows);
        Tensor targets = model.targets(rows);
        Tensor weights = model.weights(rows);
        Tensor outputs = model.module().apply(features);
        requireOutputForEachClass(outputs, model.data());
        List<Tensor> variables = model.parameters().segments().stream()
                .map(ParameterVector.Segment::parameter)
                .map(Parameter::variable)
                .toList();
        GraphLinearization.Builder builder = GraphLinearization.builder(
                        model.summedLoss(outputs, targets, weights), variables)
                .inputs(Stream.of(features, targets, weights)
                        .filter(Objects::nonNull)
                        .toArray(Tensor[]::new))
                .outputs(outputs)
                .meanOver(1)
                .sharing(point, vector);
        if (!model.loss().fisherIsGaussNewton()) {
            builder.withoutFisher();
        }
        if (weights != null) {
            builder.weights(weights);
        }
        if (statistic != null) {
            builder.statistic(statistic, rows);
        }
        linearization = builder.build();
        examples.add(model.data().rowCopy(rows, linearization.memory(features), linearization.memory(targets)));
        model.data().weights().ifPresent(own -> {
            Elements to = Elements.of(linearization.memory(weights));
            examples.add((rowsOfData, from) -> own.copy(rowsOfData, from, rows, to));
        });
    }

    private static void requireOutputForEachClass(Tensor outputs, DataSet data) {
        if (data.hasLabels() && outputs.shape().size(-1) < data.classes()) {
            long width = outputs.shape().size(-1);
            throw new ShapeException("the labels run from 0 to " + (data.classes() - 1) + ", but the model has only "
                    + width + (width == 1 ? " output" : " outputs"));
        }
    }

    /** How many examples it holds. */
    int rows() {
        return rows;
    }

    /** What it computes beside the gradient, or null. */
    Statistic statistic() {
        return statistic;
    }

    GraphLinearization linearization() {
        return linearization;
    }

    /** Takes examples in; theta is in the shared memory already. */
    void load(int[] rowsOfData, int from, long noise) {
        for (DataSet.RowCopy copy : examples) {
            copy.run(rowsOfData, from);
        }
        linearization.changed(features);
        linearization.resample(noise, rowsOfData, from);
        linearization.moveTo(point);
    }

    /** Computes what a request asks for. */
    Partial evaluate(boolean wantsGradient) {
        double loss = linearization.value();
        return new Partial(loss, wantsGradient ? gradient() : null, statistic == null ? null : sums());
    }

    /** The gradient of the summed loss, where it was computed. */
    Elements gradient() {
        INDArray result = linearization.gradient();
        gradient = gradient == null ? Elements.of(result) : gradient;
        return gradient;
    }

    private Elements sums() {
        INDArray result = linearization.statistic();
        sums = sums == null ? Elements.of(result) : sums;
        return sums;
    }

    /** The product of the summed loss's curvature with the shared vector, where it was computed. */
    Elements product(Curvature curvature) {
        INDArray result = linearization.product(curvature);
        return products.computeIfAbsent(curvature, c -> Elements.of(result));
    }

    @Override
    public void close() {
        linearization.close();
    }
}
