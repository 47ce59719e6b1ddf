package dev.ravine.cli.compare;

import dev.ravine.cli.problem.Task;
import dev.ravine.core.data.DataSet;
import dev.ravine.optim.training.Cluster;
import dev.ravine.optim.training.ModelCode;
import java.util.Optional;

/**
 * Where objectives are computed.
 *
 * @param cluster which computes them; empty for this process
 */
public record Place(Optional<Cluster> cluster) {
    /** This process. */
    public static final Place HERE = new Place(Optional.empty());

    /**
     * {@return the objective of a task on the cluster, to be closed; empty for this process}
     *
     * @param task whose net is initialized
     * @throws IllegalArgumentException if the cluster cannot compute it
     */
    Optional<Cluster.Placed> objective(Task task) {
        return cluster.map(on -> on.place(code(task), task.net(), unchanged(task), task.l2()));
    }

    private static DataSet unchanged(Task task) {
        if (task.examples() != task.set().train()) {
            throw new IllegalArgumentException("the training images are changed by --augment as they are read, which"
                    + " executors do not do; leave --master or --augment away");
        }
        return task.set().train();
    }

    private static ModelCode code(Task task) {
        return task.code()
                .orElseThrow(() -> new IllegalArgumentException("this problem gives a net and no code that makes it"
                        + " again, so executors cannot make it; expected a task by Task.builder(ModelCode, TrainTest);"
                        + " leave --master away, or change the problem"));
    }

    /** {@return what computes, for people} */
    public String name() {
        return cluster.map(Cluster::name)
                .orElseGet(() -> "this machine, " + Runtime.getRuntime().availableProcessors() + " threads at most");
    }
}
