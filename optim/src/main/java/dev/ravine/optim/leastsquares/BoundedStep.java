package dev.ravine.optim.leastsquares;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.optim.secondorder.Bounds;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What bounds do to a step of least squares: parameters that are pressed against them stay, and steps end there. */
final class BoundedStep {
    private BoundedStep() {}

    /** Gives an infinite scale to each parameter that the gradient presses against its bound. */
    static void hold(Bounds bounds, INDArray theta, INDArray gradient, double[] scales) {
        bounds.as(DType.of(theta)).require(theta);
        double[] x = Arena.toDoubles(theta);
        double[] g = Arena.toDoubles(gradient);
        for (int i = 0; i < x.length; i++) {
            if (bounds.isPressed(i, x[i], g[i])) {
                scales[i] = Double.POSITIVE_INFINITY;
            }
        }
    }

    /** Clears the elements of a gradient that press a parameter against its bound. */
    static void project(Bounds bounds, INDArray theta, INDArray gradient) {
        double[] x = Arena.toDoubles(theta);
        Elements g = Elements.of(gradient);
        for (int i = 0; i < x.length; i++) {
            if (bounds.isPressed(i, x[i], g.get(i))) {
                g.set(i, 0);
            }
        }
    }

    /** Cuts a step off at the bounds; returns whether anything was cut off. */
    static boolean cut(Bounds bounds, INDArray theta, INDArray step) {
        Bounds exact = bounds.as(DType.of(theta));
        double[] x = Arena.toDoubles(theta);
        Elements p = Elements.of(step);
        boolean isCut = false;
        for (int i = 0; i < x.length; i++) {
            double way = p.get(i);
            double end = exact.clip(i, x[i] + way);
            if (end != x[i] + way) {
                p.set(i, end - x[i]);
                p.set(i, exact.shortened(i, x[i], p.get(i)));
                isCut |= p.get(i) != way;
            }
        }
        return isCut;
    }
}
