package dev.ravine.optim.problems;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.optim.objective.FunctionObjective;

/** sum of 100 (x_(i+1) - x_i^2)^2 + (1 - x_i)^2 (Rosenbrock, 1960), as a graph and in plain Java; 0 at (1, ..., 1). */
public final class Rosenbrock {
    private Rosenbrock() {}

    public static FunctionObjective objective(DType dtype, int n) {
        return new FunctionObjective(dtype, n, Rosenbrock::of);
    }

    /** The function of a vector as a graph. */
    public static Tensor of(Tensor x) {
        long n = x.shape().size(0);
        Tensor a = x.slice(0, 0, n - 1);
        Tensor b = x.slice(0, 1, n);
        return b.sub(a.square()).square().mul(100).add(a.sub(1).square()).sum();
    }

    /** Residuals whose sum of squares is the function, of a vector of two. */
    public static Tensor residuals(Tensor x) {
        Tensor a = x.slice(0, 0, 1);
        Tensor b = x.slice(0, 1, 2);
        return Tensor.concat(0, b.sub(a.square()).mul(10), a.neg().add(1));
    }

    public static double value(double[] x) {
        double sum = 0;
        for (int i = 0; i + 1 < x.length; i++) {
            double u = x[i + 1] - x[i] * x[i];
            sum += 100 * u * u + (1 - x[i]) * (1 - x[i]);
        }
        return sum;
    }

    public static double[] gradient(double[] x) {
        double[] g = new double[x.length];
        for (int i = 0; i + 1 < x.length; i++) {
            double u = x[i + 1] - x[i] * x[i];
            g[i] += -400 * u * x[i] - 2 * (1 - x[i]);
            g[i + 1] += 200 * u;
        }
        return g;
    }
}
