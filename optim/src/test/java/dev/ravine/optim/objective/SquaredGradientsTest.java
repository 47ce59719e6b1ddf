package dev.ravine.optim.objective;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Residual;
import dev.ravine.nn.layers.Sequential;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The mean of squared gradients of single examples is what one example after the other gives. */
class SquaredGradientsTest {
    private static final int EXAMPLES = 90;

    private record Case(String name, Module module) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        Linear twice = new Linear(4, 4);
        Linear frozen = new Linear(4, 4);
        frozen.freeze();
        return Stream.of(
                new Case("dense", new Sequential(new Linear(2, 5), Activation.tanh(), new Linear(5, 3))),
                new Case(
                        "gain and bias",
                        new Sequential(new Linear(2, 4), new LayerNorm(4), Activation.relu(), new Linear(4, 3))),
                new Case(
                        "residual, dropout",
                        new Sequential(
                                new Linear(2, 4),
                                new Residual(new Sequential(new Linear(4, 4), Activation.tanh())),
                                new Dropout(0.3),
                                new Linear(4, 3))),
                new Case("frozen", new Sequential(new Linear(2, 4), frozen, new Linear(4, 3))),
                new Case(
                        "a layer used twice",
                        new Sequential(new Linear(2, 4), twice, Activation.tanh(), twice, new Linear(4, 3))),
                new Case(
                        "weights [out, in]", new Sequential(new Transposed(2, 5), Activation.tanh(), new Linear(5, 3))),
                new Case("one matrix from both sides", new Tied(2, 5, 3)),
                new Case("shared over places", new Places(Places.Order.EXAMPLES_FIRST)),
                new Case("shared over places, flattened", new Places(Places.Order.FLAT)),
                new Case("shared over places, places first", new Places(Places.Order.PLACES_FIRST)),
                new Case("one scale for all", new Scale()),
                new Case("a bias through maximum", new Clipped()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isThatOfOneExampleAfterTheOther(Case c) {
        c.module.initialize(DType.FLOAT64, 3);
        DataSet spirals = Generators.spirals(EXAMPLES, 3, 0.1, 1);
        Scope scope = Scope.all().withNoise(7);
        try (Workers workers = new Workers(2);
                SupervisedObjective objective = SupervisedObjective.builder(
                                c.module, Loss.softmaxCrossEntropy(), spirals)
                        .l2(0.1)
                        .workers(workers)
                        .shardSize(40)
                        .build();
                SupervisedObjective bare = SupervisedObjective.builder(c.module, Loss.softmaxCrossEntropy(), spirals)
                        .workers(workers)
                        .build()) {
            OneByOne.assertSquaredGradients(
                    objective, bare, objective, scope, i -> Scope.of(i).withNoise(7), 1e-13);
        }
    }

    /** y = x W' with W of shape [out, in], as in other libraries. */
    private static final class Transposed extends Module {
        private final Parameter weight;

        Transposed(long in, long out) {
            weight = parameter("weight", Initializer.normal(0.5), out, in);
        }

        @Override
        public Tensor forward(Tensor x) {
            return x.matmul(weight.tensor().transpose());
        }
    }

    /** Encodes by W and decodes by W', which then meets the examples a second time. */
    private static final class Tied extends Module {
        private final Parameter weight;
        private final Linear last;

        Tied(long in, long hidden, long out) {
            weight = parameter("weight", Initializer.normal(0.5), in, hidden);
            last = child("last", new Linear(in, out));
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor code = x.matmul(weight.tensor()).tanh();
            return last.apply(code.matmul(weight.tensor(), false, true));
        }
    }

    /** One dense layer with bias at each of two places of an example. */
    private static final class Places extends Module {
        enum Order {
            EXAMPLES_FIRST,
            FLAT,
            PLACES_FIRST
        }

        private final Order order;
        private final Parameter weight;
        private final Parameter bias;
        private final Linear last;

        Places(Order order) {
            this.order = order;
            weight = parameter("weight", Initializer.normal(0.7), 1, 3);
            bias = parameter("bias", Initializer.normal(0.7), 3);
            last = child("last", new Linear(6, 3));
        }

        @Override
        public Tensor forward(Tensor x) {
            long n = x.shape().size(0);
            Tensor places = x.reshape(Shape.of(n, 2, 1));
            Tensor hidden = switch (order) {
                case EXAMPLES_FIRST -> dense(places);
                case FLAT -> dense(places.reshape(Shape.of(2 * n, 1)));
                case PLACES_FIRST ->
                    dense(places.permute(1, 0, 2).reshape(Shape.of(2 * n, 1)))
                            .reshape(Shape.of(2, n, 3))
                            .permute(1, 0, 2);
            };
            return last.apply(hidden.reshape(Shape.of(n, 6)));
        }

        private Tensor dense(Tensor x) {
            return x.matmul(weight.tensor()).add(bias.tensor()).tanh();
        }
    }

    /** A single number that all elements of all examples are multiplied with. */
    private static final class Scale extends Module {
        private final Parameter scale = parameter("scale", Initializer.normal(1));
        private final Linear last = child("last", new Linear(2, 3));

        @Override
        public Tensor forward(Tensor x) {
            return last.apply(x.mul(scale.tensor()).tanh());
        }
    }

    /** The larger of features and a bias, which is repeated by an operation of its own. */
    private static final class Clipped extends Module {
        private final Parameter floor = parameter("floor", Initializer.normal(0.5), 2);
        private final Linear last = child("last", new Linear(2, 3));

        @Override
        public Tensor forward(Tensor x) {
            return last.apply(x.maximum(floor.tensor()));
        }
    }
}
