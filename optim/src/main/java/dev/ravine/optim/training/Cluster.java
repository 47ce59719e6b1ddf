package dev.ravine.optim.training;

import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Module;
import dev.ravine.optim.objective.ModelObjective;
import java.util.Optional;

/**
 * Machines that compute objectives together. A jar on the class path that names a {@link Provider} with a public
 * constructor without arguments in {@code META-INF/services/dev.ravine.optim.training.Cluster$Provider} adds a kind of
 * clusters.
 */
public interface Cluster extends AutoCloseable {
    /** {@return the software and where it runs, for people, as in {@code Apache Spark 4.2.0 at local[2]}} */
    String name();

    /**
     * {@return an objective of data that the caller has in memory, with the numbers of one machine} The caller closes
     * the objective before the cluster.
     *
     * @param code makes the net and its loss again elsewhere
     * @param net of the caller, made by that code and initialized
     * @param data the examples
     * @param l2 weight of L2, not negative
     * @throws IllegalArgumentException if the cluster cannot compute this net
     */
    Placed place(ModelCode code, Module net, DataSet data, double l2);

    @Override
    void close();

    /**
     * An objective, and who should hear of the steps on it.
     *
     * @param objective to be closed
     * @param listener for the trainer; it may name jobs after steps
     */
    record Placed(ModelObjective objective, TrainingListener listener) implements AutoCloseable {
        @Override
        public void close() {
            objective.close();
        }
    }

    /** Connects to clusters of one kind. */
    interface Provider {
        /**
         * {@return a connection to a cluster, to be closed; empty if the master is of another kind}
         *
         * @param master the cluster's address
         * @throws IllegalArgumentException if there is no such cluster
         */
        Optional<Cluster> connect(String master);
    }
}
