package dev.ravine.examples;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.ExactNewton;

/** Minimises a function with Newton's method, and fits a curve with Levenberg and Marquardt's. */
public final class CurveFit {
    private static final Tensor HOURS = numbers(0.5, 1, 2, 3, 5, 8);
    private static final Tensor LEVELS = numbers(4.19, 3.52, 2.51, 1.80, 0.94, 0.35);

    private CurveFit() {}

    private static Tensor numbers(double... values) {
        return Tensor.constant(DType.FLOAT64, Shape.of(values.length), values);
    }

    /**
     * (1 - x)^2 + 100 (y - x^2)^2.
     *
     * @param t x and y
     * @return its value
     */
    public static Tensor rosenbrock(Tensor t) {
        Tensor x = t.slice(0, 0, 1);
        Tensor y = t.slice(0, 1, 2);
        return x.neg().add(1).square().add(y.sub(x.square()).square().mul(100)).sum();
    }

    /**
     * The errors of height e^(-rate hours).
     *
     * @param t height and rate
     * @return one for each measurement
     */
    public static Tensor errors(Tensor t) {
        Tensor decay = HOURS.mul(t.slice(0, 1, 2)).neg().exp();
        return LEVELS.sub(decay.mul(t.slice(0, 0, 1)));
    }

    /**
     * Prints both minima.
     *
     * @param args none
     */
    public static void main(String[] args) {
        try (var optimizer = ExactNewton.builder().build()) {
            var found = Minimize.of(CurveFit::rosenbrock).from(-1.2, 1).with(optimizer);
            System.out.println("minimum at " + found.x() + " after " + found.steps() + " steps: " + found.reason());
        }
        try (var optimizer = LevenbergMarquardt.builder().build()) {
            var found = Minimize.leastSquares(CurveFit::errors).from(1, 1).with(optimizer);
            System.out.println("height and rate " + found.x() + ": " + found.reason());
        }
    }
}
