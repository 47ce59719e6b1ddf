package dev.ravine.optim.spectrum;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.LinearOperator.Property;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks that all methods of this package share: a symmetric matrix, sensible settings, random vectors. */
final class Requirements {
    private Requirements() {}

    static void symmetric(String method, LinearOperator a, DType dtype) {
        if (!a.properties().contains(Property.SYMMETRIC)) {
            throw new IllegalArgumentException(method + " needs a SYMMETRIC matrix, but " + a + " is declared "
                    + a.properties() + "; declare the property if it holds");
        }
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException(method + " needs vectors of FLOAT32 or FLOAT64, found " + dtype);
        }
        if (a.size() < 1 || a.size() > Integer.MAX_VALUE / dtype.bytes()) {
            throw new IllegalArgumentException(method + " needs a matrix of order 1 to "
                    + Integer.MAX_VALUE / dtype.bytes() + " for " + dtype + ", found order " + a.size());
        }
    }

    static int atLeast(int least, String what, int value) {
        if (value < least) {
            throw new IllegalArgumentException(what + " must be at least " + least + ", found " + value);
        }
        return value;
    }

    static double finite(String what, double value) {
        if (!Double.isFinite(value)) {
            throw new ArithmeticException(what + " is " + value
                    + ": a product of the matrix is not finite; check the point at which it is taken");
        }
        return value;
    }

    /** ||A x - value x|| / ||x||, by a product of the matrix itself. */
    static double residual(LinearOperator a, double value, INDArray x) {
        INDArray difference = Arena.create(DType.of(x), Shape.of(x.length()));
        a.apply(x, difference);
        Elements product = Elements.of(difference);
        Elements vector = Elements.of(x);
        double square = 0;
        for (int i = 0; i < vector.size(); i++) {
            double d = product.get(i) - value * vector.get(i);
            square += d * d;
        }
        return finite("a residual", Math.sqrt(square) / Vectors.norm(x));
    }

    /** Elements of -1 and 1, with equal chances. */
    static void rademacher(Rng rng, INDArray out) {
        Elements x = Elements.of(out);
        for (int i = 0, n = x.size(); i < n; i++) {
            x.set(i, rng.nextLong() < 0 ? -1 : 1);
        }
    }

    static void gaussian(Rng rng, INDArray out) {
        Elements x = Elements.of(out);
        for (int i = 0, n = x.size(); i < n; i++) {
            x.set(i, rng.nextGaussian());
        }
    }
}
