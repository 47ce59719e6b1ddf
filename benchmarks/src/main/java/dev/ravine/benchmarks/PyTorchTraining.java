package dev.ravine.benchmarks;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.TensorVector;

/** PyTorch's training steps: backward into the gradients, then the optimizer's step. */
final class PyTorchTraining implements Subject {
    private final Map<Quantity, PyTorchNet> nets = new EnumMap<>(Quantity.class);
    private final Map<Quantity, Optimizer> optimizers = new EnumMap<>(Quantity.class);
    private PointerScope scope;
    private TensorVector gradient;

    PyTorchTraining(Net net) {
        for (Quantity quantity : quantities()) {
            nets.put(quantity, new PyTorchNet(net));
        }
        put(Quantity.SGD_STEP, p -> new SGD(p, new SGDOptions(RavineTraining.LEARNING_RATE)));
        put(Quantity.MOMENTUM_STEP, p -> {
            SGDOptions options = new SGDOptions(RavineTraining.LEARNING_RATE);
            options.momentum().put(RavineTraining.MOMENTUM);
            return new SGD(p, options);
        });
        put(Quantity.ADAM_STEP, p -> new Adam(p, new AdamOptions(RavineTraining.LEARNING_RATE)));
    }

    private void put(Quantity quantity, Function<TensorVector, Optimizer> maker) {
        optimizers.put(quantity, maker.apply(nets.get(quantity).parameters));
    }

    @Override
    public Set<Quantity> quantities() {
        return EnumSet.of(Quantity.GRADIENT, Quantity.SGD_STEP, Quantity.MOMENTUM_STEP, Quantity.ADAM_STEP);
    }

    @Override
    public void run(Quantity quantity) {
        if (scope != null) {
            scope.close();
        }
        scope = new PointerScope();
        PyTorchNet net = nets.get(quantity);
        if (quantity == Quantity.GRADIENT) {
            gradient = PyTorchNet.grad(
                    new TensorVector(net.loss(net.outputs())), net.parameters, new TensorVector(), false, false);
            return;
        }
        Optimizer optimizer = optimizers.get(quantity);
        optimizer.zero_grad();
        net.loss(net.outputs()).backward();
        optimizer.step();
    }

    @Override
    public float[] result(Quantity quantity) {
        PyTorchNet net = nets.get(quantity);
        return net.join(quantity == Quantity.GRADIENT ? gradient : net.parameters);
    }

    @Override
    public void close() {
        if (scope != null) {
            scope.close();
        }
    }
}
