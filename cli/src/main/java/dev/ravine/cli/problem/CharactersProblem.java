package dev.ravine.cli.problem;

import dev.ravine.core.Shape;
import dev.ravine.core.data.Characters;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TextFile;
import dev.ravine.core.data.TrainTest;
import dev.ravine.core.data.Vocabulary;
import dev.ravine.examples.Names;
import dev.ravine.nn.TokenCrossEntropy;
import dev.ravine.nn.words.NetBuilder;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.ModelCode;
import java.io.IOException;
import java.util.List;

/** The next character of names, or of the user's text, by a recurrent net or a causal Transformer. */
public final class CharactersProblem extends BuiltInProblem {
    private static final NetChoice.Kind DEFAULT_NET = NetChoice.Kind.LSTM;
    private static final int DEFAULT_STEPS = 64;
    private static final int MOST_CHARACTERS = 5_000_000;
    private static final double TEST_SHARE = 0.1;

    private static final Metric PERCENT = new Metric(
            "token accuracy %",
            true, (outputs, data) -> 100 * Metric.tokenAccuracy().figure().applyAsDouble(outputs, data));

    /**
     * Texts to learn from.
     *
     * @param name for people
     */
    private record Texts(String name, Vocabulary vocabulary, TrainTest set) {}

    /** For {@link java.util.ServiceLoader}. */
    public CharactersProblem() {
        super(
                "characters",
                new Defaults(
                        List.of(),
                        0,
                        Budget.seconds(60),
                        List.of("momentum:lr=0.3,mu=0.9,clip=1", "adam:lr=3e-3,clip=1", "hf:lambda=1")));
    }

    @Override
    public Task task(Choices choices) throws IOException {
        LongTerm.requireSequences(this, choices);
        Texts texts = choices.text() == null ? names(choices) : text(choices);
        String words = choices.net().tokenWords(DEFAULT_NET);
        int tokens = texts.vocabulary.size();
        long[] sizes = texts.set.train().featureShape().toArray();
        ModelCode code = new ModelCode(
                () -> new NetBuilder(Shape.of(sizes), tokens).causal().build(words, tokens, true),
                TokenCrossEntropy::new);
        return Task.builder(code, texts.set)
                .described(texts.name, words)
                .l2(choices.l2())
                .metric(TaskMetric.test("test perplexity", Metric.perplexity()))
                .metric(TaskMetric.test("test token accuracy %", PERCENT))
                .build();
    }

    private Texts names(Choices choices) throws IOException {
        Choices.require(
                choices.length() == null,
                "--length is the steps of a text's parts: give --text FILE, too; names have steps of their own");
        return new Texts("letters of 9,395 names", Names.vocabulary(), Names.load());
    }

    /** The last tenth is for the test, with the characters of the whole text. */
    private static Texts text(Choices choices) throws IOException {
        String all = TextFile.read(choices.text());
        int steps = choices.length() == null ? DEFAULT_STEPS : choices.length();
        int count = all.codePointCount(0, all.length());
        int least = (int) Math.ceil(2 * (steps + 1) / TEST_SHARE);
        Choices.require(
                count >= least && count <= MOST_CHARACTERS,
                "--text needs " + least + " to " + MOST_CHARACTERS + " characters for parts of " + steps
                        + " steps, found " + count + " in " + choices.text()
                        + "; take another text, or other steps by --length");
        int cut = all.offsetByCodePoints(0, (int) (count * (1 - TEST_SHARE)));
        Vocabulary vocabulary = Vocabulary.of(all);
        DataSet train = Characters.parts(vocabulary, all.substring(0, cut), steps);
        DataSet test = Characters.parts(vocabulary, all.substring(cut), steps);
        return new Texts(
                count + " characters of " + choices.text() + ", in parts of " + steps,
                vocabulary,
                new TrainTest(train, test));
    }
}
