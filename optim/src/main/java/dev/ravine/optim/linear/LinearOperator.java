package dev.ravine.optim.linear;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A square matrix known by its product with a vector, and by properties that solvers rely on and check. Operators made
 * here say in {@code toString} how they were put together, such as {@code GAUSS_NEWTON + 0.1 I}.
 */
public interface LinearOperator {
    /** A property that a matrix is known to have. */
    enum Property {
        /** Equal to its transpose. */
        SYMMETRIC,
        /** x'Ax is never negative. */
        POSITIVE_SEMIDEFINITE
    }

    /** {@return the number of rows and columns} */
    long size();

    /**
     * out = A v.
     *
     * @param v the vector; not changed
     * @param out overwritten; not the same array as v
     */
    void apply(INDArray v, INDArray out);

    /** {@return the known properties of the matrix, an unmodifiable set} */
    Set<Property> properties();

    /**
     * An operator from a function.
     *
     * @param size rows and columns
     * @param product called with v and out
     * @param properties what is known of the matrix; not verified
     * @return the operator
     */
    static LinearOperator of(long size, BiConsumer<INDArray, INDArray> product, Property... properties) {
        return of("A", size, product, properties);
    }

    /**
     * An operator from a function, with a name by which errors call it.
     *
     * @param name such as {@code HESSIAN}
     * @param size rows and columns
     * @param product called with v and out
     * @param properties what is known of the matrix; not verified
     * @return the operator
     */
    static LinearOperator of(String name, long size, BiConsumer<INDArray, INDArray> product, Property... properties) {
        return of(() -> name, size, product, Set.copyOf(List.of(Check.noNullsIn("the properties", properties))));
    }

    /** The name is put together only if somebody reads it. */
    private static LinearOperator of(
            Supplier<String> name, long size, BiConsumer<INDArray, INDArray> product, Set<Property> properties) {
        return new LinearOperator() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void apply(INDArray v, INDArray out) {
                product.accept(v, out);
            }

            @Override
            public Set<Property> properties() {
                return properties;
            }

            @Override
            public String toString() {
                return name.get();
            }
        };
    }

    /**
     * A curvature at a linearized point; valid until the linearization is closed.
     *
     * @param linearization the objective around the point
     * @param curvature which matrix
     * @return a symmetric operator, positive semidefinite if the curvature is
     */
    static LinearOperator of(Linearization linearization, Curvature curvature) {
        Property[] properties = curvature.isPositiveSemidefinite()
                ? new Property[] {Property.SYMMETRIC, Property.POSITIVE_SEMIDEFINITE}
                : new Property[] {Property.SYMMETRIC};
        return of(
                curvature.name(),
                linearization.size(),
                (v, out) -> linearization.product(curvature, v, out),
                properties);
    }

    /**
     * A curvature with structural damping, A + structural S, at a linearized point; valid until the linearization is
     * closed.
     *
     * @param linearization the objective around the point
     * @param curvature A
     * @param structural the weight of {@link Curvature#STRUCTURAL}, at least 0
     * @return a symmetric operator, positive semidefinite if A is
     */
    static LinearOperator of(Linearization linearization, Curvature curvature, double structural) {
        return of(
                () -> curvature + " + " + structural + " " + Curvature.STRUCTURAL,
                linearization.size(),
                (v, out) -> linearization.product(curvature, structural, v, out),
                of(linearization, curvature).properties());
    }

    /**
     * A diagonal matrix divided into: out = v / d, the inverse of diag(d).
     *
     * @param d the diagonal, all elements positive; kept, not copied
     * @return a symmetric, positive semidefinite operator
     */
    static LinearOperator inverseOfDiagonal(INDArray d) {
        return of(
                "inverse of a diagonal",
                d.length(),
                (v, out) -> Vectors.divide(v, d, out),
                Property.SYMMETRIC,
                Property.POSITIVE_SEMIDEFINITE);
    }

    /**
     * Matrices along the diagonal of a larger one, for blocks of parameters.
     *
     * @param blocks in the order of the vector's parts
     * @return an operator with the properties that all blocks share
     */
    static LinearOperator block(List<LinearOperator> blocks) {
        Check.noNulls("the blocks", blocks);
        long size = blocks.stream().mapToLong(LinearOperator::size).sum();
        Set<Property> shared = EnumSet.allOf(Property.class);
        blocks.forEach(b -> shared.retainAll(b.properties()));
        return of(
                () -> blocks.stream().map(Object::toString).collect(Collectors.joining(", ", "diag(", ")")),
                size,
                (v, out) -> {
                    long offset = 0;
                    for (LinearOperator b : blocks) {
                        Shape part = Shape.of(b.size());
                        b.apply(Arena.view(v, offset, part), Arena.view(out, offset, part));
                        offset += b.size();
                    }
                },
                Set.copyOf(shared));
    }

    /**
     * A + other.
     *
     * @param other of the same size
     * @return an operator with the properties that both share
     */
    default LinearOperator plus(LinearOperator other) {
        if (other.size() != size()) {
            throw new IllegalArgumentException("cannot add operators of sizes " + size() + " and " + other.size());
        }
        Set<Property> shared = EnumSet.allOf(Property.class);
        shared.retainAll(properties());
        shared.retainAll(other.properties());
        INDArray[] scratch = new INDArray[1];
        return of(
                () -> this + " + " + other,
                size(),
                (v, out) -> {
                    scratch[0] = scratch[0] == null ? Arena.copyOf(out) : scratch[0];
                    apply(v, out);
                    other.apply(v, scratch[0]);
                    Vectors.axpy(1, scratch[0], out);
                },
                Set.copyOf(shared));
    }

    /**
     * a A.
     *
     * @param a the factor
     * @return an operator, positive semidefinite if A is and a is not negative
     */
    default LinearOperator scaled(double a) {
        return of(
                () -> a + " (" + this + ")",
                size(),
                (v, out) -> {
                    apply(v, out);
                    Vectors.scale(a, out);
                },
                a >= 0 ? properties() : onlySymmetric());
    }

    /**
     * A + shift I.
     *
     * @param shift the number added to the diagonal
     * @return an operator, positive semidefinite if A is and the shift is not negative
     */
    default LinearOperator shifted(double shift) {
        return of(
                () -> this + " + " + shift + " I",
                size(),
                (v, out) -> {
                    apply(v, out);
                    Vectors.axpy(shift, v, out);
                },
                shift >= 0 ? properties() : onlySymmetric());
    }

    /**
     * A part of this matrix along its diagonal: rows and columns from an offset on. A product costs one of the whole
     * matrix.
     *
     * @param offset the first row and column
     * @param count how many
     * @return an operator with this one's properties
     */
    default LinearOperator diagonalBlock(long offset, long count) {
        if (offset < 0 || count < 1 || offset > size() - count) {
            throw new IllegalArgumentException(
                    count + " rows from row " + offset + " on are not within " + this + ", a matrix of size " + size());
        }
        INDArray[] whole = new INDArray[2];
        return of(
                () -> "rows " + offset + " to " + (offset + count - 1) + " of " + this,
                count,
                (v, out) -> {
                    if (whole[0] == null) {
                        whole[0] = Arena.create(DType.of(v), Shape.of(size()));
                        whole[1] = Arena.create(DType.of(v), Shape.of(size()));
                    }
                    Vectors.copy(v, Arena.view(whole[0], offset, Shape.of(count)));
                    apply(whole[0], whole[1]);
                    Vectors.copy(Arena.view(whole[1], offset, Shape.of(count)), out);
                },
                properties());
    }

    private Set<Property> onlySymmetric() {
        return properties().contains(Property.SYMMETRIC) ? Set.of(Property.SYMMETRIC) : Set.of();
    }
}
