package dev.ravine.benchmarks;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;

/** PyTorch's training steps: backward into the gradients, then the optimizer's step. */
final class PyTorchTraining implements Subject {
    private final Map<Quantity, PyTorchNet> nets = new EnumMap<>(Quantity.class);
    private final Map<Quantity, Optimizer> optimizers = new EnumMap<>(Quantity.class);

    PyTorchTraining(Net net) {
        for (Quantity quantity : quantities()) {
            PyTorchNet made = new PyTorchNet(net);
            nets.put(quantity, made);
            optimizers.put(
                    quantity,
                    quantity == Quantity.SGD_STEP
                            ? new SGD(made.parameters, new SGDOptions(RavineTraining.LEARNING_RATE))
                            : new Adam(made.parameters, new AdamOptions(RavineTraining.LEARNING_RATE)));
        }
    }

    @Override
    public Set<Quantity> quantities() {
        return EnumSet.of(Quantity.SGD_STEP, Quantity.ADAM_STEP);
    }

    @Override
    public void run(Quantity quantity) {
        try (PointerScope scope = new PointerScope()) {
            PyTorchNet net = nets.get(quantity);
            Optimizer optimizer = optimizers.get(quantity);
            optimizer.zero_grad();
            net.loss(net.outputs()).backward();
            optimizer.step();
        }
    }

    @Override
    public float[] result(Quantity quantity) {
        PyTorchNet net = nets.get(quantity);
        return net.join(net.parameters);
    }

    @Override
    public void close() {}
}
