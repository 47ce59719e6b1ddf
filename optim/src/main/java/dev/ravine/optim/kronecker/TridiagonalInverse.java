package dev.ravine.optim.kronecker;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.MatrixKernels;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The inverse of a curvature whose inverse is block-tridiagonal (Martens and Grosse, ICML 2015, as in Martens' code):
 * each layer is a linear function of the next one plus what is independent of it. The matrix that is inverted has the
 * damped blocks A (x) G on its diagonal and the cross moments of neighbours beside them, undamped.
 */
final class TridiagonalInverse implements AutoCloseable {
    private final Arena arena = new Arena("the inverse of Kronecker factors");
    private final DType dtype;
    private final FactorDamping damping;
    private final List<Layer> layers = new ArrayList<>();

    /** The numbers of a layer and its part of a product. */
    private final class Layer {
        private final KroneckerBlock block;
        private final BlockVector vector;
        private final INDArray left;
        private final INDArray right;
        private final INDArray quotients;
        private final Kernel[] into;
        private final Kernel[] back;
        private final INDArray middle;
        /** Minus the input side's regression on the next layer, and the output side's; null for the last layer. */
        private INDArray minusInputs;

        private INDArray outputs;
        private Kernel[] fromNext;
        private Kernel[] toNext;

        Layer(KroneckerBlock block) {
            this.block = block;
            int m = block.inputs();
            int n = block.outputs();
            vector = new BlockVector(block, matrix(m, n));
            left = matrix(m, m);
            right = matrix(n, n);
            quotients = matrix(m, n);
            INDArray half = matrix(m, n);
            middle = matrix(m, n);
            INDArray x = vector.matrix();
            into = new Kernel[] {
                MatrixKernels.gemm(left, true, x, false, half, 0),
                MatrixKernels.gemm(half, false, right, false, middle, 0)
            };
            back = new Kernel[] {
                MatrixKernels.gemm(left, false, middle, false, half, 0),
                MatrixKernels.gemm(half, false, right, true, x, 0)
            };
        }

        void precede(Layer next) {
            minusInputs = matrix(block.inputs(), next.block.inputs());
            outputs = matrix(block.outputs(), next.block.outputs());
            INDArray x = vector.matrix();
            INDArray y = next.vector.matrix();
            INDArray down = matrix(block.inputs(), next.block.outputs());
            INDArray up = matrix(next.block.inputs(), block.outputs());
            fromNext = new Kernel[] {
                MatrixKernels.gemm(minusInputs, false, y, false, down, 0),
                MatrixKernels.gemm(down, false, outputs, true, x, 1)
            };
            toNext = new Kernel[] {
                MatrixKernels.gemm(minusInputs, true, x, false, up, 0),
                MatrixKernels.gemm(up, false, outputs, false, y, 1)
            };
        }

        /** Multiplies by the inverse of what is independent of the next layer. */
        void scale() {
            run(into);
            Vectors.multiply(middle, quotients, middle);
            run(back);
        }

        List<INDArray> arrays() {
            return minusInputs == null
                    ? List.of(left, right, quotients)
                    : List.of(left, right, quotients, minusInputs, outputs);
        }
    }

    /** A chain of blocks, which has no numbers before its first refresh. */
    TridiagonalInverse(List<KroneckerBlock> blocks, DType dtype, FactorDamping damping) {
        this.dtype = dtype;
        this.damping = damping;
        blocks.forEach(block -> layers.add(new Layer(block)));
        for (int l = 0; l + 1 < layers.size(); l++) {
            layers.get(l).precede(layers.get(l + 1));
        }
    }

    private INDArray matrix(int rows, int columns) {
        return arena.allocate(dtype, Shape.of(rows, columns));
    }

    private static void run(Kernel[] kernels) {
        for (Kernel kernel : kernels) {
            kernel.run();
        }
    }

    /** Writes the product with a vector into the parameters of all blocks. */
    void apply(INDArray v, INDArray out) {
        layers.forEach(layer -> layer.vector.read(v));
        for (int l = 0; l + 1 < layers.size(); l++) {
            run(layers.get(l).fromNext);
        }
        layers.forEach(Layer::scale);
        for (int l = layers.size() - 2; l >= 0; l--) {
            run(layers.get(l).toNext);
        }
        layers.forEach(layer -> layer.vector.write(out));
    }

    /**
     * Inverts, in double precision.
     *
     * @param factors A and G of each layer
     * @param cross moments of each layer but the last with the next one, of inputs and of cotangents
     * @return the names of the blocks that could not be inverted; then the last inverse of all stays
     */
    List<String> refresh(List<List<INDArray>> factors, List<List<INDArray>> cross, double gamma) {
        List<Side> inputs = new ArrayList<>();
        List<Side> outputs = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (int l = 0; l < layers.size(); l++) {
            INDArray a = factors.get(l).get(0);
            INDArray g = factors.get(l).get(1);
            boolean isFinite = Vectors.firstNonFinite(a) < 0 && Vectors.firstNonFinite(g) < 0;
            Shifts shifts = Shifts.of(a, g, gamma, damping);
            inputs.add(isFinite ? Side.of(a, shifts.left()) : null);
            outputs.add(isFinite ? Side.of(g, shifts.right()) : null);
            if (!isFinite || inputs.get(l) == null || outputs.get(l) == null) {
                failed.add(layers.get(l).block.name());
            }
        }
        if (failed.isEmpty()) {
            for (int l = 0; l < layers.size(); l++) {
                boolean isLast = l + 1 == layers.size();
                Basis a = inputs.get(l).basis(isLast ? null : cross.get(l).get(0), isLast ? null : inputs.get(l + 1));
                Basis g = outputs.get(l).basis(isLast ? null : cross.get(l).get(1), isLast ? null : outputs.get(l + 1));
                take(layers.get(l), a, g);
            }
        }
        return failed;
    }

    private static void take(Layer layer, Basis a, Basis g) {
        Symmetric.convert(a.vectors, layer.left);
        Symmetric.convert(g.vectors, layer.right);
        if (layer.minusInputs != null) {
            Symmetric.convert(a.regression, layer.minusInputs);
            Vectors.scale(-1, layer.minusInputs);
            Symmetric.convert(g.regression, layer.outputs);
        }
        Elements quotients = Elements.of(layer.quotients);
        int n = g.shares.length;
        for (int i = 0; i < a.shares.length * n; i++) {
            double independent = 1 - a.shares[i / n] * g.shares[i % n];
            quotients.set(i, independent > 0 ? 1 / independent : 1);
        }
    }

    /**
     * How a side of a layer depends on that of the next one.
     *
     * @param vectors whose products with their transpose are the damped factor's inverse
     * @param shares of their variance that the next layer explains, at most 1
     * @param regression on the next layer; null for the last one
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Basis(INDArray vectors, double[] shares, INDArray regression) {}

    /**
     * A damped factor of a layer.
     *
     * @param root of its inverse
     * @param inverse of it
     */
    private record Side(INDArray root, INDArray inverse) {
        /** Null if the factor is not positive definite. */
        static Side of(INDArray factor, double shift) {
            int n = (int) factor.size(0);
            INDArray damped = square(n);
            Symmetric.convert(factor, damped);
            Symmetric.addToDiagonal(damped, shift);
            INDArray vectors = square(n);
            double[] values = Symmetric.eigen(damped, n, vectors);
            if (!(values[0] > 0)) {
                return null;
            }
            return new Side(power(vectors, values, -0.5), power(vectors, values, -1));
        }

        /** V' diag(values^exponent) V for vectors as rows. */
        private static INDArray power(INDArray vectors, double[] values, double exponent) {
            int n = values.length;
            INDArray scaled = Arena.copyOf(vectors);
            Elements elements = Elements.of(scaled);
            for (int i = 0; i < n * n; i++) {
                elements.set(i, elements.get(i) * Math.pow(values[i / n], exponent));
            }
            return product(vectors, true, scaled, false);
        }

        Basis basis(INDArray crossMoments, Side next) {
            if (next == null) {
                return new Basis(root, new double[(int) root.size(0)], null);
            }
            INDArray cross = Arena.create(DType.FLOAT64, Shape.of(crossMoments));
            Symmetric.convert(crossMoments, cross);
            INDArray regression = product(cross, false, next.inverse, false);
            INDArray explained = product(regression, false, cross, true);
            INDArray relative = product(product(root, false, explained, false), false, root, false);
            int n = (int) root.size(0);
            INDArray vectors = square(n);
            double[] shares = Symmetric.eigen(relative, n, vectors);
            double[] clipped = Arrays.stream(shares).map(d -> Math.min(d, 1)).toArray();
            return new Basis(product(root, false, vectors, true), clipped, regression);
        }

        private static INDArray square(int n) {
            return Arena.create(DType.FLOAT64, Shape.of(n, n));
        }

        private static INDArray product(INDArray a, boolean isTransposed, INDArray b, boolean isOtherTransposed) {
            long rows = a.size(isTransposed ? 1 : 0);
            long columns = b.size(isOtherTransposed ? 0 : 1);
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(rows, columns));
            try (Kernel product = MatrixKernels.gemm(a, isTransposed, b, isOtherTransposed, out, 0)) {
                product.run();
            }
            return out;
        }
    }

    /** Floating-point operations of a product: into each basis and back, and four products for each neighbour. */
    double productCost() {
        double sum = 0;
        for (int l = 0; l < layers.size(); l++) {
            KroneckerBlock own = layers.get(l).block;
            sum += 2 * own.productCost();
            if (l + 1 < layers.size()) {
                KroneckerBlock next = layers.get(l + 1).block;
                sum += 2.0 * own.inputs() * next.outputs() * (next.inputs() + own.outputs());
                sum += 2.0 * next.inputs() * own.outputs() * (own.inputs() + next.outputs());
            }
        }
        return sum;
    }

    /** Floating-point operations of a refresh: two systems of eigenvectors and about five products for each factor. */
    double refreshCost() {
        return layers.stream()
                .mapToDouble(layer -> 14 * layer.block.inverseCost())
                .sum();
    }

    /** The numbers that a state must hold, in memory that is read and written directly. */
    List<INDArray> arrays() {
        return layers.stream().flatMap(layer -> layer.arrays().stream()).toList();
    }

    @Override
    public void close() {
        arena.close();
    }
}
