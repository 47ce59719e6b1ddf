package dev.ravine.optim;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.LeastSquares;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Powers of two by which parameters and function are divided, so that squares, products and Hessians of what an optimizer
 * sees are in the range of numbers. Where the numbers themselves are, division changes no digit.
 *
 * @param x the exponent of the unit of the parameters
 * @param f that of the function, even for a sum of squares
 */
record Units(int x, int f) {
    private static final double USUAL_TOLERANCE = 1e-8;
    private static final Units NONE = new Units(0, 0);

    /** Beyond, squares and Hessians near the ends of the range of numbers, and no first radius or damping fits. */
    private static final int LARGE = 150;

    private static final int LARGE_SINGLE = 55;

    /** So that the unit and its inverse are normal numbers. */
    private static final int LARGEST = 1000;

    private static final int LARGEST_SINGLE = 120;

    /** An objective in units. */
    record Found(Objective objective, Units units) implements AutoCloseable {
        @Override
        public void close() {
            objective.close();
        }
    }

    /**
     * Finds units at a start. Costs two or three gradients where they are not 1.
     *
     * @param optimizer that will see them; none are chosen for one whose settings are in units of their own
     * @param start the point
     * @param maker of the objective in some units
     * @return the objective in units in which start and gradient are near 1, or in those of the function if they are far
     *     from the ends of the range of numbers
     */
    static Found of(Optimizer optimizer, INDArray start, Function<Units, Objective> maker) {
        DType dtype = DType.of(start);
        if (!optimizer.fitsAnyUnits()) {
            return new Found(maker.apply(NONE), NONE);
        }
        Units units = new Units(exponent(Vectors.norm(start), dtype, false), 0);
        Objective objective = maker.apply(units);
        try {
            for (int tries = 0; tries < 3; tries++) {
                int f = functionExponent(objective, units, start);
                if (f == 0) {
                    break;
                }
                objective.close();
                // Residuals are divided by the root of the unit.
                int largest = largest(dtype) * (objective instanceof LeastSquares ? 2 : 1);
                units = new Units(units.x, Math.max(-largest, Math.min(units.f + f - f % 2, largest)));
                objective = maker.apply(units);
            }
            return new Found(objective, units);
        } catch (RuntimeException e) {
            objective.close();
            throw e;
        }
    }

    /** The exponent of the gradient; 0 if that needs no unit. Beside parameters in a unit, gradients have one, too. */
    private static int functionExponent(Objective objective, Units units, INDArray start) {
        DType dtype = DType.of(start);
        INDArray gradient = Arena.create(dtype, Shape.of(start.length()));
        double value = objective.gradient(units.scaled(start), Scope.all(), gradient);
        double norm = Vectors.norm(gradient);
        if (value == 0 && units.f == 0 && objective instanceof LeastSquares) {
            // Squares underflow where residuals do not.
            return -largest(dtype);
        }
        double size = norm > 0 && Double.isFinite(norm) ? norm : Math.abs(value);
        return exponent(size, dtype, units.x != 0 && units.f == 0);
    }

    /** 0 where no unit can help, or is needed, since a size is far from the ends of the range of numbers. */
    private static int exponent(double size, DType dtype, boolean isAlways) {
        int exponent = size > 0 && Double.isFinite(size) ? Math.getExponent(size) : 0;
        int large = dtype == DType.FLOAT32 ? LARGE_SINGLE : LARGE;
        return !isAlways && Math.abs(exponent) <= large
                ? 0
                : Math.max(-largest(dtype), Math.min(exponent, largest(dtype)));
    }

    private static int largest(DType dtype) {
        return dtype == DType.FLOAT32 ? LARGEST_SINGLE : LARGEST;
    }

    private boolean isNone() {
        return x == 0 && f == 0;
    }

    /** The function of parameters in these units, in its unit; or residuals whose squares are. */
    UnaryOperator<Tensor> scaled(UnaryOperator<Tensor> function, boolean isLeastSquares) {
        if (isNone()) {
            return function;
        }
        double unit = Math.scalb(1.0, isLeastSquares ? -f / 2 : -f);
        return y -> {
            Tensor there = function.apply(x == 0 ? y : y.mul(Math.scalb(1.0, x)));
            return f == 0 ? there : there.mul(unit);
        };
    }

    /** A point in these units, always a copy. */
    INDArray scaled(INDArray point) {
        INDArray copy = Arena.copyOf(point);
        if (x != 0) {
            Vectors.scale(Math.scalb(1.0, -x), copy);
        }
        return copy;
    }

    /** A point in the function's own units: itself where they are the same. */
    INDArray point(INDArray scaled) {
        if (x == 0) {
            return scaled;
        }
        INDArray copy = Arena.copyOf(scaled);
        Vectors.scale(Math.scalb(1.0, x), copy);
        return copy;
    }

    /** A value of the function in its own unit. */
    double value(double scaled) {
        return Math.scalb(scaled, f);
    }

    /** The norm of a gradient in the function's own units. */
    double slope(double scaled) {
        return Math.scalb(scaled, f - x);
    }

    /** The norm of a gradient in these units. */
    double scaledSlope(double slope) {
        return Math.scalb(slope, x - f);
    }

    /** The tolerance of gradients for a start of a norm, both in these units. */
    double usualTolerance(double norm) {
        return slope(norm) <= USUAL_TOLERANCE ? USUAL_TOLERANCE * norm : scaledSlope(USUAL_TOLERANCE);
    }

    private double curvature(double scaled) {
        return Math.scalb(Math.scalb(scaled, f - x), -x);
    }

    /** A report in the function's own units, but for the telemetry. */
    StepReport report(StepReport step) {
        if (isNone()) {
            return step;
        }
        Optional<ModelReport> model = step.model()
                .map(m -> new ModelReport(
                        curvature(m.damping()),
                        m.ratio(),
                        m.iterations(),
                        m.stopped(),
                        m.detail(),
                        curvature(m.smallestCurvature())));
        return new StepReport(
                step.step(),
                value(step.loss()),
                value(step.lossAfter()),
                slope(step.gradientNorm()),
                Math.scalb(step.stepNorm(), x),
                step.examples(),
                step.cost(),
                step.accepted(),
                step.reason(),
                model,
                step.telemetry());
    }
}
