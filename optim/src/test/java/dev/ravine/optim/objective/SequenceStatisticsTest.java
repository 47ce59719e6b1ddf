package dev.ravine.optim.objective;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Module;
import dev.ravine.nn.TokenCrossEntropy;
import dev.ravine.nn.layers.Embedding;
import dev.ravine.nn.layers.GroupNorm;
import dev.ravine.nn.layers.Gru;
import dev.ravine.nn.layers.LearnedPositions;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Lstm;
import dev.ravine.nn.layers.RecurrentSettings;
import dev.ravine.nn.layers.Rnn;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.nn.layers.TransformerEncoderLayer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Nets over sequences under an objective: the mean of squared gradients of single examples is what one example after the
 * other gives, with a loss over tokens some of which are ignored, and shards do not change the numbers.
 */
class SequenceStatisticsTest {
    private static final int EXAMPLES = 7;
    private static final int STEPS = 4;
    private static final int TOKENS = 5;

    /** An embedding whose weights are the output's too. */
    private static final class Tied extends Module {
        private final Embedding embedding = child("embedding", new Embedding(TOKENS, 4));
        private final LearnedPositions positions = child("positions", new LearnedPositions(6, 4));
        private final TransformerEncoderLayer block = child(
                "block",
                TransformerEncoderLayer.builder(4, 2, 3).causal().preNorm().build());

        @Override
        public Tensor forward(Tensor tokens) {
            return embedding.logits(block.apply(positions.apply(embedding.apply(tokens))));
        }
    }

    /** A recurrent net over tokens that ends before padding. */
    private static final class Masked extends Module {
        private final Embedding embedding = child("embedding", Embedding.withPadding(TOKENS, 3, 0));
        private final Lstm lstm =
                child("lstm", new Lstm(RecurrentSettings.of(3, 3).bidirectional()));
        private final Linear output = child("output", new Linear(6, TOKENS));

        @Override
        public Tensor forward(Tensor tokens) {
            Tensor x = embedding.apply(tokens);
            return output.apply(lstm.apply(x, embedding.mask(tokens, x.dtype())));
        }
    }

    private static Arguments net(String name, Supplier<Module> net) {
        return Arguments.of(name, net);
    }

    static Stream<Arguments> nets() {
        RecurrentSettings sizes = RecurrentSettings.of(3, 4);
        return Stream.of(
                net("rnn", () -> chain(new Rnn(sizes))),
                net("rnn, learned state", () -> chain(new Rnn(sizes.learnedInitialState()))),
                net("lstm, two layers", () -> chain(new Lstm(sizes.layers(2)))),
                net("lstm, learned state", () -> chain(new Lstm(sizes.learnedInitialState()))),
                net("gru", () -> chain(new Gru(sizes))),
                net("gru, learned state", () -> chain(new Gru(sizes.learnedInitialState()))),
                net("group norm", () -> chain(new Sequential(new Rnn(sizes), new GroupNorm(2, 4)))),
                net("masked", Masked::new),
                net("tied", Tied::new));
    }

    private static Module chain(Module layer) {
        return new Sequential(new Embedding(TOKENS, 3), layer, new Linear(4, TOKENS));
    }

    private static DataSet data() {
        Rng rng = new Rng(3);
        INDArray tokens = Arena.create(DType.INT64, Shape.of(EXAMPLES, STEPS));
        INDArray targets = Arena.create(DType.INT64, Shape.of(EXAMPLES, STEPS));
        for (int i = 0; i < EXAMPLES * STEPS; i++) {
            Elements.of(tokens).set(i, rng.nextInt(TOKENS));
            Elements.of(targets).set(i, i % 5 == 2 ? -100 : rng.nextInt(TOKENS));
        }
        return DataSet.ofSequences(tokens, targets).as(DType.FLOAT64);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nets")
    void squaredGradientsAreThoseOfOneExampleAfterTheOther(String name, Supplier<Module> net) {
        Module module = net.get();
        module.initialize(DType.FLOAT64, 3);
        try (Workers workers = new Workers(2);
                SupervisedObjective objective = SupervisedObjective.builder(module, new TokenCrossEntropy(), data())
                        .workers(workers)
                        .shardSize(3)
                        .build();
                SupervisedObjective whole = SupervisedObjective.builder(module, new TokenCrossEntropy(), data())
                        .workers(workers)
                        .build()) {
            OneByOne.assertSquaredGradients(objective, whole, whole, Scope.all(), Scope::of, 1e-14);
        }
    }
}
