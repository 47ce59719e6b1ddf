package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A loss at one point: its value, its gradient, and products with its curvature, each of which may be applied many
 * times. Everything that does not depend on the multiplied vector (activations, adjoints, local derivatives) is
 * computed at most once.
 *
 * <p>All vectors are flat: the parameters one after the other, in the order in which they were named, each row by row.
 * The point is fixed when the linearization is made; later changes of the parameters do not move it. A linearization is
 * used by one thread at a time. Close it to return its memory.
 */
public interface Linearization extends AutoCloseable {
    /** {@return the number of parameters, which is the length of all vectors} */
    long size();

    /** {@return the floating-point dtype of all vectors} */
    DType dtype();

    /** {@return the loss at the point} */
    double value();

    /**
     * Computes the gradient.
     *
     * @param out overwritten with the gradient at the point
     */
    void gradient(INDArray out);

    /**
     * Multiplies a vector by a curvature matrix; both arrays may be the same.
     *
     * @param curvature the matrix
     * @param vector the vector
     * @param out overwritten with the matrix times the vector
     * @throws UnsupportedOperationException if the matrix needs something that was not given, saying what
     */
    void product(Curvature curvature, INDArray vector, INDArray out);

    /**
     * Multiplies a vector by a curvature matrix A with structural damping: by A + structural S, where S is
     * {@link Curvature#STRUCTURAL}. Both arrays may be the same. It takes two products unless an implementation knows
     * better.
     *
     * @param curvature A
     * @param structural the weight of S; 0 for A alone
     * @param vector the vector
     * @param out overwritten with the product
     * @throws UnsupportedOperationException if a matrix needs something that was not given, saying what
     */
    default void product(Curvature curvature, double structural, INDArray vector, INDArray out) {
        if (structural == 0) {
            product(curvature, vector, out);
            return;
        }
        INDArray added = Arena.create(dtype(), Shape.of(size()));
        product(Curvature.STRUCTURAL, vector, added);
        product(curvature, vector, out);
        Vectors.axpy(structural, added, out);
    }

    /**
     * Multiplies a vector by the Hessian.
     *
     * @param vector the vector
     * @param out overwritten with the Hessian times the vector
     */
    default void hessian(INDArray vector, INDArray out) {
        product(Curvature.HESSIAN, vector, out);
    }

    /**
     * Multiplies a vector by the Gauss-Newton matrix.
     *
     * @param vector the vector
     * @param out overwritten with the Gauss-Newton matrix times the vector
     */
    default void gaussNewton(INDArray vector, INDArray out) {
        product(Curvature.GAUSS_NEWTON, vector, out);
    }

    /**
     * Multiplies a vector by the Fisher matrix.
     *
     * @param vector the vector
     * @param out overwritten with the Fisher matrix times the vector
     */
    default void fisher(INDArray vector, INDArray out) {
        product(Curvature.FISHER, vector, out);
    }

    /**
     * The products of several vectors with one another through a curvature matrix. This takes a product for each
     * vector unless an implementation knows better.
     *
     * @param curvature the matrix A
     * @param vectors v_0, v_1, ..., of the parameters' size
     * @return the symmetric matrix of v_i' A v_j
     * @throws UnsupportedOperationException if the matrix needs something that was not given, saying what
     */
    default double[][] forms(Curvature curvature, List<INDArray> vectors) {
        int n = Check.noNulls("the vectors", vectors).size();
        double[][] forms = new double[n][n];
        INDArray product = Arena.create(dtype(), Shape.of(size()));
        for (int j = 0; j < n; j++) {
            product(curvature, vectors.get(j), product);
            for (int i = 0; i <= j; i++) {
                forms[i][j] = Vectors.dot(vectors.get(i), product);
                forms[j][i] = forms[i][j];
            }
        }
        return forms;
    }

    @Override
    void close();
}
