package dev.ravine.optim.matrix;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.Lapack;
import dev.ravine.core.kernels.SharedProduct;
import dev.ravine.core.kernels.Vectors;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One side's second moment of gradients, and an approximate basis of its eigenvectors. */
final class Rotation {
    /** Rows are eigenvectors, those of the largest eigenvalues first. */
    final INDArray basis;

    final INDArray moment;
    private final int order;
    private final INDArray product;
    private final SharedProduct toProduct;

    Rotation(DType dtype, int order, Arena arena) {
        this.order = order;
        this.basis = arena.allocate(dtype, Shape.of(order, order));
        this.moment = arena.allocate(dtype, Shape.of(order, order));
        this.product = arena.allocate(dtype, Shape.of(order, order));
        this.toProduct = SharedProduct.of(basis, false, moment, false, product, 0);
    }

    /** The eigenvectors themselves, by a decomposition in double precision. */
    long decompose() {
        INDArray vectors = Arena.of(DType.FLOAT64, Shape.of(order, order), Arena.toDoubles(moment));
        Lapack.eigen(vectors, Arena.create(DType.FLOAT64, Shape.of(order)));
        double[] row = new double[order];
        Elements from = Elements.of(vectors);
        Elements to = Elements.of(basis);
        for (int i = 0; i < order; i++) {
            from.read((order - 1 - i) * order, order, row);
            to.write(i * order, order, row);
        }
        return 9L * order * order * order;
    }

    /**
     * One power iteration of the whole basis, after it was sorted by the moments along its vectors.
     *
     * @param workers threads that share the product
     * @return the place in the old basis of each vector of the sorted one
     */
    int[] iterate(Workers workers) {
        toProduct.run(workers);
        Elements vectors = Elements.of(basis);
        Elements products = Elements.of(product);
        double[] along = IntStream.range(0, order)
                .mapToDouble(i -> Vectors.dot(vectors, products, i * order, (i + 1) * order))
                .toArray();
        int[] places = IntStream.range(0, order)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -along[i]))
                .mapToInt(i -> i)
                .toArray();
        double[] row = new double[order];
        for (int i = 0; i < order; i++) {
            products.read(places[i] * order, order, row);
            vectors.write(i * order, order, row);
        }
        Lapack.orthonormalizeRows(basis);
        return places;
    }

    /** Operations of {@link #iterate}. */
    long work() {
        return 2L * order * order * order + 8L * order * order * order / 3;
    }
}
