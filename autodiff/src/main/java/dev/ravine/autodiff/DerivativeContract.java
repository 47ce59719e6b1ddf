package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Proves that the derivatives of an operation, a layer or a loss are right, by the checks that all of Ravine's
 * operations pass.
 *
 * <pre>{@code
 * DerivativeContract.of("swish", in -> Tensor.of(new Swish(), in.get(0)))
 *         .input(Shape.of(3, 4))
 *         .expecting(in -> map(in[0], x -> x / (1 + Math.exp(-x))))
 *         .check();
 * }</pre>
 *
 * <p>At random inputs, in float64 unless said otherwise, {@link #check()} verifies that
 *
 * <ol>
 *   <li>values equal those of {@link #expecting}, and agree between float32 and float64;
 *   <li>J v agrees with finite differences, with all inputs moving at once and with each input moving alone (the other
 *       tangents are absent);
 *   <li>u'(J v) = (J'u)'v;
 *   <li>H v agrees with finite differences of the gradient, for the scalar s = w'f + f'f / 2;
 *   <li>u'(H v) = v'(H u);
 *   <li>the third derivative, the forward derivative of H v, agrees with finite differences of H v;
 *   <li>one program that replays value, J v, gradient and H v agrees with fresh graphs, at two points.
 * </ol>
 *
 * <p>Finite differences are central and of fourth order: (8 (f(+h) - f(-h)) - (f(+2h) - f(-2h))) / 12h with h = 1e-3.
 * Their error is about h^4 times the fifth derivative. Inputs must stay 2h away from kinks; choose {@link #between}
 * accordingly.
 */
public final class DerivativeContract {
    private static final double STEP = 1e-3;
    private static final double DIFFERENCES = 1e-7;
    private static final double IDENTITY = 1e-11;
    private static final double SINGLE = 2e-4;

    private final String name;
    private final Function<List<Tensor>, Tensor> operation;
    private final List<Input> inputs = new ArrayList<>();
    private double low = -2;
    private double high = 2;
    private Function<double[][], double[]> expected;
    private long seed = 1;

    private record Input(Shape shape, double low, double high, long limit) {
        boolean isInteger() {
            return limit > 0;
        }
    }

    private DerivativeContract(String name, Function<List<Tensor>, Tensor> operation) {
        this.name = name;
        this.operation = operation;
    }

    /**
     * {@return a contract for an operation, without inputs yet}
     *
     * @param name its name in messages
     * @param operation builds the result from its inputs; called several times, with both dtypes
     */
    public static DerivativeContract of(String name, Function<List<Tensor>, Tensor> operation) {
        return new DerivativeContract(name, operation);
    }

    /**
     * Sets the range of the inputs that are added after this call. The default is from -2 to 2.
     *
     * @param from lower end
     * @param to upper end
     * @return this
     */
    public DerivativeContract between(double from, double to) {
        this.low = from;
        this.high = to;
        return this;
    }

    /**
     * Adds a floating-point input.
     *
     * @param shape its shape; may have axes of size 1 or 0
     * @return this
     */
    public DerivativeContract input(Shape shape) {
        inputs.add(new Input(shape, low, high, 0));
        return this;
    }

    /**
     * Adds an input of INT64 indices, which have no derivative.
     *
     * @param shape its shape
     * @param limit indices run from 0 to limit - 1
     * @return this
     */
    public DerivativeContract indices(Shape shape, int limit) {
        inputs.add(new Input(shape, 0, 0, limit));
        return this;
    }

    /**
     * Sets the expected values.
     *
     * @param reference computes the result from the inputs; all arrays are flat, row by row
     * @return this
     */
    public DerivativeContract expecting(Function<double[][], double[]> reference) {
        this.expected = reference;
        return this;
    }

    /**
     * Sets the seed of the random inputs.
     *
     * @param newSeed the seed; the default is 1
     * @return this
     */
    public DerivativeContract seed(long newSeed) {
        this.seed = newSeed;
        return this;
    }

    /**
     * Runs all checks.
     *
     * @throws ContractViolation naming the first check that fails
     */
    public void check() {
        List<INDArray> point = sample(0);
        checkValues(point);
        if (inputs.stream().anyMatch(i -> !i.isInteger())) {
            checkJacobian(point);
            checkHessian(point);
            checkReplay(point, sample(1));
        }
    }

    // ---- values -----------------------------------------------------------------------------------------------

    private void checkValues(List<INDArray> point) {
        double[] value = Arena.toDoubles(operation.apply(tensors(point)).value());
        if (expected != null) {
            double[][] in = point.stream().map(Arena::toDoubles).toArray(double[][]::new);
            compare("value in float64 against the expected one", value, expected.apply(in), 1e-12);
        }
        Tensor single = operation.apply(tensors(point.stream()
                .map(a -> DType.of(a).isFloating() ? Arena.of(DType.FLOAT32, Shape.of(a), Arena.toDoubles(a)) : a)
                .toList()));
        if (single.dtype() != DType.FLOAT32) {
            throw violation("value in float32: the result has dtype " + single.dtype());
        }
        compare("value in float32 against float64", Arena.toDoubles(single.value()), value, SINGLE);
    }

    // ---- first order ------------------------------------------------------------------------------------------

    private void checkJacobian(List<INDArray> point) {
        List<Tensor> xs = tensors(point);
        Tensor y = operation.apply(xs);
        List<Integer> moving = IntStream.range(0, xs.size())
                .filter(i -> !inputs.get(i).isInteger())
                .boxed()
                .toList();
        checkForward("J v against finite differences, all inputs moving", point, xs, y, moving);
        if (moving.size() > 1) {
            for (int i : moving) {
                checkForward("J v against finite differences, input " + i + " alone", point, xs, y, List.of(i));
            }
        }
        List<Tensor> at = pick(xs, moving);
        List<Tensor> vs = directions(at, 11);
        Tensor u = direction(y, 12);
        Tensor forward = Autodiff.jvp(List.of(y), at, vs).get(0);
        List<Tensor> backward = Autodiff.vjp(List.of(y), at, List.of(u));
        for (int i = 0; i < at.size(); i++) {
            if (!backward.get(i).shape().equals(at.get(i).shape())) {
                throw violation("J'u has shape " + backward.get(i).shape() + " for an input of shape "
                        + at.get(i).shape());
            }
        }
        compareDots("u'(J v) against (J'u)'v", List.of(u), List.of(forward), backward, vs);
    }

    private void checkForward(String check, List<INDArray> point, List<Tensor> xs, Tensor y, List<Integer> moving) {
        List<Tensor> vs = directions(pick(xs, moving), 10);
        compareWithDifferences(
                List.of(check),
                Autodiff.jvp(List.of(y), pick(xs, moving), vs),
                point,
                moving,
                vs,
                in -> List.of(operation.apply(in)));
    }

    /** Compares derivatives of several functions, which share one graph at each moved point. */
    private void compareWithDifferences(
            List<String> checks,
            List<Tensor> derivatives,
            List<INDArray> point,
            List<Integer> moving,
            List<Tensor> directions,
            Function<List<Tensor>, List<Tensor>> functions) {
        List<double[]> expected = differences(point, moving, directions, functions);
        for (int i = 0; i < checks.size(); i++) {
            compare(checks.get(i), Arena.toDoubles(derivatives.get(i).value()), expected.get(i), DIFFERENCES);
        }
    }

    // ---- second and third order -------------------------------------------------------------------------------

    private Tensor scalarOf(List<Tensor> xs) {
        Tensor y = operation.apply(xs);
        return direction(y, 20).mul(y).add(y.square().mul(0.5)).sum();
    }

    private void checkHessian(List<INDArray> point) {
        List<Tensor> xs = tensors(point);
        List<Integer> moving = IntStream.range(0, xs.size())
                .filter(i -> !inputs.get(i).isInteger())
                .boxed()
                .toList();
        List<Tensor> at = pick(xs, moving);
        List<Tensor> vs = directions(at, 21);
        List<Tensor> us = directions(at, 22);
        Tensor s = scalarOf(xs);
        List<Tensor> hv = Autodiff.hvp(s, at, vs);
        List<Tensor> hu = Autodiff.hvp(s, at, us);
        List<Tensor> third = Autodiff.jvp(hv, at, us);
        compareWithDifferences(
                each("H v against finite differences of the gradient, input ", moving),
                hv,
                point,
                moving,
                vs,
                in -> Autodiff.gradient(scalarOf(in), pick(in, moving)));
        compareWithDifferences(
                each("third derivative against finite differences of H v, input ", moving),
                third,
                point,
                moving,
                us,
                in -> Autodiff.hvp(scalarOf(in), pick(in, moving), vs));
        compareDots("u'(H v) against v'(H u)", us, hv, vs, hu);
    }

    private static List<String> each(String check, List<Integer> moving) {
        return moving.stream().map(i -> check + i).toList();
    }

    // ---- programs ---------------------------------------------------------------------------------------------

    private void checkReplay(List<INDArray> first, List<INDArray> second) {
        List<Tensor> leaves = new ArrayList<>();
        for (INDArray a : first) {
            leaves.add(Tensor.input("x" + leaves.size(), DType.of(a), Shape.of(a)));
        }
        List<Tensor> planned = quantities(leaves);
        try (Program program = Program.of(leaves, planned)) {
            for (List<INDArray> point : List.of(first, second, first)) {
                for (int i = 0; i < leaves.size(); i++) {
                    program.set(leaves.get(i), point.get(i));
                }
                program.run();
                List<Tensor> fresh = quantities(tensors(point));
                for (int i = 0; i < planned.size(); i++) {
                    compare(
                            "replayed quantity " + i + " (value, J v, gradients, H v) against fresh evaluation",
                            Arena.toDoubles(program.outputMemory(planned.get(i))),
                            Arena.toDoubles(fresh.get(i).value()),
                            IDENTITY);
                }
            }
        }
    }

    private List<Tensor> quantities(List<Tensor> xs) {
        List<Tensor> at = xs.stream().filter(x -> x.dtype().isFloating()).toList();
        List<Tensor> vs = directions(at, 21);
        Tensor y = operation.apply(xs);
        Tensor s = scalarOf(xs);
        List<Tensor> all = new ArrayList<>();
        all.add(y);
        all.addAll(Autodiff.jvp(List.of(y), at, vs));
        all.addAll(Autodiff.gradient(s, at));
        all.addAll(Autodiff.hvp(s, at, vs));
        return all;
    }

    // ---- random points and directions -------------------------------------------------------------------------

    private List<INDArray> sample(int number) {
        List<INDArray> point = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Input input = inputs.get(i);
            Rng rng = new Rng(seed).split(100L * number + i);
            INDArray array = Arena.create(input.isInteger() ? DType.INT64 : DType.FLOAT64, input.shape);
            Elements out = Elements.of(array);
            for (int j = 0; j < out.size(); j++) {
                out.set(j, input.isInteger() ? rng.nextLong(input.limit) : rng.nextDouble(input.low, input.high));
            }
            point.add(array);
        }
        return point;
    }

    private List<Tensor> directions(List<Tensor> of, int purpose) {
        List<Tensor> directions = new ArrayList<>();
        for (int i = 0; i < of.size(); i++) {
            directions.add(direction(of.get(i), purpose + 1000 * i));
        }
        return directions;
    }

    private Tensor direction(Tensor of, int purpose) {
        Rng rng = new Rng(seed).split(-purpose);
        INDArray array = Arena.create(of.dtype(), of.shape());
        Elements out = Elements.of(array);
        for (int i = 0; i < out.size(); i++) {
            out.set(i, rng.nextGaussian());
        }
        return Tensor.constant(array);
    }

    /** Leaves of the inputs' shapes, for tests that inspect the graph. */
    List<Tensor> leaves(DType dtype) {
        return inputs.stream()
                .map(i -> Tensor.input("x", i.isInteger() ? DType.INT64 : dtype, i.shape))
                .toList();
    }

    private static List<Tensor> tensors(List<INDArray> point) {
        return point.stream().map(Tensor::constant).toList();
    }

    private static List<Tensor> pick(List<Tensor> from, List<Integer> which) {
        return which.stream().map(from::get).toList();
    }

    // ---- comparisons ------------------------------------------------------------------------------------------

    /** The derivatives of functions along directions of some inputs, by central differences of fourth order. */
    private static List<double[]> differences(
            List<INDArray> point, List<Integer> moving, List<Tensor> vs, Function<List<Tensor>, List<Tensor>> fs) {
        List<List<double[]>> at = new ArrayList<>();
        for (double step : new double[] {STEP, -STEP, 2 * STEP, -2 * STEP}) {
            List<INDArray> moved = new ArrayList<>(point);
            for (int i = 0; i < moving.size(); i++) {
                INDArray x = Arena.copyOf(point.get(moving.get(i)));
                Vectors.axpy(step, vs.get(i).value(), x);
                moved.set(moving.get(i), x);
            }
            at.add(fs.apply(tensors(moved)).stream()
                    .map(f -> Arena.toDoubles(f.value()))
                    .toList());
        }
        return IntStream.range(0, at.get(0).size())
                .mapToObj(f -> slope(
                        at.get(0).get(f),
                        at.get(1).get(f),
                        at.get(2).get(f),
                        at.get(3).get(f)))
                .toList();
    }

    private static double[] slope(double[] up, double[] down, double[] farUp, double[] farDown) {
        double[] slope = new double[up.length];
        Arrays.setAll(slope, i -> (8 * (up[i] - down[i]) - (farUp[i] - farDown[i])) / (12 * STEP));
        return slope;
    }

    private void compareDots(String check, List<Tensor> a, List<Tensor> b, List<Tensor> c, List<Tensor> d) {
        double left = 0;
        double right = 0;
        double scale = 1;
        for (int i = 0; i < a.size(); i++) {
            left += Vectors.dot(a.get(i).value(), b.get(i).value());
            scale += Vectors.norm(a.get(i).value()) * Vectors.norm(b.get(i).value());
        }
        for (int i = 0; i < c.size(); i++) {
            right += Vectors.dot(c.get(i).value(), d.get(i).value());
            scale += Vectors.norm(c.get(i).value()) * Vectors.norm(d.get(i).value());
        }
        if (!(Math.abs(left - right) <= IDENTITY * scale)) {
            throw violation(check + ": " + left + " and " + right + " differ by more than " + IDENTITY * scale);
        }
    }

    private void compare(String check, double[] found, double[] reference, double tolerance) {
        if (found.length != reference.length) {
            throw violation(check + ": " + found.length + " numbers, expected " + reference.length);
        }
        double scale = 1;
        for (double r : reference) {
            scale = Double.isFinite(r) ? Math.max(scale, Math.abs(r)) : scale;
        }
        for (int i = 0; i < found.length; i++) {
            boolean same = Double.compare(found[i], reference[i]) == 0;
            if (!same && !(Math.abs(found[i] - reference[i]) <= tolerance * scale)) {
                throw violation(check + ": element " + i + " is " + found[i] + ", expected " + reference[i] + " within "
                        + tolerance * scale);
            }
        }
    }

    private ContractViolation violation(String message) {
        String shapes =
                String.join(", ", inputs.stream().map(i -> i.shape().toString()).toList());
        return new ContractViolation(name + " at inputs of shape " + shapes + ", seed " + seed + ": " + message);
    }
}
