package dev.ravine.cli.study;

import dev.ravine.autodiff.Curvature;
import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/**
 * A method whose steps {@link Scaling} measures, and what theory says about them.
 *
 * @param name for tables and charts
 * @param timeExponent the expected power of n in time
 * @param memoryExponent the expected power of n in memory
 * @param why where these powers come from
 * @param largest the largest number of parameters to try
 * @param maker prepares the method for a net
 * @param bytes the memory that its arrays should take
 * @param cubes the sum of the cubed orders of the matrices that it factorizes
 */
record ScaledMethod(
        String name,
        String timeExponent,
        String memoryExponent,
        String why,
        int largest,
        BiFunction<SupervisedObjective, Module, Subject> maker,
        ToDoubleFunction<Module> bytes,
        ToDoubleFunction<Module> cubes) {
    static final int CG_ITERATIONS = 50;

    /** The largest order of a matrix that fits into an array. */
    static final int LARGEST_ORDER = 16_383;

    private static final int LARGEST_EXACT = 4500;

    static final ScaledMethod FACTORIZATION = new ScaledMethod(
            "factorization alone",
            "3",
            "2",
            "n^3 / 3 operations of Cholesky's method; 16 n^2 bytes",
            LARGEST_EXACT,
            (objective, net) -> new Factorization(new DenseMatrix((int) objective.size())),
            net -> 16 * inAll(net, 2),
            net -> inAll(net, 3));

    static final List<ScaledMethod> ALL = List.of(
            FACTORIZATION,
            new ScaledMethod(
                    "Newton",
                    "2 to 3",
                    "2",
                    "n products of n operations and the factorization; 16 n^2 bytes",
                    LARGEST_EXACT,
                    (objective, net) -> new Stepping(
                            objective,
                            ExactNewton.builder()
                                    .indefinite(ExactNewton.Indefinite.SHIFT)
                                    .curvature(Curvature.GAUSS_NEWTON)
                                    .limit(LARGEST_ORDER)
                                    .build()),
                    net -> 16 * inAll(net, 2),
                    net -> inAll(net, 3)),
            new ScaledMethod(
                    "Newton by layers",
                    "2 to 3",
                    "2",
                    "the same for each layer, each product one of the whole net; 16 n_g^2 bytes for a layer of n_g",
                    LARGEST_EXACT,
                    (objective, net) -> new Stepping(
                            objective,
                            BlockNewton.builder(net).exactUpTo(LARGEST_ORDER).build()),
                    net -> 16 * overLayers(net, 2),
                    net -> overLayers(net, 3)),
            new ScaledMethod(
                    "Hessian-free",
                    "1",
                    "1",
                    CG_ITERATIONS + " products of n operations; 26 vectors",
                    Integer.MAX_VALUE,
                    (objective, net) -> new Stepping(
                            objective,
                            HessianFree.builder()
                                    .maxIterations(CG_ITERATIONS)
                                    .stopRule((i, phi, residual, first) -> false)
                                    .build()),
                    net -> 4.0 * 26 * net.parameterVector().size(),
                    net -> 0));

    private static double inAll(Module net, int power) {
        return Math.pow((double) net.parameterVector().size(), power);
    }

    private static double overLayers(Module net, int power) {
        return ParameterGroup.layersOf(net).stream()
                .mapToDouble(g -> Math.pow((double) g.size(), power))
                .sum();
    }

    /** Something that takes steps and memory. */
    interface Subject extends AutoCloseable {
        void step();

        @Override
        void close();
    }

    private record Stepping(SupervisedObjective objective, Optimizer optimizer) implements Subject {
        @Override
        public void step() {
            optimizer.step(objective, objective.theta());
        }

        @Override
        public void close() {
            optimizer.close();
        }
    }

    private record Factorization(DenseMatrix matrix) implements Subject {
        @Override
        public void step() {
            for (int i = 0; i < matrix.size(); i++) {
                matrix.set(i, i, 1 + i);
            }
            if (!matrix.factorize(1)) {
                throw new IllegalStateException("a positive diagonal matrix could not be factorized");
            }
        }

        @Override
        public void close() {
            matrix.close();
        }
    }
}
