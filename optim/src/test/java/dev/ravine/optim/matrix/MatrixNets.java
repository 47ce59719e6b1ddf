package dev.ravine.optim.matrix;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.function.IntToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The nets and data of {@code matrix.py}. */
final class MatrixNets {
    static final int EXAMPLES = 20;

    private MatrixNets() {}

    /** tanh(tanh(x U + b) V + c) V' U' with U stored on three axes. */
    private static final class Tied extends Module {
        private final Parameter u = parameter("u", Initializer.zeros(), 2, 3, 4);
        private final Parameter b = parameter("b", Initializer.zeros(), 4);
        private final Parameter v = parameter("v", Initializer.zeros(), 4, 7);
        private final Parameter c = parameter("c", Initializer.zeros(), 7);

        @Override
        public Tensor forward(Tensor x) {
            Tensor flat = u.tensor().reshape(Shape.of(6, 4));
            return x.matmul(flat)
                    .add(b.tensor())
                    .tanh()
                    .matmul(v.tensor())
                    .add(c.tensor())
                    .tanh()
                    .matmul(v.tensor(), false, true)
                    .matmul(flat, false, true);
        }
    }

    static Module deep() {
        return new Sequential(
                new Linear(6, 5),
                Activation.tanh(),
                new Linear(5, 4),
                Activation.tanh(),
                new Linear(4, 4),
                Activation.tanh(),
                new Linear(4, 3));
    }

    /** One parameter, for functions of its own. */
    private static final class Weight extends Module {
        Weight(long... shape) {
            parameter("w", Initializer.zeros(), shape);
        }

        @Override
        public Tensor forward(Tensor x) {
            return x;
        }
    }

    /** A module of one parameter, to say which shape theta has. */
    static Module weight(DType dtype, long... shape) {
        Module module = new Weight(shape);
        module.initialize(dtype, 1);
        return module;
    }

    static Module plain() {
        return new Linear(5, 4);
    }

    static Module tied() {
        return new Tied();
    }

    static SupervisedObjective objective(Module net, DType dtype, Workers workers) {
        Elements theta = Elements.of(net.initialize(dtype, 1).array());
        for (int i = 0; i < theta.size(); i++) {
            theta.set(i, 0.6 * Math.sin(1.7 * (i + 1)));
        }
        net.parameterVector().touch();
        int inputs = net instanceof Linear ? 5 : 6;
        int outputs = net instanceof Tied ? 6 : inputs == 5 ? 4 : 3;
        DataSet data = DataSet.of(
                filled(dtype, inputs, i -> Math.sin(1.3 * i + 0.05 * (i * i % 17))),
                filled(dtype, outputs, i -> Math.cos(0.9 * i + 0.3 * (i * i % 11))));
        return SupervisedObjective.builder(net, Loss.meanSquaredError(), data)
                .shardSize(7)
                .workers(workers)
                .build();
    }

    private static INDArray filled(DType dtype, int width, IntToDoubleFunction value) {
        double[] numbers = new double[EXAMPLES * width];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = value.applyAsDouble(i);
        }
        return Arena.of(dtype, Shape.of(EXAMPLES, width), numbers);
    }
}
