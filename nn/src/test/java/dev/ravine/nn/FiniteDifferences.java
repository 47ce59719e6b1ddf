package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/**
 * Derivatives with respect to a module's flat vector, by moving the vector itself and building the graph anew: central
 * differences of fourth order with step 1e-3, good to about 1e-10 for smooth functions of size 1.
 */
public final class FiniteDifferences {
    private static final double STEP = 1e-3;
    private static final double TOLERANCE = 1e-7;

    private FiniteDifferences() {}

    /** Compares the gradient, element by element, and the Hessian along a random direction. */
    public static void check(Module module, Supplier<Tensor> loss) {
        double[] gradient = gradient(module, loss.get());
        double[] slopes = new double[gradient.length];
        for (int i = 0; i < slopes.length; i++) {
            double[] axis = new double[slopes.length];
            axis[i] = 1;
            slopes[i] = along(module, axis, () -> new double[] {loss.get().scalar()})[0];
        }
        assertThat(gradient).as("gradient").containsExactly(slopes, within(TOLERANCE));
        double[] v = direction(5, gradient.length);
        assertThat(hessianTimes(module, loss.get(), v))
                .as("Hessian times vector")
                .containsExactly(along(module, v, () -> gradient(module, loss.get())), within(TOLERANCE));
    }

    public static double[] gradient(Module module, Tensor loss) {
        return flat(Autodiff.gradient(loss, variables(module)));
    }

    public static double[] hessianTimes(Module module, Tensor loss, double[] v) {
        return flat(Autodiff.hvp(loss, variables(module), parts(module, v)));
    }

    public static List<Tensor> variables(Module module) {
        return module.namedParameters().values().stream()
                .map(Parameter::variable)
                .toList();
    }

    /** A flat vector cut into one tensor for each parameter. */
    public static List<Tensor> parts(Module module, double... v) {
        List<Tensor> parts = new ArrayList<>();
        for (ParameterVector.Segment s : module.parameterVector().segments()) {
            double[] part = Arrays.copyOfRange(v, (int) s.offset(), (int) (s.offset() + s.size()));
            parts.add(Tensor.constant(DType.FLOAT64, s.parameter().shape(), part));
        }
        return parts;
    }

    public static double[] flat(List<Tensor> parts) {
        return Check.noNulls("tensors", parts).stream()
                .flatMapToDouble(t -> DoubleStream.of(Arena.toDoubles(t.value())))
                .toArray();
    }

    public static double[] gaussian(long seed, int size) {
        Rng rng = new Rng(seed);
        return DoubleStream.generate(rng::nextGaussian).limit(size).toArray();
    }

    /** Of length 1, so that the step is as long as along an axis, whatever the number of parameters. */
    private static double[] direction(long seed, int size) {
        double[] v = gaussian(seed, size);
        double norm = Math.sqrt(DoubleStream.of(v).map(x -> x * x).sum());
        return DoubleStream.of(v).map(x -> x / norm).toArray();
    }

    private static double[] along(Module module, double[] v, Supplier<double[]> f) {
        ParameterVector theta = module.parameterVector();
        double[] start = Arena.toDoubles(theta.array());
        double[][] at = new double[4][];
        double[] steps = {STEP, -STEP, 2 * STEP, -2 * STEP};
        for (int s = 0; s < 4; s++) {
            double[] moved = new double[start.length];
            for (int i = 0; i < moved.length; i++) {
                moved[i] = start[i] + steps[s] * v[i];
            }
            set(theta, moved);
            at[s] = f.get();
        }
        set(theta, start);
        double[] slope = new double[at[0].length];
        Arrays.setAll(slope, i -> (8 * (at[0][i] - at[1][i]) - (at[2][i] - at[3][i])) / (12 * STEP));
        return slope;
    }

    private static void set(ParameterVector theta, double... numbers) {
        theta.set(Arena.of(DType.FLOAT64, Shape.of(numbers.length), numbers));
    }
}
