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
import dev.ravine.nn.TokenCrossEntropy;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Ravine by its public API, as an optimizer uses it. */
final class RavineSubject implements Subject {
    final SupervisedObjective objective;
    final Arena arena = new Arena();
    private final INDArray direction;
    private final INDArray out;
    private Linearization linearization;
    private double loss;

    RavineSubject(Net net) {
        this(net, new Workers(Integer.getInteger("workers", Runtime.getRuntime().availableProcessors())));
    }

    RavineSubject(Net net, Workers workers) {
        objective = SupervisedObjective.builder(module(net), loss(net), data(net, arena))
                .workers(workers)
                .memoryLimit(Long.getLong("memoryLimit", Long.MAX_VALUE))
                .build();
        write(net.parameters(), objective.theta());
        objective.thetaChanged(objective.theta());
        direction = vector(net.direction());
        out = arena.allocate(DType.FLOAT32, Shape.of(net.size()));
    }

    static Module module(Net net) {
        Module module = new Sequential(net.layers().stream().map(Layer::ravine).toArray(Module[]::new));
        module.initialize(DType.FLOAT32, 1);
        return module;
    }

    static Loss loss(Net net) {
        return switch (net.target()) {
            case CLASS -> Loss.softmaxCrossEntropy();
            case CLASS_OF_STEP -> new TokenCrossEntropy();
            case INPUTS -> new Loss.BinaryCrossEntropy(Reduction.SUM);
        };
    }

    static DataSet data(Net net, Arena arena) {
        INDArray features = arena.allocate(DType.FLOAT32, shape(net, net.input()));
        write(net.features(), features);
        if (net.target() == Net.Target.INPUTS) {
            return DataSet.autoencoding(features);
        }
        INDArray labels = Arena.ofIntegers(net.labels());
        return net.target() == Net.Target.CLASS
                ? DataSet.of(features, labels)
                : DataSet.ofSequences(
                        features, Arena.view(labels, 0, shape(net, net.input().subList(0, 1))));
    }

    private static Shape shape(Net net, List<Integer> example) {
        return Shape.of(
                IntStream.concat(IntStream.of(net.batch()), example.stream().mapToInt(i -> i))
                        .mapToLong(i -> i)
                        .toArray());
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
            case FORWARD -> loss = objective.value(objective.theta(), Scope.all());
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
        return quantity == Quantity.FORWARD ? new float[] {(float) loss} : read(out);
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
