package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.Reduction;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.Points;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Weights that an example uses at several places: convolutions whose patches are cut out by other operations, and nets
 * in which places meet half-way.
 */
class KroneckerPlacesTest {
    private static final int EXAMPLES = 6;
    private static final int LENGTH = 8;

    /** How patches of three neighbours are cut out of a signal of eight. */
    private enum Patches {
        SLICES {
            @Override
            Tensor of(Tensor x) {
                Tensor signal = x.reshape(Shape.of(x.shape().size(0), LENGTH, 1));
                return Tensor.concat(2, signal.slice(1, 0, 6), signal.slice(1, 1, 7), signal.slice(1, 2, 8));
            }
        },
        GATHER {
            @Override
            Tensor of(Tensor x) {
                long[] rows = new long[18];
                for (int i = 0; i < 18; i++) {
                    rows[i] = (long) i / 3 + i % 3;
                }
                Tensor places = Tensor.constant(Arena.ofIntegers(rows));
                return x.transpose()
                        .gather(places)
                        .transpose()
                        .reshape(Shape.of(x.shape().size(0), 6, 3));
            }
        };

        abstract Tensor of(Tensor x);
    }

    /** A convolution of three taps without an activation, one of two taps after it, and the sum over all places. */
    private static final class Convolutions extends Module {
        private final Patches patches;
        private final Parameter first = parameter("first", Initializer.lecunNormal(), 3, 4);
        private final Parameter last = parameter("last", Initializer.lecunNormal(), 8, 2);
        private final Parameter bias = parameter("bias", Initializer.constant(0.1), 2);

        Convolutions(Patches patches) {
            this.patches = patches;
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor hidden = patches.of(x).matmul(first.tensor());
            Tensor pairs = Tensor.concat(2, hidden.slice(1, 0, 5), hidden.slice(1, 1, 6));
            return pairs.matmul(last.tensor()).add(bias.tensor()).sum(1);
        }
    }

    private static SupervisedObjective objective(Module net) {
        net.initialize(DType.FLOAT64, 3);
        DataSet data = DataSet.of(
                Points.random(DType.FLOAT64, 1, Shape.of(EXAMPLES, LENGTH)),
                Points.random(DType.FLOAT64, 2, Shape.of(EXAMPLES, 2)));
        return SupervisedObjective.builder(net, new Loss.SquaredError(Reduction.SUM), data)
                .workers(new Workers(1))
                .build();
    }

    /** The difference from the Gauss-Newton matrix in the parameters from one to another, relative to its largest. */
    private static double difference(SupervisedObjective objective, Sharing sharing, int from, int to) {
        double[][] expected = Dense.part(Dense.curvature(objective, Curvature.GAUSS_NEWTON), from, to);
        try (KroneckerFactors factors = KroneckerFactors.builder()
                .cotangents(Cotangents.EXACT)
                .sharing(sharing)
                .build(objective)) {
            factors.update(objective, objective.theta(), Scope.all());
            return Dense.difference(Dense.part(Dense.of(factors), from, to), expected, to - from);
        }
    }

    @ParameterizedTest
    @EnumSource
    void reduceIsExactForTheLastConvolutionBeforeASumOverPlaces(Patches patches) {
        try (SupervisedObjective objective = objective(new Convolutions(patches))) {
            assertThat(difference(objective, Sharing.REDUCE, 12, 30)).isLessThan(1e-13);
            assertThat(difference(objective, Sharing.EXPAND, 12, 30)).isGreaterThan(1e-3);
        }
    }

    /** A layer at each of four places, their sum, and a layer after it. */
    private static final class HalfWay extends Module {
        private final Parameter before = parameter("before", Initializer.lecunNormal(), 2, 3);
        private final Parameter after = parameter("after", Initializer.lecunNormal(), 3, 2);

        @Override
        public Tensor forward(Tensor x) {
            Tensor places = x.reshape(Shape.of(x.shape().size(0), 4, 2));
            return places.matmul(before.tensor()).sum(1).matmul(after.tensor());
        }
    }

    /** Before the sum all places have one cotangent, so that only A depends on the choice; after it nothing does. */
    @Test
    void afterTheSumOverPlacesBothKindsAgree() {
        try (SupervisedObjective objective = objective(new HalfWay());
                KroneckerFactors expand =
                        KroneckerFactors.builder().cotangents(Cotangents.EXACT).build(objective);
                KroneckerFactors reduce = KroneckerFactors.builder()
                        .cotangents(Cotangents.EXACT)
                        .sharing(Sharing.REDUCE)
                        .build(objective)) {
            expand.update(objective, objective.theta(), Scope.all());
            reduce.update(objective, objective.theta(), Scope.all());
            for (int side = 0; side < 2; side++) {
                assertThat(distance(expand, reduce, 1, side, 1)).isLessThan(1e-13);
            }
            assertThat(distance(expand, reduce, 0, 0, 1)).isGreaterThan(1e-3);
            // The sum of four equal cotangents, squared, is sixteen times the mean of their squares.
            assertThat(distance(expand, reduce, 0, 1, 16)).isLessThan(1e-13);
            assertThat(difference(objective, Sharing.REDUCE, 0, 6)).isLessThan(1e-13);
            assertThat(difference(objective, Sharing.EXPAND, 0, 6)).isGreaterThan(1e-3);
        }
    }

    /** Between a factor times a scale and the other's, relative to the latter. */
    private static double distance(KroneckerFactors a, KroneckerFactors b, int block, int side, double scale) {
        double[] x = Arena.toDoubles(a.factors(block).get(side));
        double[] y = Arena.toDoubles(b.factors(block).get(side));
        double largest = 0;
        double size = 0;
        for (int i = 0; i < x.length; i++) {
            largest = Math.max(largest, Math.abs(scale * x[i] - y[i]));
            size = Math.max(size, Math.abs(y[i]));
        }
        return largest / size;
    }
}
