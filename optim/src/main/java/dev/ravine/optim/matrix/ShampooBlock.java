package dev.ravine.optim.matrix;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Shampoo for a block of a parameter. */
final class ShampooBlock {
    /** Keeps the length of a step that is zero from dividing. */
    private static final double SMALL = 1e-16;

    /**
     * What it does.
     *
     * @param beta1 decay of the mean of gradients
     * @param beta2 decay of the two matrices; 1 for sums
     * @param epsilon below which no eigenvalue of them is
     * @param power of their inverse roots; 0 for the usual one
     * @param every steps from one root to the next
     * @param start the first step whose roots are made
     * @param largest side of a block
     * @param momentum of steps
     * @param grafting whose length a step takes
     * @param graftingBeta decay of its squares
     * @param graftingEpsilon added to their root
     * @param isKullbackLeibler whether each side's moment is of gradients that the other side's root has preconditioned
     */
    record Settings(
            double beta1,
            double beta2,
            double epsilon,
            double power,
            int every,
            int start,
            int largest,
            double momentum,
            Grafting grafting,
            double graftingBeta,
            double graftingEpsilon,
            boolean isKullbackLeibler) {
        /** 1 / (2 axes) unless set, but 1/2 for moments of preconditioned gradients; only matrices have another one. */
        double exponent(boolean isMatrix) {
            double usual = isMatrix && !isKullbackLeibler ? 0.25 : 0.5;
            return isMatrix && power != 0 ? power : usual;
        }
    }

    private final Settings settings;
    private final double exponent;
    private final int firstRow;
    private final int firstColumn;
    private final int rows;
    private final int columns;
    private final InverseRoot left;
    private final InverseRoot right;
    private final INDArray mean;
    private final INDArray square;
    private final INDArray velocity;
    private final INDArray gradient;
    private final INDArray graft;
    private final INDArray half;
    private final INDArray step;

    /** The block of a parameter that begins at a row and a column. */
    ShampooBlock(
            MatrixParameter parameter, int firstRow, int firstColumn, DType dtype, Arena arena, Settings settings) {
        this.settings = settings;
        this.firstRow = firstRow;
        this.firstColumn = firstColumn;
        this.rows = Math.min(settings.largest, parameter.rows() - firstRow);
        this.columns = Math.min(settings.largest, parameter.columns() - firstColumn);
        this.exponent = settings.exponent(parameter.isMatrix());
        String name = parameter.path();
        this.left = parameter.isMatrix() ? new InverseRoot(name, dtype, rows, arena) : null;
        this.right = new InverseRoot(name, dtype, columns, arena);
        if (settings.isKullbackLeibler && left != null) {
            left.startAtIdentity();
            right.startAtIdentity();
        }
        Shape shape = Shape.of(rows, columns);
        this.mean = arena.allocate(dtype, shape);
        this.square = settings.grafting.keepsSquares() ? arena.allocate(dtype, shape) : null;
        this.velocity = settings.momentum > 0 ? arena.allocate(dtype, shape) : null;
        this.gradient = arena.allocate(dtype, shape);
        this.graft = arena.allocate(dtype, shape);
        this.half = arena.allocate(dtype, shape);
        this.step = arena.allocate(dtype, shape);
    }

    long apply(MatrixStep at, int width) {
        long t = at.number();
        copy(at.gradient(), gradient, width, true);
        long work = accumulate(at);
        means(t);
        if (t == settings.start() || (t > settings.start() && t % settings.every == 0)) {
            work += refresh(t);
        }
        if (t >= settings.start()) {
            work += precondition(at);
        } else {
            Vectors.copy(graft, step);
        }
        finish(at, width);
        return work;
    }

    /**
     * L = beta2 L + w g g', R = beta2 R + w g'g, where w is 1 - beta2, or 1 if nothing is forgotten. With the other
     * side's root: L = beta2 L + w h h' / columns, h = g R^-exponent, and likewise R.
     */
    private long accumulate(MatrixStep at) {
        if (left == null) {
            return accumulate(at, right, gradient, true, 1);
        }
        if (!settings.isKullbackLeibler) {
            return accumulate(at, right, gradient, true, 1) + accumulate(at, left, gradient, false, 1);
        }
        at.multiply(left.root, false, gradient, false, half, 0);
        long work = accumulate(at, right, half, true, 1.0 / rows);
        at.multiply(gradient, false, right.root, false, half, 0);
        return work + accumulate(at, left, half, false, 1.0 / columns) + 2L * rows * columns * (rows + columns);
    }

    private long accumulate(MatrixStep at, InverseRoot side, INDArray g, boolean isRight, double weight) {
        double beta = settings.beta2;
        double share = weight * (beta == 1 ? 1 : 1 - beta);
        Vectors.scale(beta / share, side.moment);
        at.multiply(g, isRight, g, !isRight, side.moment, 1);
        Vectors.scale(share, side.moment);
        return 2L * rows * columns * (isRight ? columns : rows);
    }

    private long refresh(long t) {
        double correction = settings.beta2 == 1 ? 1 : 1 - Math.pow(settings.beta2, (double) t);
        long work = right.refresh(correction, exponent, settings.epsilon);
        return left == null ? work : work + left.refresh(correction, exponent, settings.epsilon);
    }

    /** half becomes the corrected mean of gradients, graft the step whose length is taken. */
    private void means(long t) {
        double beta1 = settings.beta1;
        double correction = 1 - Math.pow(beta1, (double) t);
        Vectors.copy(gradient, half);
        Elementwise.run(
                (count, theta, g, state) -> {
                    for (int i = 0; i < count; i++) {
                        state[0][i] = beta1 * state[0][i] + (1 - beta1) * g[i];
                        g[i] = state[0][i] / correction;
                    }
                },
                gradient,
                half,
                mean);
        Vectors.copy(half, graft);
        if (square != null) {
            divide(t);
        }
    }

    private void divide(long t) {
        double beta = settings.graftingBeta;
        boolean isSum = settings.grafting == Grafting.ADAGRAD;
        double keep = isSum ? 1 : beta;
        double take = isSum ? 1 : 1 - beta;
        double correction = settings.grafting == Grafting.ADAM ? Math.sqrt(1 - Math.pow(beta, (double) t)) : 1;
        double epsilon = settings.graftingEpsilon;
        Elementwise.run(
                (count, g, m, state) -> {
                    double[] v = state[0];
                    for (int i = 0; i < count; i++) {
                        v[i] = keep * v[i] + take * g[i] * g[i];
                        m[i] /= Math.sqrt(v[i]) / correction + epsilon;
                    }
                },
                gradient,
                graft,
                square);
    }

    /** step = L^-exponent half R^-exponent, as long as the step of grafting. */
    private long precondition(MatrixStep at) {
        INDArray mean1 = half;
        if (left != null) {
            at.multiply(left.root, false, half, false, gradient, 0);
            mean1 = gradient;
        }
        at.multiply(mean1, false, right.root, false, step, 0);
        if (settings.grafting != Grafting.NONE) {
            Vectors.scale(Vectors.norm(graft) / (Vectors.norm(step) + SMALL), step);
        }
        return 2L * rows * columns * (columns + (left == null ? 0 : rows));
    }

    /** Weight decay joins the step before momentum. */
    private void finish(MatrixStep at, int width) {
        if (at.decay() != 0) {
            copy(at.theta(), half, width, true);
            Vectors.axpy(at.decay(), half, step);
        }
        if (velocity != null) {
            Vectors.scale(settings.momentum, velocity);
            Vectors.axpy(1, step, velocity);
            Vectors.copy(velocity, step);
        }
        Vectors.scale(at.rate(), step);
        copy(at.gradient(), step, width, false);
    }

    /** Between the parameter, whose rows have a width, and the block. */
    private void copy(INDArray parameter, INDArray block, int width, boolean isReading) {
        Elements whole = Elements.of(parameter);
        Elements part = Elements.of(block);
        double[] row = new double[columns];
        for (int i = 0; i < rows; i++) {
            int at = (firstRow + i) * width + firstColumn;
            if (isReading) {
                whole.read(at, columns, row);
                part.write(i * columns, columns, row);
            } else {
                part.read(i * columns, columns, row);
                whole.write(at, columns, row);
            }
        }
    }

    void putArrays(String prefix, Map<String, INDArray> all) {
        all.put(prefix + "mean", mean);
        if (square != null) {
            all.put(prefix + "square", square);
        }
        if (velocity != null) {
            all.put(prefix + "velocity", velocity);
        }
        if (left != null) {
            all.put(prefix + "left_moment", left.moment);
            all.put(prefix + "left_root", left.root);
        }
        all.put(prefix + "right_moment", right.moment);
        all.put(prefix + "right_root", right.root);
    }
}
