package dev.ravine.optim.training;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The probabilities of classes, by softmax. */
final class ClassProbabilities {
    private ClassProbabilities() {}

    /** A row for each example; not numbers in a row with an output that is none. */
    static double[][] of(INDArray outputs) {
        double[] all = Arena.toDoubles(Tensor.constant(outputs).softmax(1).value());
        int classes = (int) outputs.size(1);
        double[][] rows = new double[(int) outputs.size(0)][classes];
        for (int i = 0; i < all.length; i++) {
            rows[i / classes][i % classes] = all[i];
        }
        return rows;
    }
}
