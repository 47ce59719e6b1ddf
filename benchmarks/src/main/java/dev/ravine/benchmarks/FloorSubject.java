package dev.ravine.benchmarks;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.NativeRuntime;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.MatrixKernels;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Nothing but the matrix products, into memory of their own, in the given threading. */
final class FloorSubject implements Subject {
    private final Workers workers;
    private final Arena arena = new Arena();
    private final Map<Quantity, Kernel[][]> kernels = new EnumMap<>(Quantity.class);
    private final Map<List<Object>, INDArray> matrices = new HashMap<>();
    private int part;

    /** One Java thread a core, each with its part of the rows, and one thread a product. */
    static FloorSubject split(Net net) {
        return new FloorSubject(net, Workers.forThisMachine());
    }

    /** All rows at once, and as many threads a product as there are cores. */
    static FloorSubject whole(Net net) {
        NativeRuntime.load();
        openblas.blas_set_num_threads(Runtime.getRuntime().availableProcessors());
        return new FloorSubject(net, new Workers(1));
    }

    private FloorSubject(Net net, Workers workers) {
        this.workers = workers;
        int parts = workers.count();
        for (Quantity quantity : List.of(Quantity.FORWARD, Quantity.GRADIENT, Quantity.HVP, Quantity.GAUSS_NEWTON)) {
            Kernel[][] byPart = new Kernel[parts][];
            for (int p = 0; p < parts; p++) {
                part = p;
                int rows = net.batch() * (p + 1) / parts - net.batch() * p / parts;
                List<Kernel> steps = new ArrayList<>();
                net.withBatch(rows).products(quantity).forEach(product -> steps.add(kernel(product)));
                byPart[p] = steps.toArray(Kernel[]::new);
            }
            kernels.put(quantity, byPart);
        }
    }

    private Kernel kernel(Product product) {
        INDArray inputs = matrix("inputs", product.rows(), product.in());
        INDArray outputs = matrix("outputs", product.rows(), product.out());
        INDArray weights = matrix("weights", product.in(), product.out());
        return switch (product.kind()) {
            case FORWARD -> MatrixKernels.gemm(inputs, false, weights, false, outputs, 0);
            case WEIGHTS -> MatrixKernels.gemm(inputs, true, outputs, false, weights, 0);
            case BACK -> MatrixKernels.gemm(outputs, false, weights, true, inputs, 0);
        };
    }

    /** Products of equal size share memory, which is kinder to the caches than a real net is. */
    private INDArray matrix(String role, int rows, int columns) {
        return matrices.computeIfAbsent(List.of(part, role, rows, columns), key -> {
            INDArray matrix = arena.allocate(DType.FLOAT32, Shape.of(rows, columns));
            Vectors.fill(matrix, 0.5);
            return matrix;
        });
    }

    @Override
    public Set<Quantity> quantities() {
        return kernels.keySet();
    }

    @Override
    public void run(Quantity quantity) {
        Kernel[][] byPart = kernels.get(quantity);
        workers.run(byPart.length, p -> {
            for (Kernel kernel : byPart[p]) {
                kernel.run();
            }
        });
    }

    @Override
    public float[] result(Quantity quantity) {
        return new float[0];
    }

    @Override
    public void close() {
        workers.close();
        arena.close();
    }
}
