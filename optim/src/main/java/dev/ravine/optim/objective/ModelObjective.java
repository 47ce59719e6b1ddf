package dev.ravine.optim.objective;

import dev.ravine.core.data.DataSet;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An objective that trains a model: theta is the model's own parameter vector, and the model can predict. It is what a
 * training loop needs; where its examples live and are computed is its own affair.
 */
public interface ModelObjective extends Objective {
    /** {@return the model's parameters, which optimizers change: the vector itself} */
    INDArray theta();

    /**
     * {@return the model's outputs for all examples of some data, in evaluation mode} The array has the shape
     * [examples, ...], and the caller owns it.
     *
     * @param data of the model's dtype
     */
    INDArray outputs(DataSet data);

    /**
     * {@return what a run that goes on from a checkpoint must have in common with the run that wrote it, by name} Such
     * as the number of examples, a checksum of the data, and the weight of L2. May read all data.
     */
    Map<String, Double> settings();

    /**
     * {@return the model and its loss as text that is equal in every process, by which a run that goes on knows them;
     * empty if they are not known, as by default} See {@link dev.ravine.autodiff.GraphText}.
     */
    default String graphText() {
        return "";
    }

    /**
     * {@return the work so far in whole operations, so that a resumed run has the same sum as an uninterrupted one;
     * rounded from {@link #cost} unless overridden}
     */
    default Work work() {
        return Work.ofGradients(cost());
    }
}
