package dev.ravine.optim.kronecker;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.Lapack;
import dev.ravine.core.kernels.MatrixKernels;
import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The damped inverse of one block. */
abstract class BlockInverse implements AutoCloseable {
    /** The fewest rows and floating-point operations of a part, so that its products stay efficient. */
    private static final int ROWS_OF_A_PART = 128;

    private static final double OPERATIONS_OF_A_PART = 4e6;

    final Arena arena = new Arena("the inverse of Kronecker factors");
    final KroneckerBlock block;
    final DType dtype;
    final INDArray input;
    final INDArray middle;
    final INDArray output;
    final BlockVector in;
    final BlockVector out;

    private BlockInverse(KroneckerBlock block, DType dtype) {
        this.block = block;
        this.dtype = dtype;
        Shape shape = Shape.of(block.inputs(), block.outputs());
        this.input = arena.allocate(dtype, shape);
        this.middle = arena.allocate(dtype, shape);
        this.output = arena.allocate(dtype, shape);
        this.in = new BlockVector(block, input);
        this.out = new BlockVector(block, output);
    }

    /** The inverse that a kind of damping takes. */
    static BlockInverse of(KroneckerBlock block, DType dtype, FactorDamping damping) {
        return damping == FactorDamping.EXACT ? new ByEigenvectors(block, dtype) : new ByFactors(block, dtype, damping);
    }

    /**
     * Inverts.
     *
     * @param a input side
     * @param g output side; null for the identity
     * @param gamma square root of the damping
     * @return whether it succeeded; if not, the last inverse stays
     */
    abstract boolean refresh(INDArray a, INDArray g, double gamma);

    /** Multiplies a part of what was read into the input; parts may run side by side. */
    abstract void multiply(int part);

    /** How many parts a product has. The same for any number of workers, so that bits do not depend on them. */
    int parts() {
        return 1;
    }

    /** Floating-point operations of a product. */
    double productCost() {
        return block.productCost();
    }

    /** Floating-point operations of a refresh. */
    double refreshCost() {
        return block.inverseCost();
    }

    /** The numbers that a state must hold, in memory that is read and written directly. */
    abstract INDArray[] arrays();

    @Override
    public void close() {
        arena.close();
    }

    /** (A + a I)^-1 (x) (G + g I)^-1 with two shifts whose product is the damping. */
    private static final class ByFactors extends BlockInverse {
        private final FactorDamping damping;
        private final INDArray left;
        private final INDArray right;
        private final INDArray leftTrial;
        private final INDArray rightTrial;
        private final Kernel[] first;
        private final Kernel[] second;

        ByFactors(KroneckerBlock block, DType dtype, FactorDamping damping) {
            super(block, dtype);
            this.damping = damping;
            Shape a = Shape.of(block.inputs(), block.inputs());
            Shape g = Shape.of(block.outputs(), block.outputs());
            left = arena.allocate(dtype, a);
            right = arena.allocate(dtype, g);
            leftTrial = arena.allocate(dtype, a);
            rightTrial = arena.allocate(dtype, g);
            int byWork = (int) (block.productCost() / OPERATIONS_OF_A_PART);
            int parts = Math.max(1, Math.min(block.inputs() / ROWS_OF_A_PART, byWork));
            first = new Kernel[parts];
            second = new Kernel[parts];
            for (int i = 0; i < parts; i++) {
                long from = (long) block.inputs() * i / parts;
                long to = (long) block.inputs() * (i + 1) / parts;
                INDArray rows = rows(middle, from, to);
                first[i] = MatrixKernels.gemm(rows(left, from, to), false, input, false, rows, 0);
                second[i] = MatrixKernels.gemm(rows, false, right, false, rows(output, from, to), 0);
            }
        }

        private static INDArray rows(INDArray matrix, long from, long to) {
            long columns = Shape.of(matrix).size(1);
            return Arena.view(matrix, from * columns, Shape.of(to - from, columns));
        }

        @Override
        int parts() {
            return first.length;
        }

        @Override
        boolean refresh(INDArray a, INDArray g, double gamma) {
            Shifts shifts = Shifts.of(a, g, gamma, damping);
            if (!inverse(a, shifts.left(), leftTrial) || !inverse(g, shifts.right(), rightTrial)) {
                return false;
            }
            Vectors.copy(leftTrial, left);
            Vectors.copy(rightTrial, right);
            return true;
        }

        /** In the factor's own precision, and once more in double precision where that is not enough. */
        private static boolean inverse(INDArray factor, double shift, INDArray to) {
            if (factor == null) {
                identity(to);
                return true;
            }
            Vectors.copy(factor, to);
            Symmetric.addToDiagonal(to, shift);
            if (Lapack.invert(to)) {
                return true;
            }
            INDArray precise = Arena.create(DType.FLOAT64, Shape.of(factor));
            Symmetric.convert(factor, precise);
            Symmetric.addToDiagonal(precise, shift);
            if (!Lapack.invert(precise)) {
                return false;
            }
            Symmetric.convert(precise, to);
            return Vectors.firstNonFinite(to) < 0;
        }

        private static void identity(INDArray to) {
            Vectors.fill(to, 0);
            Symmetric.addToDiagonal(to, 1);
        }

        @Override
        void multiply(int part) {
            first[part].run();
            second[part].run();
        }

        @Override
        INDArray[] arrays() {
            return new INDArray[] {left, right};
        }
    }

    /** (A (x) G + damping I)^-1 in the eigenvectors of both factors, which are rows. */
    static final class ByEigenvectors extends BlockInverse {
        private final INDArray left;
        private final INDArray right;
        private final INDArray quotients;
        private final Kernel[] products;

        ByEigenvectors(KroneckerBlock block, DType dtype) {
            super(block, dtype);
            left = arena.allocate(dtype, Shape.of(block.inputs(), block.inputs()));
            right = arena.allocate(dtype, Shape.of(block.outputs(), block.outputs()));
            quotients = arena.allocate(dtype, Shape.of(block.inputs(), block.outputs()));
            products = new Kernel[] {
                MatrixKernels.gemm(left, false, input, false, middle, 0),
                MatrixKernels.gemm(middle, false, right, true, output, 0),
                MatrixKernels.gemm(left, true, output, false, middle, 0),
                MatrixKernels.gemm(middle, false, right, false, output, 0)
            };
        }

        @Override
        boolean refresh(INDArray a, INDArray g, double gamma) {
            if (Vectors.firstNonFinite(a) >= 0 || (g != null && Vectors.firstNonFinite(g) >= 0)) {
                return false;
            }
            double[] ofInputs = Symmetric.eigen(a, block.inputs(), left);
            double[] ofOutputs = Symmetric.eigen(g, block.outputs(), right);
            Elements inverse = Elements.of(quotients);
            for (int i = 0; i < ofInputs.length; i++) {
                for (int j = 0; j < ofOutputs.length; j++) {
                    // Rounding makes zero eigenvalues negative.
                    double value = Math.max(0, ofInputs[i]) * Math.max(0, ofOutputs[j]) + gamma * gamma;
                    inverse.set(i * ofOutputs.length + j, value > 0 ? 1 / value : 0);
                }
            }
            return true;
        }

        /** Into the basis and back. */
        @Override
        double productCost() {
            return 2 * super.productCost();
        }

        /** Eigenvectors take about 9 n^3 operations, an inverse 2 n^3. */
        @Override
        double refreshCost() {
            return 4.5 * super.refreshCost();
        }

        /** The eigenvectors of the input side. */
        INDArray left() {
            return left;
        }

        /** The eigenvectors of the output side. */
        INDArray right() {
            return right;
        }

        /** Takes second moments [inputs, outputs] along the eigenvectors instead of the products of eigenvalues. */
        void correct(INDArray moments, double damping) {
            Vectors.map(moments, quotients, s -> s + damping > 0 ? 1 / (s + damping) : 0);
        }

        @Override
        void multiply(int part) {
            products[0].run();
            products[1].run();
            Vectors.multiply(output, quotients, output);
            products[2].run();
            products[3].run();
        }

        @Override
        INDArray[] arrays() {
            return new INDArray[] {left, right, quotients};
        }
    }
}
