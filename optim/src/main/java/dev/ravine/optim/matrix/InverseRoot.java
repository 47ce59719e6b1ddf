package dev.ravine.optim.matrix;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.Lapack;
import dev.ravine.core.kernels.MatrixKernels;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.NonFiniteLossException;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One side's second moment of gradients, and a negative power of it that may be some steps old. */
final class InverseRoot {
    final INDArray moment;
    final INDArray root;
    private final int order;
    private final String name;
    private final DType dtype;

    InverseRoot(String name, DType dtype, int order, Arena arena) {
        this.name = name;
        this.dtype = dtype;
        this.order = order;
        this.moment = arena.allocate(dtype, Shape.of(order, order));
        this.root = arena.allocate(dtype, Shape.of(order, order));
    }

    /** Makes the root one that changes nothing, until there is a moment. */
    void startAtIdentity() {
        Elements elements = Elements.of(root);
        for (int i = 0; i < order; i++) {
            elements.set(i * order + i, 1);
        }
    }

    /**
     * root = (moment / correction)^-exponent, by eigenvectors in double precision. If the smallest eigenvalue is below
     * epsilon, it is first subtracted from all of them, and epsilon is added.
     *
     * @return the operations
     */
    long refresh(double correction, double exponent, double epsilon) {
        int at = Vectors.firstNonFinite(moment);
        if (at >= 0) {
            throw new NonFiniteLossException("the second moment of gradients of " + name + " is not finite at element "
                    + at + "; lower the learning rate, or clip the gradient");
        }
        INDArray vectors = Arena.of(DType.FLOAT64, Shape.of(order, order), Arena.toDoubles(moment));
        INDArray values = Arena.create(DType.FLOAT64, Shape.of(order));
        Vectors.scale(1 / correction, vectors);
        Lapack.eigen(vectors, values);
        double[] powers = Arena.toDoubles(values);
        double smallest = powers[0];
        for (int i = 0; i < order; i++) {
            double value = smallest < epsilon ? powers[i] - smallest + epsilon : powers[i];
            powers[i] = Math.pow(value, -exponent);
        }
        write(vectors, powers);
        return 11L * order * order * order;
    }

    /** V' diag(powers) V in the precision of the root. */
    private void write(INDArray vectors, double[] powers) {
        INDArray scaled = Arena.copyOf(vectors);
        Elements rows = Elements.of(scaled);
        double[] row = new double[order];
        for (int i = 0; i < order; i++) {
            rows.read(i * order, order, row);
            for (int j = 0; j < order; j++) {
                row[j] *= powers[i];
            }
            rows.write(i * order, order, row);
        }
        INDArray product = dtype == DType.FLOAT64 ? root : Arena.create(DType.FLOAT64, Shape.of(order, order));
        Kernel gemm = MatrixKernels.gemm(vectors, true, scaled, false, product, 0);
        gemm.run();
        if (product != root) {
            Elements.of(root).write(0, order * order, Arena.toDoubles(product));
        }
    }
}
