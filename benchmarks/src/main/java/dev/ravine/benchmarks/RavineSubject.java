package dev.ravine.benchmarks;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Ravine by its public API, as an optimizer uses it. */
final class RavineSubject implements Subject {
    final SupervisedObjective objective;
    final Arena arena = new Arena();
    private final INDArray direction;
    private final INDArray out;
    private Linearization linearization;

    RavineSubject(Net net) {
        this(net, new Workers(Integer.getInteger("workers", Runtime.getRuntime().availableProcessors())));
    }

    RavineSubject(Net net, Workers workers) {
        objective = SupervisedObjective.builder(module(net), loss(net), data(net, arena))
                .workers(workers)
                .build();
        write(net.parameters(), objective.theta());
        objective.thetaChanged(objective.theta());
        direction = vector(net.direction());
        out = arena.allocate(DType.FLOAT32, Shape.of(net.size()));
    }

    static Module module(Net net) {
        List<Module> layers = new ArrayList<>();
        for (int l = 0; l < net.layers(); l++) {
            layers.add(new Linear(net.in(l), net.out(l)));
            if (l < net.layers() - 1) {
                layers.add(
                        switch (net.activation()) {
                            case "tanh" -> Activation.tanh();
                            case "relu" -> Activation.relu();
                            default -> Activation.sigmoid();
                        });
            }
        }
        Module module = new Sequential(layers.toArray(Module[]::new));
        module.initialize(DType.FLOAT32, 1);
        return module;
    }

    static Loss loss(Net net) {
        return net.isClassifier() ? Loss.softmaxCrossEntropy() : new Loss.BinaryCrossEntropy(Reduction.SUM);
    }

    static DataSet data(Net net, Arena arena) {
        INDArray features = arena.allocate(DType.FLOAT32, Shape.of(net.batch(), net.in(0)));
        write(net.features(), features);
        return net.isClassifier()
                ? DataSet.of(features, Arena.ofIntegers(net.labels()))
                : DataSet.autoencoding(features);
    }

    private INDArray vector(float[] values) {
        INDArray vector = arena.allocate(DType.FLOAT32, Shape.of(values.length));
        write(values, vector);
        return vector;
    }

    static void write(float[] values, INDArray into) {
        Elements elements = Elements.of(into);
        for (int i = 0; i < values.length; i++) {
            elements.set(i, values[i]);
        }
    }

    static float[] read(INDArray from) {
        Elements elements = Elements.of(from);
        float[] values = new float[elements.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) elements.get(i);
        }
        return values;
    }

    @Override
    public Set<Quantity> quantities() {
        return EnumSet.of(Quantity.FORWARD, Quantity.GRADIENT, Quantity.HVP, Quantity.GAUSS_NEWTON);
    }

    @Override
    public void run(Quantity quantity) {
        switch (quantity) {
            case FORWARD -> objective.value(objective.theta(), Scope.all());
            case GRADIENT -> objective.gradient(objective.theta(), Scope.all(), out);
            case HVP -> linearization().hessian(direction, out);
            case GAUSS_NEWTON -> linearization().gaussNewton(direction, out);
            default -> throw new IllegalArgumentException(quantity + " is not measured for Ravine");
        }
    }

    private Linearization linearization() {
        if (linearization == null) {
            linearization = objective.linearize(objective.theta(), Scope.all());
        }
        return linearization;
    }

    @Override
    public float[] result(Quantity quantity) {
        return read(out);
    }

    @Override
    public void close() {
        if (linearization != null) {
            linearization.close();
        }
        objective.close();
        arena.close();
    }
}
