package dev.ravine.optim.kronecker;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.MatrixKernels;
import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The factors of a block as they are used, and its product. */
final class FactorBlock {
    private final KroneckerBlock block;
    private final KroneckerLayout.Views views;
    private final INDArray a;
    private final INDArray g;
    private final BlockVector in;
    private final BlockVector out;
    private final Kernel[] products;

    /** A block whose averaged factors are these views. */
    FactorBlock(KroneckerBlock block, KroneckerLayout.Views views, Arena arena, DType dtype) {
        this.block = block;
        this.views = views;
        this.a = block.isTied() ? arena.allocate(dtype, Shape.of(block.inputs(), block.inputs())) : views.a();
        this.g = block.isTied() ? arena.allocate(dtype, Shape.of(block.outputs(), block.outputs())) : views.g();
        Shape shape = Shape.of(block.inputs(), block.outputs());
        this.in = new BlockVector(block, arena.allocate(dtype, shape));
        INDArray middle = arena.allocate(dtype, shape);
        this.out = new BlockVector(block, g == null ? middle : arena.allocate(dtype, shape));
        Kernel left = MatrixKernels.gemm(a, false, in.matrix(), false, middle, 0);
        this.products = g == null
                ? new Kernel[] {left}
                : new Kernel[] {left, MatrixKernels.gemm(middle, false, g, false, out.matrix(), 0)};
    }

    /** The input side. */
    INDArray a() {
        return a;
    }

    /** The output side; null for the identity. */
    INDArray g() {
        return g;
    }

    /** The trace of A (x) G. */
    double trace() {
        return Symmetric.trace(a) * (g == null ? block.outputs() : Symmetric.trace(g));
    }

    /**
     * Makes one pair of factors of those of a tied weight's two kinds of use: (A + s A') (x) (G + G' / s) / 2, where
     * s gives A and s A' one trace ratio with their partners.
     */
    void join() {
        if (!block.isTied()) {
            return;
        }
        Vectors.copy(views.a(), a);
        double scale = 1;
        if (views.g() == null) {
            Vectors.copy(views.reverseG(), g);
            Symmetric.addToDiagonal(g, 1);
        } else {
            scale = ratio(views.a(), views.g()) / ratio(views.reverseA(), views.reverseG());
            scale = scale > 0 && Double.isFinite(scale) ? Math.sqrt(scale) : 1;
            Vectors.axpy(scale, views.reverseA(), a);
            Vectors.copy(views.g(), g);
            Vectors.axpy(1 / scale, views.reverseG(), g);
        }
        Vectors.scale(0.5, g);
    }

    private static double ratio(INDArray a, INDArray g) {
        return Symmetric.trace(a) / Symmetric.trace(g);
    }

    void apply(INDArray v, INDArray result) {
        in.read(v);
        for (Kernel product : products) {
            product.run();
        }
        out.write(result);
    }
}
