package dev.ravine.optim.spectrum;

import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.spectrum.Extremes.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The largest and smallest eigenvalues of a symmetric matrix by Lanczos' process with full reorthogonalization.
 *
 * <p>A matrix of low order is written out and decomposed by LAPACK instead, see {@link Builder#denseUpTo}; the result
 * says which. Otherwise the process runs until the wanted values have converged, that is |beta s| is at most tolerance
 * |value| or 16 units of rounding of ||A||, or until its limit of steps. One process finds each eigenvalue once,
 * however often A has it. So it runs again among the vectors orthogonal to those found, until that brings no value that
 * belongs between them. The residual of each value that is returned is measured by a product with its vector.
 *
 * <p>Accuracy: a converged value has a relative error of at most the tolerance, unless it is so small beside ||A|| that
 * rounding decides: 1e-15 ||A|| with FLOAT64 and 1e-6 ||A|| with FLOAT32, beside the rounding of the operator's own
 * products. Dot products are accumulated in double precision with both.
 *
 * <p>A process of m steps costs m products and about 4 m^2 n further operations; it keeps m + 2 vectors, and two others
 * for each wanted value. At least two processes run if the first one converges, and one more for each repetition of an
 * eigenvalue. A decomposition costs n products and about 9 n^3 operations, and 24 n^2 bytes.
 */
public final class Lanczos {
    private static final double ROUNDING_UNITS = 16;
    /**
     * The number of steps between computations of T's eigenvalues. With ten, that costs less than the steps of any
     * matrix worth the trouble.
     */
    private static final int STEPS_BETWEEN_LOOKS = 10;

    private final int largest;
    private final int smallest;
    private final int maxSteps;
    private final double tolerance;
    private final boolean withVectors;
    private final int denseUpTo;
    private final long memoryLimit;
    private final long seed;

    private Lanczos(Builder builder) {
        this.largest = builder.largest;
        this.smallest = builder.smallest;
        this.maxSteps = builder.maxSteps;
        this.tolerance = builder.tolerance;
        this.withVectors = builder.withVectors;
        this.denseUpTo = builder.denseUpTo;
        this.memoryLimit = builder.memoryLimit;
        this.seed = builder.seed;
    }

    /**
     * Begins with one value at each end, at most 300 steps, a tolerance of 1e-7, no vectors, LAPACK up to order 2,000,
     * and at most 2 GB of vectors.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Finds them.
     *
     * @param a declared symmetric
     * @param dtype of its vectors
     * @return the values, converged or not
     * @throws IllegalArgumentException if the operator is not declared symmetric, or its products with random vectors
     *     show that it is not, or the vectors would take more memory than the limit
     * @throws ArithmeticException if a product is not finite
     */
    public Extremes find(LinearOperator a, DType dtype) {
        Normalized normalized = new Normalized("Lanczos' process", a, dtype).withoutProbes();
        Extremes found = find(normalized.matrix(), dtype, a.size() <= denseUpTo);
        return new Extremes(
                restored(found.largest(), normalized),
                restored(found.smallest(), normalized),
                found.method(),
                found.products());
    }

    private static Extremes.End restored(Extremes.End end, Normalized by) {
        List<Eigenvalue> values = end.values().stream()
                .map(v -> new Eigenvalue(by.restore(v.value()), by.restore(v.residual()), v.isConverged(), v.vector()))
                .toList();
        return new Extremes.End(values, end.isComplete());
    }

    private Extremes find(LinearOperator a, DType dtype, boolean isDense) {
        if (isDense) {
            return new DenseSpectrum(largest, smallest, withVectors).find(a, dtype);
        }
        long steps = Math.min(maxSteps, a.size());
        Basis.requireMemory(
                "Lanczos' process of " + steps + " steps",
                steps + 2 + 2L * (largest + smallest),
                a.size(),
                dtype,
                memoryLimit,
                "take fewer steps or values, or raise it with memoryLimit(bytes)");
        return new Search(a, dtype).run();
    }

    /** One end of the spectrum, turned so that its outermost value is the largest. */
    private static final class Side {
        private final double sign;
        private final int wanted;
        private final List<Eigenvalue> found = new ArrayList<>();
        private boolean isComplete;
        private boolean isGivenUp;

        private Side(double sign, int wanted) {
            this.sign = sign;
            this.wanted = wanted;
        }

        /** T's number of the i-th value from this end. */
        private int index(int i, int count) {
            return sign > 0 ? count - 1 - i : i;
        }

        private double height(Eigenvalue value) {
            return sign * value.value();
        }

        private boolean hasConverged() {
            return found.stream().allMatch(Eigenvalue::isConverged);
        }

        private double lowest() {
            return height(found.get(found.size() - 1));
        }

        private void add(List<Eigenvalue> more) {
            found.addAll(more);
            found.sort(Comparator.comparingDouble(this::height).reversed());
            found.subList(Math.min(wanted, found.size()), found.size()).clear();
        }
    }

    private final class Search {
        private final LinearOperator a;
        private final DType dtype;
        private final Rng rng = new Rng(seed);
        private final List<Side> sides = new ArrayList<>();
        private final List<INDArray> excluded = new ArrayList<>();
        private double scale;
        private long products;
        private boolean isFull;

        private Search(LinearOperator a, DType dtype) {
            this.a = a;
            this.dtype = dtype;
        }

        private Extremes run() {
            Side top = new Side(1, largest);
            Side bottom = new Side(-1, smallest);
            sides.add(top);
            sides.add(bottom);
            sides.forEach(side -> side.isComplete = side.wanted == 0);
            first();
            // Each search but the last adds a repetition of an eigenvalue.
            for (int i = 0; i <= largest + smallest && !open().isEmpty(); i++) {
                further(open());
            }
            return new Extremes(end(top), end(bottom), isFull ? Method.FULL_LANCZOS : Method.LANCZOS, products);
        }

        private List<Side> open() {
            return sides.stream()
                    .filter(side -> !side.isComplete && !side.isGivenUp && side.hasConverged())
                    .toList();
        }

        private Extremes.End end(Side side) {
            List<Eigenvalue> values = side.found.stream()
                    .map(v -> withVectors
                            ? v
                            : new Eigenvalue(v.value(), v.residual(), v.isConverged(), Optional.empty()))
                    .toList();
            return new Extremes.End(values, side.isComplete);
        }

        private void first() {
            try (Tridiagonalization process = new Tridiagonalization(a, dtype, null, List.of(), rng)) {
                Tridiagonalization.Ritz ritz = advance(process, sides, this::hasAllWanted);
                for (Side side : sides) {
                    List<Eigenvalue> values = new ArrayList<>();
                    for (int i = 0; i < Math.min(side.wanted, ritz.values().length); i++) {
                        values.add(value(process, ritz, side.index(i, ritz.values().length)));
                    }
                    side.add(values);
                    side.isComplete |= process.isExhausted();
                }
                isFull = process.isExhausted();
            }
            exclude(sides);
        }

        /** Searches the complement of what is known. */
        private void further(List<Side> open) {
            try (Tridiagonalization process = new Tridiagonalization(a, dtype, null, excluded, rng)) {
                if (process.isExhausted()) {
                    open.forEach(side -> side.isComplete = true);
                    return;
                }
                Tridiagonalization.Ritz ritz = advance(process, open, this::isSettled);
                for (Side side : open) {
                    List<Eigenvalue> more = new ArrayList<>();
                    for (int i = 0; i < side.wanted && isOutside(side, ritz, i); i++) {
                        more.add(value(process, ritz, side.index(i, ritz.values().length)));
                    }
                    boolean isSettled = process.isExhausted() || isSettled(side, ritz);
                    side.isComplete = isSettled && (more.isEmpty() || process.isExhausted());
                    side.isGivenUp = !isSettled;
                    side.add(more);
                }
            }
            exclude(open);
        }

        /** A condition that is checked now and then. */
        private interface Goal {
            boolean isReached(Side side, Tridiagonalization.Ritz ritz);
        }

        private Tridiagonalization.Ritz advance(Tridiagonalization process, List<Side> sought, Goal goal) {
            while (true) {
                process.step();
                products++;
                scale = Math.max(scale, process.scale());
                boolean isLast = process.steps() == maxSteps || process.isExhausted();
                if (isLast || process.steps() % STEPS_BETWEEN_LOOKS == 0) {
                    Tridiagonalization.Ritz ritz = process.ritz();
                    if (isLast || sought.stream().allMatch(side -> goal.isReached(side, ritz))) {
                        return ritz;
                    }
                }
            }
        }

        private boolean hasAllWanted(Side side, Tridiagonalization.Ritz ritz) {
            int count = ritz.values().length;
            for (int i = 0; i < side.wanted; i++) {
                if (i >= count || !isConverged(ritz, side.index(i, count))) {
                    return false;
                }
            }
            return true;
        }

        /** Whether all that belongs between the known values has converged, and what comes next does not reach them. */
        private boolean isSettled(Side side, Tridiagonalization.Ritz ritz) {
            int count = ritz.values().length;
            int i = 0;
            while (i < side.wanted && isOutside(side, ritz, i)) {
                if (!isConverged(ritz, side.index(i, count))) {
                    return false;
                }
                i++;
            }
            if (i == side.wanted) {
                return true;
            }
            int next = side.index(i, count);
            return i < count
                    && side.sign * ritz.values()[next] + ritz.residuals()[next]
                            <= side.lowest() + margin(side.lowest());
        }

        private boolean isOutside(Side side, Tridiagonalization.Ritz ritz, int i) {
            int count = ritz.values().length;
            return i < count && side.sign * ritz.values()[side.index(i, count)] > side.lowest() + margin(side.lowest());
        }

        private double margin(double value) {
            return 2 * (tolerance * Math.abs(value) + floor());
        }

        private boolean isConverged(Tridiagonalization.Ritz ritz, int i) {
            return ritz.residuals()[i] <= Math.max(tolerance * Math.abs(ritz.values()[i]), floor());
        }

        private double floor() {
            return ROUNDING_UNITS * Tridiagonalization.rounding(dtype) * scale;
        }

        private Eigenvalue value(Tridiagonalization process, Tridiagonalization.Ritz ritz, int i) {
            INDArray x = process.vector(ritz.vectors()[i]);
            double value = ritz.values()[i];
            double measured = Requirements.residual(a, value, x);
            boolean isBorneOut = measured <= 2 * Math.max(tolerance * Math.abs(value), floor());
            return new Eigenvalue(
                    value,
                    Math.max(measured, ritz.residuals()[i]) + floor(),
                    isConverged(ritz, i) && isBorneOut,
                    Optional.of(x));
        }

        private void exclude(List<Side> changed) {
            for (Side side : changed) {
                if (!side.isComplete && side.hasConverged()) {
                    side.found.forEach(v -> v.vector().ifPresent(this::excludeOnce));
                }
            }
        }

        @SuppressWarnings("ReferenceEquality") // the same array is the same vector
        private void excludeOnce(INDArray vector) {
            if (excluded.stream().noneMatch(known -> known == vector)) {
                excluded.add(vector);
            }
        }
    }

    /** Settings of {@link Lanczos}. */
    public static final class Builder {
        private int largest = 1;
        private int smallest = 1;
        private int maxSteps = 300;
        private double tolerance = 1e-7;
        private boolean withVectors;
        private int denseUpTo = 2000;
        private long memoryLimit = Basis.DEFAULT_LIMIT;
        private long seed = 1;

        private Builder() {}

        /**
         * The number of largest eigenvalues to compute.
         *
         * @param k at least 0
         * @return this
         */
        public Builder largest(int k) {
            largest = Requirements.atLeast(0, "the number of largest eigenvalues", k);
            return this;
        }

        /**
         * The number of smallest eigenvalues to compute: the most negative ones.
         *
         * @param k at least 0
         * @return this
         */
        public Builder smallest(int k) {
            smallest = Requirements.atLeast(0, "the number of smallest eigenvalues", k);
            return this;
        }

        /**
         * The limit of steps of one process, and so of its vectors; the process ends by itself when it spans the space.
         *
         * @param m at least as many as values at each end
         * @return this
         */
        public Builder maxSteps(int m) {
            maxSteps = Requirements.atLeast(1, "the limit of steps", m);
            return this;
        }

        /**
         * When a value counts as converged.
         *
         * @param relative a residual relative to the value, positive and below 1
         * @return this
         */
        public Builder tolerance(double relative) {
            if (!(relative > 0 && relative < 1)) {
                throw new IllegalArgumentException("the tolerance must be positive and below 1, found " + relative);
            }
            tolerance = relative;
            return this;
        }

        /**
         * Whether to compute the eigenvectors too.
         *
         * @param wanted if so, the garbage collector owns them
         * @return this
         */
        public Builder vectors(boolean wanted) {
            withVectors = wanted;
            return this;
        }

        /**
         * Up to which order a matrix is written out and decomposed by LAPACK.
         *
         * @param n from 0, for never, to 16,383
         * @return this
         */
        public Builder denseUpTo(int n) {
            if (n < 0 || n > 16_383) {
                throw new IllegalArgumentException("the order must be from 0 to 16383, found " + n);
            }
            denseUpTo = n;
            return this;
        }

        /**
         * The limit of memory for vectors.
         *
         * @param bytes positive
         * @return this
         */
        public Builder memoryLimit(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("the limit of memory must be positive, found " + bytes);
            }
            memoryLimit = bytes;
            return this;
        }

        /**
         * The seed of the starts.
         *
         * @param number the same seed gives the same result
         * @return this
         */
        public Builder seed(long number) {
            seed = number;
            return this;
        }

        /**
         * Makes the method.
         *
         * @return a method that can be used again and again
         * @throws IllegalArgumentException if no value is wanted, or more than there may be steps
         */
        public Lanczos build() {
            int most = Math.max(largest, smallest);
            if (most < 1 || most > maxSteps) {
                throw new IllegalArgumentException("the number of values at one end must be from 1 to the limit of "
                        + maxSteps + " steps, found " + largest + " largest and " + smallest + " smallest");
            }
            return new Lanczos(this);
        }
    }
}
