package dev.ravine.optim.matrix;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.firstorder.Moments;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** SOAP for one parameter; plain Adam where no side is rotated. The mean of gradients stays in the rotated basis. */
final class SoapRule implements MatrixRule {
    /**
     * What it does.
     *
     * @param moments of the rotated gradient
     * @param shampooBeta decay of the two matrices
     * @param every steps from one basis to the next
     * @param largest side that is rotated
     * @param start what the first step does
     */
    record Settings(Moments moments, double shampooBeta, int every, int largest, SoapStart start) {}

    private final Settings settings;
    private final int rows;
    private final int columns;
    private final Rotation left;
    private final Rotation right;
    private final INDArray mean;
    private final INDArray square;
    private final INDArray gradient;
    private final INDArray half;
    private final INDArray rotated;

    SoapRule(MatrixParameter parameter, DType dtype, Arena arena, Settings settings) {
        this.settings = settings;
        this.rows = parameter.rows();
        this.columns = parameter.columns();
        boolean isMatrix = parameter.isMatrix();
        this.left = isMatrix && rows <= settings.largest ? new Rotation(dtype, rows, arena) : null;
        this.right = isMatrix && columns <= settings.largest ? new Rotation(dtype, columns, arena) : null;
        Shape shape = Shape.of(rows, columns);
        this.mean = arena.allocate(dtype, shape);
        this.square = arena.allocate(dtype, shape);
        this.gradient = arena.allocate(dtype, shape);
        this.half = arena.allocate(dtype, shape);
        this.rotated = arena.allocate(dtype, shape);
    }

    @Override
    public long apply(MatrixStep at) {
        Vectors.copy(at.gradient(), gradient);
        boolean isFirst = at.number() == 1;
        long work = 0;
        if (isFirst) {
            work += accumulate(at, left, false) + accumulate(at, right, true) + decompose(left) + decompose(right);
        }
        if (isFirst && settings.start == SoapStart.SKIP_FIRST) {
            Vectors.fill(at.gradient(), 0);
            return work;
        }
        long t = settings.start == SoapStart.SKIP_FIRST ? at.number() - 1 : at.number();
        work += rotate(at, gradient, rotated);
        Elementwise.run(
                BiasCorrection.afterEpsilon(settings.moments(), t, at.rate()), at.theta(), rotated, mean, square);
        work += rotateBack(at, rotated, at.gradient());
        at.addLaterDecay();
        if (!isFirst) {
            work += accumulate(at, left, false) + accumulate(at, right, true);
        }
        return t % settings.every == 0 ? work + refresh(at) : work;
    }

    /** moment = beta moment + (1 - beta) G G', or G'G */
    private long accumulate(MatrixStep at, Rotation side, boolean isRight) {
        if (side == null) {
            return 0;
        }
        double beta = settings.shampooBeta;
        Vectors.scale(beta / (1 - beta), side.moment);
        at.multiply(gradient, isRight, gradient, !isRight, side.moment, 1);
        Vectors.scale(1 - beta, side.moment);
        return 2L * rows * columns * (isRight ? columns : rows);
    }

    private static long decompose(Rotation side) {
        return side == null ? 0 : side.decompose();
    }

    private long rotate(MatrixStep at, INDArray from, INDArray to) {
        return turn(at, from, to, false);
    }

    private long rotateBack(MatrixStep at, INDArray from, INDArray to) {
        return turn(at, from, to, true);
    }

    /** to = L from R', or L' from R, with eigenvectors as rows of L and R */
    private long turn(MatrixStep at, INDArray from, INDArray to, boolean isBack) {
        if (left == null) {
            Vectors.copy(from, half);
        } else {
            at.multiply(left.basis, isBack, from, false, half, 0);
        }
        if (right == null) {
            Vectors.copy(half, to);
        } else {
            at.multiply(half, false, right.basis, !isBack, to, 0);
        }
        return 2L * rows * columns * ((left == null ? 0 : rows) + (right == null ? 0 : columns));
    }

    /** A new basis: the mean turns with it, the squares move with the vectors that they belong to. */
    private long refresh(MatrixStep at) {
        if (left == null && right == null) {
            return 0;
        }
        long work = rotateBack(at, mean, rotated);
        int[] ofRows = left == null ? null : left.iterate(at.workers());
        int[] ofColumns = right == null ? null : right.iterate(at.workers());
        permute(ofRows, ofColumns);
        work += rotate(at, rotated, mean);
        return work + (left == null ? 0 : left.work()) + (right == null ? 0 : right.work());
    }

    private void permute(int[] ofRows, int[] ofColumns) {
        Vectors.copy(square, half);
        Elements from = Elements.of(half);
        Elements to = Elements.of(square);
        double[] old = new double[columns];
        double[] row = new double[columns];
        for (int i = 0; i < rows; i++) {
            from.read((ofRows == null ? i : ofRows[i]) * columns, columns, old);
            for (int j = 0; j < columns; j++) {
                row[j] = old[ofColumns == null ? j : ofColumns[j]];
            }
            to.write(i * columns, columns, row);
        }
    }

    @Override
    public Map<String, INDArray> arrays() {
        Map<String, INDArray> all = new LinkedHashMap<>();
        all.put("mean", mean);
        all.put("square", square);
        put(all, "left", left);
        put(all, "right", right);
        return all;
    }

    private static void put(Map<String, INDArray> all, String name, Rotation side) {
        if (side != null) {
            all.put(name + "_moment", side.moment);
            all.put(name + "_basis", side.basis);
        }
    }
}
