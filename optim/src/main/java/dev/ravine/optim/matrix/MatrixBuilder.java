package dev.ravine.optim.matrix;

import dev.ravine.nn.Module;
import dev.ravine.optim.firstorder.FirstOrder;
import java.util.List;
import java.util.Map;

/**
 * Settings of optimizers that see the parameters of a module as matrices. Begins with batches of 500 and a weight decay
 * that is decoupled.
 *
 * @param <B> the builder itself
 */
abstract class MatrixBuilder<B extends MatrixBuilder<B>> extends FirstOrder.Builder<B> {
    private final List<MatrixParameter> parameters;

    MatrixBuilder(double learningRate, Module module) {
        super(learningRate);
        this.parameters = MatrixParameter.of(module);
        batchSize(500);
        decoupledWeightDecay(true);
    }

    final List<MatrixParameter> parameters() {
        return parameters;
    }

    /** The rules of all parameters, with the settings as they are now. */
    final MatrixFrame frame() {
        return new MatrixFrame(parameters, maker());
    }

    /** Makes the rule of each parameter, with the settings as they are now. */
    abstract MatrixFrame.Maker maker();

    /** The settings of this kind by name, as they are now. */
    abstract Map<String, Object> own();
}
