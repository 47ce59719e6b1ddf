package dev.ravine.core.kernels;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Multiplies two small matrices and compares the product with a plain loop, once, before the first call of OpenBLAS.
 * Some of its builds compute wrong products on newer processors.
 */
final class ProductSelfTest {
    private static final int ROWS = 67;
    private static final int INNER = 45;
    private static final int COLUMNS = 71;

    static {
        check(DType.FLOAT32, 1e-4);
        check(DType.FLOAT64, 1e-12);
    }

    private ProductSelfTest() {}

    /**
     * Makes sure that the test has passed; cheap after the first call.
     *
     * @throws IllegalStateException (inside an ExceptionInInitializerError) if a product is wrong
     */
    static void require() {
        // The static initializer has run.
    }

    /** One product of 67 x 45 by 45 x 71: odd sizes reach the edge cases of blocked routines. */
    private static void check(DType dtype, double tolerance) {
        Rng rng = new Rng(1);
        double[] a = uniform(rng, ROWS * INNER);
        double[] b = uniform(rng, INNER * COLUMNS);
        INDArray product = Arena.create(dtype, Shape.of(ROWS, COLUMNS));
        INDArray left = Arena.of(dtype, Shape.of(ROWS, INNER), a);
        INDArray right = Arena.of(dtype, Shape.of(INNER, COLUMNS), b);
        new MatrixProduct(
                        MatrixProduct.Matrix.firstOf(left),
                        false,
                        MatrixProduct.Matrix.firstOf(right),
                        false,
                        MatrixProduct.Matrix.firstOf(product),
                        0)
                .run();
        Elements computed = Elements.of(product);
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < COLUMNS; j++) {
                double expected = 0;
                for (int l = 0; l < INNER; l++) {
                    expected += a[i * INNER + l] * b[l * COLUMNS + j];
                }
                double found = computed.get(i * COLUMNS + j);
                if (!(Math.abs(found - expected) <= tolerance)) {
                    throw new IllegalStateException("the native matrix product is wrong on this processor: "
                            + dtype + " element (" + i + ", " + j + ") is " + found + ", expected " + expected
                            + "; set the environment variable OPENBLAS_CORETYPE=Haswell and start again");
                }
            }
        }
    }

    /** Numbers that single precision holds exactly. */
    private static double[] uniform(Rng rng, int count) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) rng.nextDouble(-1, 1);
        }
        return numbers;
    }
}
