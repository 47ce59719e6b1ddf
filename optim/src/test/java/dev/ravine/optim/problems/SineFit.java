package dev.ravine.optim.problems;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A period of a sine, and a small net to learn it. */
public final class SineFit {
    public static final int EXAMPLES = 40;

    private SineFit() {}

    public static DataSet data(DType dtype) {
        INDArray x = Arena.create(dtype, Shape.of(EXAMPLES, 1));
        INDArray y = Arena.create(dtype, Shape.of(EXAMPLES, 1));
        for (int i = 0; i < EXAMPLES; i++) {
            double at = 2.0 * i / (EXAMPLES - 1) - 1;
            Elements.of(x).set(i, at);
            Elements.of(y).set(i, Math.sin(Math.PI * at));
        }
        return DataSet.of(x, y);
    }

    /** 1 - 8 - 1 with tanh, 25 parameters, initialized. */
    public static Sequential net(DType dtype) {
        var net = new Sequential(new Linear(1, 8), Activation.tanh(), new Linear(8, 1));
        net.initialize(dtype, 1);
        return net;
    }
}
