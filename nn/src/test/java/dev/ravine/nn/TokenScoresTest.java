package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.layers.Embedding;
import dev.ravine.nn.layers.Sequential;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class TokenScoresTest {
    private static final Shape OUTPUTS = Shape.of(2, 3, 4);
    private static final long IGNORED = -100;

    /** sin(k^2) for the k-th number. */
    private static INDArray outputs() {
        double[] numbers = new double[24];
        Arrays.setAll(numbers, k -> Math.sin(k * k));
        return Arena.of(DType.FLOAT64, OUTPUTS, numbers);
    }

    private static DataSet data(long... targets) {
        INDArray tokens = Arena.view(Arena.ofIntegers(new long[6]), 0, Shape.of(2, 3));
        return DataSet.ofSequences(tokens, Arena.view(Arena.ofIntegers(targets), 0, Shape.of(2, 3)));
    }

    /** Figures of NumPy: the mean of logsumexp minus the target's score, over four tokens. */
    @Test
    void crossEntropyAndAccuracyAreOfTokensThatCount() {
        TokenScores scores = TokenScores.of("test", outputs(), data(1, 0, IGNORED, 3, 0, IGNORED), IGNORED);
        assertThat(scores.crossEntropy()).isCloseTo(1.632230068591415, within(1e-14));
        assertThat(scores.accuracy()).isEqualTo(0.25);
        TokenScores weighted = TokenScores.of(
                "test", outputs(), data(1, 0, IGNORED, 3, 0, IGNORED).withWeights(3, 1), IGNORED);
        assertThat(weighted.crossEntropy()).isCloseTo(1.3115935484487795, within(1e-7));
    }

    /** ln(1 + e^-40), by mpmath. */
    @Test
    void aSureTokenKeepsItsDigits() {
        INDArray outputs = Arena.of(DType.FLOAT64, Shape.of(1, 1, 2), 40, 0);
        DataSet data = DataSet.ofSequences(
                Arena.view(Arena.ofIntegers(0), 0, Shape.of(1, 1)), Arena.view(Arena.ofIntegers(0), 0, Shape.of(1, 1)));
        assertThat(TokenScores.of("test", outputs, data, IGNORED).crossEntropy())
                .isEqualTo(4.248354255291589e-18);
    }

    @Test
    void aNumberThatIsNoneIsWrongAndSeen() {
        INDArray outputs = outputs();
        outputs.putScalar(0, 0, 2, Double.NaN);
        TokenScores scores = TokenScores.of("test", outputs, data(1, 0, IGNORED, 3, 0, IGNORED), IGNORED);
        assertThat(scores.crossEntropy()).isNaN();
        assertThat(scores.accuracy()).isEqualTo(0.0);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> TokenScores.of("test", outputs(), data(1, 4, 0, 0, 0, 0), IGNORED)
                        .accuracy())
                .hasMessageContaining("target 1 of example 0 is 4, expected 0 to 3");
        long[] none = {IGNORED, IGNORED, IGNORED, IGNORED, IGNORED, IGNORED};
        assertThatThrownBy(() ->
                        TokenScores.of("test", outputs(), data(none), IGNORED).crossEntropy())
                .hasMessageContaining("none of 6 targets counts");
        INDArray flat = Arena.of(DType.FLOAT64, Shape.of(6, 4), new double[24]);
        assertThatThrownBy(() -> TokenScores.of("test", flat, data(none), IGNORED))
                .hasMessageContaining("[examples, ..., classes]");
    }

    /** Logits of token 0 are log 1, log 2, log 5, and those of token 2 end the text. */
    @Test
    void theSamplerDrawsByTheSoftmaxAndEnds() {
        var net = new Sequential(new Embedding(3, 3));
        net.initialize(DType.FLOAT64, 1);
        double[] logits = {0, Math.log(2), Math.log(5), 0, 60, 0, 0, 0, 60};
        net.loadStateDict(java.util.Map.of("0.weight", Arena.of(DType.FLOAT64, Shape.of(3, 3), logits)));
        try (var predictor = new Predictor(net)) {
            var sampler = new TokenSampler(predictor, 2);
            int[] counts = new int[3];
            Rng rng = new Rng(3);
            for (int i = 0; i < 4000; i++) {
                counts[(int) sampler.sample(new long[] {0}, 1, rng)[0]]++;
            }
            // Three standard deviations of a binomial count are below 95.
            assertThat(counts[0]).isCloseTo(500, within(95));
            assertThat(counts[1]).isCloseTo(1000, within(95));
            assertThat(sampler.sample(new long[] {1}, 5, rng)).containsExactly(1, 1, 1, 1, 1);
            assertThat(sampler.until(2).sample(new long[] {2}, 5, rng)).containsExactly(2);
            assertThat(sampler.temperature(0.01).sample(new long[] {0}, 1, rng)).containsExactly(2);
            assertThatThrownBy(() -> sampler.sample(new long[0], 1, rng)).hasMessageContaining("no token");
        }
    }
}
