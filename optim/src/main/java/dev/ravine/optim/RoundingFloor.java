package dev.ravine.optim;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tells whether a gradient is zero up to rounding: whether each of its elements is about as small as the changes that
 * it shows when all elements of the point go to a neighbouring floating-point number, up or down at random. No point
 * nearby is then known to be better. This needs no model, and it does not depend on the units of function and
 * parameters. At a kink, or where steps were held back, the gradient hardly changes between neighbours and fails the
 * test.
 */
final class RoundingFloor {
    private static final int NEIGHBOURS = 4;

    /** The largest of four random changes of an element is rarely smaller than the typical change by more than this. */
    private static final double ALLOWANCE = 4;

    private RoundingFloor() {}

    /**
     * Tests a gradient. Costs four more.
     *
     * @param objective the function
     * @param x the point; not changed
     * @param gradient there, without the part that may not be followed; not changed
     * @param optimizer knows what may be followed
     * @return whether rounding hides it
     */
    static boolean hides(Objective objective, INDArray x, INDArray gradient, Optimizer optimizer) {
        DType dtype = DType.of(x);
        int n = Math.toIntExact(x.length());
        double[] point = Arena.toDoubles(x);
        double[] here = Arena.toDoubles(gradient);
        double[] largest = new double[n];
        Rng rng = new Rng(0);
        INDArray neighbour = Arena.create(dtype, Shape.of(n));
        INDArray there = Arena.create(dtype, Shape.of(n));
        Elements elements = Elements.of(neighbour);
        for (int k = 0; k < NEIGHBOURS; k++) {
            for (int i = 0; i < n; i++) {
                elements.set(i, neighbour(point[i], rng.nextBoolean(), dtype));
            }
            objective.gradient(neighbour, Scope.all(), there);
            optimizer.project(x, there);
            double[] other = Arena.toDoubles(there);
            for (int i = 0; i < n; i++) {
                double change = Math.abs(other[i] - here[i]);
                largest[i] = Double.isFinite(change) ? Math.max(largest[i], change) : largest[i];
            }
        }
        for (int i = 0; i < n; i++) {
            if (!(Math.abs(here[i]) <= ALLOWANCE * largest[i])) {
                return false;
            }
        }
        return true;
    }

    /** Zero has neighbours of another kind, which are far smaller than any unit of the parameter. It stays. */
    private static double neighbour(double value, boolean up, DType dtype) {
        if (value == 0) {
            return 0;
        }
        if (dtype == DType.FLOAT32) {
            return up ? Math.nextUp((float) value) : Math.nextDown((float) value);
        }
        return up ? Math.nextUp(value) : Math.nextDown(value);
    }
}
