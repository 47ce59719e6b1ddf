package dev.ravine.optim.kronecker;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.SharedVectors;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The inverse of {@link KroneckerFactors} plus damping gamma^2, block by block. It keeps its numbers until the next
 * {@link #refresh}, while the factors move on.
 */
public final class KroneckerInverse implements LinearOperator, AutoCloseable {
    /** A number copied takes about as long as this many floating-point operations. */
    private static final double COST_OF_A_COPY = 20;

    private final KroneckerFactors factors;
    private final List<BlockInverse> blocks = new ArrayList<>();
    private final List<INDArray> diagonals = new ArrayList<>();
    private final Arena arena = new Arena("the inverse of Kronecker factors");
    private final Correction correction;
    private final TridiagonalInverse chain;
    /** Every part of every block's product, in order. */
    private final List<Part> parts = new ArrayList<>();

    private final BlockShares copies;
    private final BlockShares products;
    private final BlockShares refreshes;
    private double gamma = Double.NaN;

    /** A part of a block's product. */
    private record Part(BlockInverse block, int number) {
        void multiply() {
            block.multiply(number);
        }
    }

    /** Second moments of all blocks along their eigenvectors. */
    private final class Correction {
        private final SecondMoments statistic;
        private final INDArray moments;

        Correction() {
            List<SecondMoments.Basis> bases = new ArrayList<>();
            long size = 0;
            for (BlockInverse block : blocks) {
                var byEigenvectors = (BlockInverse.ByEigenvectors) block;
                bases.add(new SecondMoments.Basis(
                        Tensor.variable("eigenvectors of inputs", byEigenvectors.left()),
                        Tensor.variable("eigenvectors of cotangents", byEigenvectors.right())));
                size += (long) block.block.inputs() * block.block.outputs();
            }
            statistic = new SecondMoments(factors.layout().statistic(), bases);
            moments = arena.allocate(factors.dtype(), Shape.of(size));
        }

        /** Whether the moments are finite; if not, the products of eigenvalues stay. */
        boolean apply(Objective objective, INDArray theta, Scope scope) {
            statistic.bases().forEach(basis -> {
                basis.inputs().touch();
                basis.outputs().touch();
            });
            objective.statistic(theta, scope, statistic, moments);
            if (Vectors.firstNonFinite(moments) >= 0) {
                return false;
            }
            long at = 0;
            for (BlockInverse block : blocks) {
                Shape shape = Shape.of(block.block.inputs(), block.block.outputs());
                ((BlockInverse.ByEigenvectors) block).correct(Arena.view(moments, at, shape), gamma * gamma);
                at += shape.count();
            }
            return true;
        }
    }

    /**
     * An inverse, to be closed. It has no numbers before its first {@link #refresh}.
     *
     * @param factors which stay open
     * @param damping how damping is added
     * @throws IllegalArgumentException if the factors are block-tridiagonal, and damping is EXACT or there are no
     *     cotangents
     */
    public KroneckerInverse(KroneckerFactors factors, FactorDamping damping) {
        this(factors, Objects.requireNonNull(damping, "damping"), false);
    }

    private KroneckerInverse(KroneckerFactors factors, FactorDamping damping, boolean corrects) {
        this.factors = factors;
        KroneckerLayout layout = factors.layout();
        if (layout.statistic().isTridiagonal()) {
            requireTridiagonal(layout.statistic(), damping, corrects);
            chain = new TridiagonalInverse(layout.blocks(), factors.dtype(), damping);
        } else {
            chain = null;
            layout.blocks().forEach(block -> blocks.add(BlockInverse.of(block, factors.dtype(), damping)));
        }
        for (Span span : factors.layout().diagonal()) {
            diagonals.add(arena.allocate(factors.dtype(), Shape.of(span.to() - span.from())));
        }
        for (BlockInverse block : blocks) {
            IntStream.range(0, block.parts()).forEach(i -> parts.add(new Part(block, i)));
        }
        this.copies = new BlockShares(blocks.stream()
                .mapToDouble(b -> COST_OF_A_COPY * b.block.inputs() * b.block.outputs())
                .toArray());
        this.products = new BlockShares(parts.stream()
                .mapToDouble(p -> p.block.productCost() / p.block.parts())
                .toArray());
        this.refreshes = new BlockShares(
                blocks.stream().mapToDouble(BlockInverse::refreshCost).toArray());
        this.correction = corrects ? new Correction() : null;
    }

    private static void requireTridiagonal(KroneckerStatistic statistic, FactorDamping damping, boolean corrects) {
        if (damping == FactorDamping.EXACT || corrects || !statistic.hasOutputs()) {
            throw new IllegalArgumentException(
                    "a block-tridiagonal inverse needs cotangents and damping of both factors"
                            + " (TRACE, NORM or EQUAL), found " + statistic.cotangents() + " and "
                            + (corrects ? "corrected eigenvalues" : damping)
                            + "; leave out tridiagonal(), or choose these");
        }
    }

    /**
     * {@return an inverse by the eigenvectors of the factors and the exact second moments along them instead of the
     * products of eigenvalues (EKFAC: George, Laurent, Bouthillier, Ballas and Vincent, NeurIPS 2018), to be closed}
     * Its {@link #refresh(double, Objective, INDArray, Scope)} needs examples. gamma^2 is added to the moments.
     *
     * @param factors which stay open
     * @throws IllegalArgumentException if the factors have no cotangents
     */
    public static KroneckerInverse corrected(KroneckerFactors factors) {
        if (!factors.layout().statistic().hasOutputs()) {
            throw new IllegalArgumentException("second moments along eigenvectors need cotangents, found factors with "
                    + Cotangents.NONE + "; choose SAMPLED, RADEMACHER, EXACT or EMPIRICAL");
        }
        return new KroneckerInverse(factors, FactorDamping.EXACT, true);
    }

    /**
     * Inverts the factors as they are now.
     *
     * @param newGamma square root of the damping, positive
     * @return the names of blocks that could not be inverted, such as with a factor that is not finite; they keep their
     *     last inverse, zero if there is none
     */
    public List<String> refresh(double newGamma) {
        if (correction != null) {
            throw new IllegalStateException("a corrected inverse needs examples for its second moments; call"
                    + " refresh(gamma, objective, theta, scope)");
        }
        return refreshed(newGamma, Workers.CALLER);
    }

    /**
     * Inverts the factors as they are now, on the objective's workers, and where they are corrected, computes second
     * moments over some examples.
     *
     * @param newGamma square root of the damping, positive
     * @param objective whose model has these blocks
     * @param theta the point
     * @param scope the examples
     * @return the names of blocks that could not be inverted; of all blocks, if second moments are not finite
     */
    public List<String> refresh(double newGamma, Objective objective, INDArray theta, Scope scope) {
        List<String> failed = refreshed(newGamma, objective.workers());
        boolean isCorrected =
                correction == null || arena.lifetime().during(() -> correction.apply(objective, theta, scope));
        return isCorrected ? failed : blocks.stream().map(b -> b.block.name()).toList();
    }

    private List<String> refreshed(double newGamma, Workers workers) {
        if (!(newGamma > 0 && Double.isFinite(newGamma))) {
            throw new IllegalArgumentException("gamma must be positive and finite, found " + newGamma);
        }
        return arena.lifetime().during(() -> invert(newGamma, workers));
    }

    private List<String> invert(double newGamma, Workers workers) {
        gamma = newGamma;
        List<String> failed = new ArrayList<>();
        if (chain != null) {
            failed.addAll(chain.refresh(factors.all(), factors.cross(), gamma));
        }
        boolean[] isDone = new boolean[blocks.size()];
        refreshes.run(workers, i -> isDone[i] = blocks.get(i).refresh(factors.a(i), factors.g(i), newGamma));
        for (int i = 0; i < blocks.size(); i++) {
            if (!isDone[i]) {
                failed.add(blocks.get(i).block.name());
            }
        }
        for (int i = 0; i < diagonals.size(); i++) {
            double damping = gamma * gamma;
            Vectors.map(factors.squares(i), diagonals.get(i), d -> 1 / (d + damping));
        }
        return failed;
    }

    /** {@return square root of the damping of the last refresh; not a number before it} */
    public double gamma() {
        return gamma;
    }

    @Override
    public long size() {
        return factors.size();
    }

    @Override
    public Set<Property> properties() {
        return factors.properties();
    }

    @Override
    public void apply(INDArray v, INDArray out) {
        apply(v, out, Workers.CALLER);
    }

    /**
     * The product with a vector on several threads, which take blocks, and rows of large blocks. Its bits do not depend
     * on their number.
     *
     * @param v a vector of this size; it may be out
     * @param out where the product goes
     * @param workers threads that share the work
     */
    public void apply(INDArray v, INDArray out, Workers workers) {
        arena.lifetime().run(() -> multiply(v, out, workers));
    }

    private void multiply(INDArray v, INDArray out, Workers workers) {
        if (Double.isNaN(gamma)) {
            throw new IllegalStateException("the inverse has no numbers before its first refresh");
        }
        INDArray from = v == out ? Arena.copyOf(v) : v;
        SharedVectors.copy(from, out, workers);
        SharedVectors.scale(1 / (gamma * gamma), out, workers); // for parameters that the loss does not use
        copies.run(workers, i -> blocks.get(i).in.read(from));
        products.run(workers, i -> parts.get(i).multiply());
        copies.run(workers, i -> blocks.get(i).out.write(out));
        if (chain != null) {
            chain.apply(from, out);
        }
        for (int i = 0; i < diagonals.size(); i++) {
            Span span = factors.layout().diagonal().get(i);
            Shape part = Shape.of(span.to() - span.from());
            Vectors.multiply(Arena.view(from, span.from(), part), diagonals.get(i), Arena.view(out, span.from(), part));
        }
    }

    /** {@return the floating-point operations of one product with a vector} */
    public double productCost() {
        return chain == null
                ? blocks.stream().mapToDouble(BlockInverse::productCost).sum()
                : chain.productCost();
    }

    /** {@return the floating-point operations of one refresh} */
    public double refreshCost() {
        return chain == null
                ? blocks.stream().mapToDouble(BlockInverse::refreshCost).sum()
                : chain.refreshCost();
    }

    // ---- state ------------------------------------------------------------------------------------------------

    /** All numbers in one vector, for a state. */
    INDArray numbers() {
        long length = arrays().stream().mapToLong(INDArray::length).sum();
        INDArray flat = Arena.create(factors.dtype(), Shape.of(length));
        move(flat, true);
        return flat;
    }

    /** Goes on with saved numbers. */
    void restore(INDArray flat, double savedGamma) {
        move(flat, false);
        gamma = savedGamma;
    }

    private List<INDArray> arrays() {
        List<INDArray> all = new ArrayList<>();
        blocks.forEach(block -> all.addAll(List.of(block.arrays())));
        if (chain != null) {
            all.addAll(chain.arrays());
        }
        all.addAll(diagonals);
        return all;
    }

    private void move(INDArray flat, boolean isSaving) {
        long at = 0;
        for (INDArray array : arrays()) {
            INDArray part = Arena.view(flat, at, Shape.of(array));
            Vectors.copy(isSaving ? array : part, isSaving ? part : array);
            at += array.length();
        }
    }

    @Override
    public String toString() {
        return "inverse of " + factors + " with damping " + gamma + "^2";
    }

    @Override
    public void close() {
        blocks.forEach(BlockInverse::close);
        if (chain != null) {
            chain.close();
        }
        arena.close();
    }
}
