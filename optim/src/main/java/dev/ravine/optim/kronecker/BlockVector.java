package dev.ravine.optim.kronecker;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.LayoutKernels;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.Span;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The part of a flat vector that belongs to a block, copied to and from a matrix [inputs, outputs]. */
final class BlockVector {
    private final KroneckerBlock block;
    private final INDArray matrix;

    BlockVector(KroneckerBlock block, INDArray matrix) {
        this.block = block;
        this.matrix = matrix;
    }

    /** The matrix. */
    INDArray matrix() {
        return matrix;
    }

    void read(INDArray flat) {
        if (block.weight() != null) {
            move(part(flat, block.weight(), storedShape()), weightRows(), block.isTransposed());
        }
        if (block.bias() != null) {
            Vectors.copy(part(flat, block.bias(), lastRow()), biasRow());
        }
    }

    void write(INDArray flat) {
        if (block.weight() != null) {
            move(weightRows(), part(flat, block.weight(), storedShape()), block.isTransposed());
        }
        if (block.bias() != null) {
            Vectors.copy(biasRow(), part(flat, block.bias(), lastRow()));
        }
    }

    private static void move(INDArray from, INDArray to, boolean isTransposed) {
        if (isTransposed) {
            LayoutKernels.permute(from, new int[] {1, 0}, to).run();
        } else {
            Vectors.copy(from, to);
        }
    }

    private static INDArray part(INDArray flat, Span span, Shape shape) {
        return Arena.view(flat, span.from(), shape);
    }

    private Shape storedShape() {
        return block.isTransposed()
                ? Shape.of(block.outputs(), weightInputs())
                : Shape.of(weightInputs(), block.outputs());
    }

    private int weightInputs() {
        return block.bias() == null ? block.inputs() : block.inputs() - 1;
    }

    private INDArray weightRows() {
        return Arena.view(matrix, 0, Shape.of(weightInputs(), block.outputs()));
    }

    private Shape lastRow() {
        return Shape.of(1, block.outputs());
    }

    private INDArray biasRow() {
        return Arena.view(matrix, (long) (block.inputs() - 1) * block.outputs(), lastRow());
    }
}
