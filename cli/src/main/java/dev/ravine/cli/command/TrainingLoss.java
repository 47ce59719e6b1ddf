package dev.ravine.cli.command;

import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The training objective, and where it has L2 also the loss without it. */
final class TrainingLoss implements AutoCloseable {
    private static final Measure LOSS = new Measure("training loss", false, Measure.Kind.OBJECTIVE);
    private static final Measure OBJECTIVE = new Measure("training objective", false, Measure.Kind.OBJECTIVE);
    private static final Measure LOSS_ALONE = new Measure("training loss", false, Measure.Kind.TRAINING);

    private final SupervisedObjective loss;
    private final double l2;

    TrainingLoss(Module net, Loss loss, DataSet data, double l2) {
        this.loss = SupervisedObjective.of(net, loss, data);
        this.l2 = l2;
    }

    /** What it measures, before the measures of the problem's own. */
    static List<Measure> measures(double l2, Measure... own) {
        List<Measure> all = new ArrayList<>(l2 == 0 ? List.of(LOSS) : List.of(OBJECTIVE, LOSS_ALONE));
        all.addAll(List.of(own));
        return List.copyOf(all);
    }

    /** Measures the net as it stands. */
    void measure(Map<String, Double> figures) {
        double value = loss.value(loss.theta(), Scope.all());
        if (l2 == 0) {
            figures.put(LOSS.name(), value);
        } else {
            figures.put(OBJECTIVE.name(), value + l2 / 2 * Vectors.dot(loss.theta(), loss.theta()));
            figures.put(LOSS_ALONE.name(), value);
        }
    }

    @Override
    public void close() {
        loss.close();
    }
}
