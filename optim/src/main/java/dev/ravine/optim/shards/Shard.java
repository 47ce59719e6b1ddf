package dev.ravine.optim.shards;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Elements;
import dev.ravine.core.data.RowCopy;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The graph of the summed loss over a fixed number of examples, and the examples in it. */
final class Shard implements AutoCloseable {
    private final Kind kind;
    private final GraphLinearization linearization;
    private final List<RowCopy> examples = new ArrayList<>();
    private final INDArray point;
    private final Tensor features;
    private final IdentityHashMap<INDArray, Elements> products = new IdentityHashMap<>();
    private Elements gradient;
    private Elements sums;

    /**
     * What distinguishes shards of one model: those that compute less run faster.
     *
     * @param rows how many examples
     * @param hasGradient false for a statistic alone
     * @param statistic computed beside the gradient, or null
     */
    record Kind(int rows, boolean hasGradient, Statistic statistic) {
        /** Value and gradient alone. */
        static Kind plain(int rows) {
            return new Kind(rows, true, null);
        }
    }

    /**
     * Builds the graph.
     *
     * @param model module, loss and data
     * @param kind how many examples, and what is computed
     * @param point where theta is read
     * @param vector where the vector is read that curvature multiplies; null for memory of its own, once it is needed
     */
    Shard(ShardedModel model, Kind kind, INDArray point, INDArray vector) {
        int rows = kind.rows();
        this.kind = kind;
        this.point = point;
        ShardedModel.Graph graph = model.graph(rows);
        features = graph.features();
        GraphLinearization.Builder builder = GraphLinearization.builder(graph.loss(), model.variables())
                .inputs(graph.inputs().toArray(new Tensor[0]))
                .outputs(graph.outputs())
                .outputCurvature(graph.curvature())
                .meanOver(1)
                .sharing(point, vector);
        if (!model.loss().fisherIsGaussNewton()) {
            builder.withoutFisher();
        }
        if (graph.weights() != null) {
            builder.weights(graph.weights());
        }
        if (kind.statistic() != null) {
            builder.statistic(kind.statistic(), rows);
        }
        if (!kind.hasGradient()) {
            builder.withoutGradient();
        }
        linearization = builder.build();
        examples.add(model.data().rowCopy(rows, linearization.memory(features), linearization.memory(graph.targets())));
        if (graph.weights() != null) {
            examples.add(model.data().weightCopy(rows, linearization.memory(graph.weights())));
        }
    }

    Kind kind() {
        return kind;
    }

    /** How many examples it holds. */
    int rows() {
        return kind.rows();
    }

    GraphLinearization linearization() {
        return linearization;
    }

    /** Takes examples in; theta is in the shared memory already. */
    void load(int[] rowsOfData, int from, long noise) {
        for (RowCopy copy : examples) {
            copy.run(rowsOfData, from, noise);
        }
        linearization.changed(features);
        linearization.resample(noise, rowsOfData, from);
        linearization.moveTo(point);
    }

    /** The gradient of the summed loss, where it was computed. */
    Elements gradient() {
        INDArray result = linearization.gradient();
        gradient = gradient == null ? Elements.of(result) : gradient;
        return gradient;
    }

    /** The statistic's sums over examples, where they were computed. */
    Elements sums() {
        INDArray result = linearization.statistic();
        sums = sums == null ? Elements.of(result) : sums;
        return sums;
    }

    /**
     * The product of the summed loss's curvature, and of structural damping unless its weight is 0, with the shared
     * vector, where it was computed.
     */
    Elements product(Curvature curvature, double structural) {
        return products.computeIfAbsent(linearization.product(curvature, structural), Elements::of);
    }

    @Override
    public void close() {
        linearization.close();
    }
}
