package dev.ravine.optim.kronecker;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.SharedVectors;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model's curvature as a block A (x) G for each layer (Martens and Grosse, "Optimizing neural networks with
 * Kronecker-factored approximate curvature", ICML 2015): A is the mean of a a' over the inputs a of the layer, with a 1
 * for its bias, and G the mean of g g' over cotangents g of its outputs, both over examples. The block of a vector,
 * as a matrix V [inputs, outputs], is multiplied as A V G. L2 is not in it.
 *
 * <p>Blocks are found in the model's graph: any weight that meets the examples in a product, whatever the layer.
 * Several uses of one weight make one block. Parameters that the loss does not use have zero rows. A parameter whose
 * examples cannot be told apart is refused by name, or gets the diagonal ({@link Builder#allowDiagonal}).
 *
 * <p>The numbers are the same for any number of workers. Memory is 4 or 8 bytes times twice the sum of squares of all
 * orders, and the same again for each {@link KroneckerInverse}.
 */
public final class KroneckerFactors implements LinearOperator, AutoCloseable {
    private final Builder settings;
    private final KroneckerLayout layout;
    private final long size;
    private final DType dtype;
    private final Arena arena = new Arena("the Kronecker factors");
    private final INDArray present;
    private final INDArray average;
    private final List<KroneckerLayout.Views> views;
    private final List<FactorBlock> blocks = new ArrayList<>();
    private long updates;
    private long alike;

    private KroneckerFactors(Builder settings, Objective objective) {
        this.settings = settings.copy();
        this.size = objective.size();
        this.dtype = objective.dtype();
        this.layout = KroneckerLayout.of(objective, settings.statistic(), settings.largestFactor);
        this.present = arena.allocate(dtype, Shape.of(layout.size()));
        this.average = arena.allocate(dtype, Shape.of(layout.size()));
        this.views = layout.views(average);
        for (int i = 0; i < views.size(); i++) {
            blocks.add(new FactorBlock(layout.blocks().get(i), views.get(i), arena, dtype));
        }
    }

    /** {@return a builder with drawn targets, EXPAND, and no memory of earlier updates} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Computes the factors of some examples and averages them with those of earlier updates. Factors that are not
     * finite are left out.
     *
     * @param objective whose model has these blocks
     * @param theta the point
     * @param scope the examples
     */
    public void update(Objective objective, INDArray theta, Scope scope) {
        arena.lifetime().enter();
        try {
            objective.statistic(theta, scope, layout.statistic(), present);
            take(objective.workers());
        } finally {
            arena.lifetime().exit();
        }
    }

    /**
     * The same before training begins: this update and those before it count alike.
     *
     * @param objective whose model has these blocks
     * @param theta the point
     * @param scope the examples
     */
    public void burnIn(Objective objective, INDArray theta, Scope scope) {
        alike = updates + 1;
        update(objective, theta, scope);
        alike = updates;
    }

    /** Which blocks there are. */
    KroneckerLayout layout() {
        return layout;
    }

    /** Averages the present statistic with those of earlier updates; one that is not finite is left out. */
    private void take(Workers workers) {
        if (!SharedVectors.isFinite(present, workers)) {
            return;
        }
        updates++;
        double kept = updates <= alike ? 1 - 1.0 / updates : settings.averaging.kept(updates, alike, settings.decay);
        SharedVectors.scale(kept, average, workers);
        SharedVectors.axpy(1 - kept, present, average, workers);
        blocks.forEach(FactorBlock::join);
    }

    /** {@return how many updates were averaged} */
    public long updates() {
        return updates;
    }

    /** How many of the first updates count alike. */
    long alike() {
        return alike;
    }

    /** {@return the names of the parameters of each block, of those with the diagonal alone, and of those left out} */
    public List<String> description() {
        List<String> names = new ArrayList<>();
        layout.blocks().forEach(b -> names.add(b.name() + ": " + b.inputs() + " x " + b.outputs()));
        layout.diagonalNames().forEach(name -> names.add(name + ": diagonal"));
        layout.leftNames().forEach(name -> names.add(name + ": left out"));
        return names;
    }

    /**
     * {@return the factors of a block, A and G; G is null where it is the identity} The arrays are the memory itself.
     *
     * @param i the block, in the order of {@link #description}
     */
    public List<INDArray> factors(int i) {
        FactorBlock block = blocks.get(i);
        return block.g() == null ? List.of(block.a()) : List.of(block.a(), block.g());
    }

    /** {@return the mean of all diagonals, a scale of the curvature} */
    double meanDiagonal() {
        double sum = 0;
        for (FactorBlock block : blocks) {
            sum += block.trace();
        }
        return sum / size;
    }

    // ---- the operator -----------------------------------------------------------------------------------------

    @Override
    public long size() {
        return size;
    }

    @Override
    public Set<Property> properties() {
        return Set.of(Property.SYMMETRIC, Property.POSITIVE_SEMIDEFINITE);
    }

    @Override
    public void apply(INDArray v, INDArray out) {
        arena.lifetime().run(() -> multiply(v, out));
    }

    private void multiply(INDArray v, INDArray out) {
        INDArray from = v == out ? Arena.copyOf(v) : v;
        Vectors.fill(out, 0);
        for (FactorBlock block : blocks) {
            block.apply(from, out);
        }
        for (int i = 0; i < layout.diagonal().size(); i++) {
            Span span = layout.diagonal().get(i);
            Shape part = Shape.of(span.to() - span.from());
            Vectors.multiply(
                    Arena.view(from, span.from(), part),
                    layout.squares(average, i),
                    Arena.view(out, span.from(), part));
        }
    }

    @Override
    public String toString() {
        return "Kronecker factors of " + blocks.size() + " blocks";
    }

    DType dtype() {
        return dtype;
    }

    /** The factors of all blocks. */
    List<List<INDArray>> all() {
        return IntStream.range(0, blocks.size()).mapToObj(this::factors).toList();
    }

    INDArray a(int i) {
        return blocks.get(i).a();
    }

    INDArray g(int i) {
        return blocks.get(i).g();
    }

    /** The cross moments of neighbouring blocks. */
    List<List<INDArray>> cross() {
        return layout.cross(average);
    }

    INDArray squares(int i) {
        return layout.squares(average, i);
    }

    // ---- state ------------------------------------------------------------------------------------------------

    /** A number that differs for other blocks, almost certainly. */
    double checksum() {
        CRC32C crc = new CRC32C();
        String text = String.join("\n", description()) + "\n" + layout.size();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return (double) crc.getValue();
    }

    /** The averaged statistic, for a state. */
    INDArray average() {
        return average;
    }

    /** Goes on from a saved average. */
    void restore(INDArray saved, long savedUpdates) {
        restore(saved, savedUpdates, 0);
    }

    /** The same after updates of which the first count alike. */
    void restore(INDArray saved, long savedUpdates, long savedAlike) {
        Vectors.copy(saved, average);
        updates = savedUpdates;
        alike = savedAlike;
        blocks.forEach(FactorBlock::join);
    }

    @Override
    public void close() {
        arena.close();
    }

    /** Settings of {@link KroneckerFactors}. */
    public static final class Builder implements Cloneable {
        private Cotangents cotangents = Cotangents.SAMPLED;
        private Sharing sharing = Sharing.EXPAND;
        private FactorAveraging averaging = FactorAveraging.MARTENS;
        private double decay;
        private boolean allowsDiagonal;
        private LeftOut left = new LeftOut(false, List.of());
        private boolean isTridiagonal;
        private int largestFactor = 8192;

        private Builder() {}

        /** {@return the settings as they are now, whatever becomes of these} */
        public Builder copy() {
            try {
                return (Builder) clone();
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException("every builder can be cloned", e);
            }
        }

        /** {@return the settings} */
        @Override
        public String toString() {
            return cotangents + ", " + sharing + ", " + averaging + " with decay " + decay
                    + (allowsDiagonal ? ", diagonal allowed" : "") + ", factors up to " + largestFactor
                    + (isTridiagonal ? ", block-tridiagonal inverse" : "")
                    + (left.withoutRows() ? ", without parameters that have no rows" : "")
                    + (left.spans().isEmpty() ? "" : ", without " + left.spans());
        }

        private KroneckerStatistic statistic() {
            return new KroneckerStatistic(cotangents, sharing, allowsDiagonal, left, isTridiagonal);
        }

        /**
         * What is sent back from the outputs.
         *
         * @param kind {@link Cotangents#SAMPLED} without it
         * @return this
         */
        public Builder cotangents(Cotangents kind) {
            this.cotangents = Objects.requireNonNull(kind, "kind");
            return this;
        }

        /**
         * How several places of an example count.
         *
         * @param kind {@link Sharing#EXPAND} without it
         * @return this
         */
        public Builder sharing(Sharing kind) {
            this.sharing = Objects.requireNonNull(kind, "kind");
            return this;
        }

        /**
         * How updates are averaged.
         *
         * @param kind {@link FactorAveraging#MARTENS} without it
         * @param newDecay the weight of the past, from 0 to 1; 0 without it, which forgets it
         * @return this
         */
        public Builder averaging(FactorAveraging kind, double newDecay) {
            this.averaging = Objects.requireNonNull(kind, "kind");
            if (!(newDecay >= 0 && newDecay <= 1)) {
                throw new IllegalArgumentException("the decay of factors must be from 0 to 1, found " + newDecay);
            }
            this.decay = newDecay;
            return this;
        }

        /**
         * Gives parameters whose examples cannot be told apart a diagonal, at the price of a pass for each example.
         * Without it they are an error that names them.
         *
         * @return this
         */
        public Builder allowDiagonal() {
            this.allowsDiagonal = true;
            return this;
        }

        /**
         * Makes inverses block-tridiagonal: besides the blocks they know the cross moments of each layer with the next
         * one (Martens and Grosse, ICML 2015). The factors as an operator stay block-diagonal. For layers that an
         * example uses once, in the order of their parameters. An inverse takes four systems of eigenvectors for each
         * layer.
         *
         * @param on false without it
         * @return this
         */
        public Builder tridiagonal(boolean on) {
            this.isTridiagonal = on;
            return this;
        }

        /**
         * Leaves parameters out: those of some groups, and all whose examples cannot be told apart. Products are zero
         * in them, and an inverse divides them by the damping.
         *
         * @param groups parameters that could have factors; may be none
         * @return this
         */
        public Builder leaveOut(List<ParameterGroup> groups) {
            this.left = new LeftOut(
                    true,
                    Check.noNulls("groups", groups).stream()
                            .flatMap(g -> g.spans().stream())
                            .toList());
            return this;
        }

        /**
         * The largest order of a factor; a larger one is an error that names its parameters.
         *
         * @param order 8,192 without it
         * @return this
         */
        public Builder largestFactor(int order) {
            this.largestFactor = Check.atLeastOne("the largest order of a factor", order);
            return this;
        }

        /**
         * {@return factors of an objective's model, without numbers before the first {@link KroneckerFactors#update};
         * to be closed}
         *
         * @param objective with a model
         * @throws dev.ravine.autodiff.NoRowsException if a parameter's examples cannot be told apart
         * @throws UnsupportedOperationException if the objective has no model, or its loss does not say how it curves
         * @throws IllegalArgumentException if a factor would be too large
         */
        public KroneckerFactors build(Objective objective) {
            return new KroneckerFactors(this, objective);
        }
    }
}
