package dev.ravine.examples;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.TokenCrossEntropy;
import dev.ravine.nn.layers.Embedding;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.LearnedPositions;
import dev.ravine.nn.layers.TransformerEncoderLayer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.Trainer;
import java.io.IOException;

/** A small causal Transformer whose output shares the weights of its embedding, trained on the letters of names. */
public final class CausalTransformer extends Module {
    private final Embedding embedding = child("embedding", new Embedding(27, 32, Initializer.normal(0.1)));
    private final Module first = child("first", block());
    private final Module second = child("second", block());
    private final Module positions = child("positions", new LearnedPositions(Names.STEPS, 32));
    private final Module norm = child("norm", new LayerNorm(32));
    /** Not initialized yet. */
    public CausalTransformer() {}

    private static Module block() {
        return TransformerEncoderLayer.builder(32, 4, 64).preNorm().causal().build();
    }

    @Override
    public Tensor forward(Tensor tokens) {
        Tensor x = positions.apply(embedding.apply(tokens));
        return embedding.logits(norm.apply(second.apply(first.apply(x))));
    }

    /**
     * Trains.
     *
     * @param args the number of steps, 600 without it
     * @throws IOException if the data cannot be read
     */
    public static void main(String[] args) throws IOException {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 600;
        TrainTest names = Names.load();
        var net = new CausalTransformer();
        net.initialize(1);
        try (var optimizer = Adam.builder().learningRate(0.003).build()) {
            Trainer.builder(net, new TokenCrossEntropy(), names.train())
                    .optimizer(optimizer)
                    .budget(Budget.steps(steps))
                    .validation(names.test(), Metric.perplexity(), Metric.tokenAccuracy())
                    .listener(new ConsoleProgress())
                    .build()
                    .train();
        }
    }
}
