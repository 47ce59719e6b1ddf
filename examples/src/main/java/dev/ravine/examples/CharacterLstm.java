package dev.ravine.examples;

import dev.ravine.core.Rng;
import dev.ravine.core.data.TrainTest;
import dev.ravine.core.data.Vocabulary;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.TokenCrossEntropy;
import dev.ravine.nn.TokenSampler;
import dev.ravine.nn.layers.Embedding;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Lstm;
import dev.ravine.nn.layers.RecurrentSettings;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.Trainer;
import java.io.IOException;

/** Trains an LSTM to predict the next letter of names, and lets it make names up. */
public final class CharacterLstm {
    private CharacterLstm() {}

    /**
     * Trains, then prints names.
     *
     * @param args the number of steps, 500 without it
     * @throws IOException if the data cannot be read
     */
    public static void main(String[] args) throws IOException {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 500;
        TrainTest names = Names.load();
        Vocabulary letters = Names.vocabulary();
        int count = letters.size();
        var lstm = new Lstm(RecurrentSettings.of(16, 64));
        var net = new Sequential(new Embedding(count, 16), lstm, new Linear(64, count));
        net.initialize(1);
        try (var optimizer = Adam.builder().learningRate(0.01).build();
                var predictor = new Predictor(net)) {
            Trainer.builder(net, new TokenCrossEntropy(), names.train())
                    .optimizer(optimizer)
                    .budget(Budget.steps(steps))
                    .validation(names.test(), Metric.perplexity(), Metric.tokenAccuracy())
                    .listener(new ConsoleProgress())
                    .build()
                    .train();
            var sampler = new TokenSampler(predictor, Names.STEPS).until(letters.token('\n'));
            for (int i = 0; i < 8; i++) {
                long[] name = sampler.sample(letters.encode("\n"), Names.STEPS, new Rng(i));
                System.out.println("made up: " + letters.decode(name).strip());
            }
        }
    }
}
