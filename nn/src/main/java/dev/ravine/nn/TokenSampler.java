package dev.ravine.nn;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Lets a model that predicts the next token write: from tokens [1, steps] to logits [1, steps, tokens]. Each token is
 * drawn by the softmax of the last step's logits, divided by a temperature.
 */
public final class TokenSampler {
    private final Predictor predictor;
    private final int window;
    private final double temperature;
    private final long end;

    private TokenSampler(Predictor predictor, int window, double temperature, long end) {
        this.predictor = predictor;
        this.window = window;
        this.temperature = temperature;
        this.end = end;
    }

    /**
     * Makes a sampler with temperature 1 and no last token.
     *
     * @param predictor of the model
     * @param window how many of the last tokens the model sees at most, at least 1; each shorter text that it sees is
     *     planned for once
     */
    public TokenSampler(Predictor predictor, int window) {
        this(predictor, Check.atLeastOne("token sampler: the window", window), 1, -1);
    }

    /**
     * {@return a sampler with another temperature}
     *
     * @param value above 0; below 1 likely tokens are still more likely, above 1 less
     * @throws IllegalArgumentException if it is not positive
     */
    public TokenSampler temperature(double value) {
        return new TokenSampler(predictor, window, Check.positive("token sampler: the temperature", value), end);
    }

    /**
     * {@return a sampler that stops after a token}
     *
     * @param token such as the end of a line
     */
    public TokenSampler until(long token) {
        return new TokenSampler(predictor, window, temperature, token);
    }

    /**
     * {@return the tokens that follow, the last one of {@link #until} included}
     *
     * @param prompt at least one token, not repeated in the result
     * @param most how many tokens at most
     * @param rng draws the tokens
     * @throws ShapeException if the prompt is empty, or the model's outputs are not [1, steps, tokens]
     * @throws ArithmeticException if the model's outputs are not numbers
     * @throws IllegalArgumentException if most is negative, or more than an array holds
     */
    public long[] sample(long[] prompt, int most, RandomGenerator rng) {
        if (prompt.length == 0) {
            throw new ShapeException("token sampler: the prompt has no token; give at least one to begin with");
        }
        int length =
                Check.arrayLength("the tokens of a prompt and those that follow", longest(prompt, most), Long.BYTES);
        long[] all = Arrays.copyOf(prompt, Math.min(length, 2 * prompt.length));
        int count = prompt.length;
        while (count < length && (count == prompt.length || all[count - 1] != end)) {
            all = count < all.length ? all : Arrays.copyOf(all, (int) Math.min(length, 2L * count));
            all[count] = next(Arrays.copyOfRange(all, Math.max(0, count - window), count), rng);
            count++;
        }
        return Arrays.copyOfRange(all, prompt.length, count);
    }

    private static long longest(long[] prompt, int most) {
        return (long) prompt.length + Check.notNegative("the tokens to sample", most);
    }

    /** The largest of logits with Gumbel noise is drawn by their softmax. */
    private long next(long[] seen, RandomGenerator rng) {
        INDArray outputs = predictor.outputs(Arena.view(Arena.ofIntegers(seen), 0, Shape.of(1, seen.length)));
        if (outputs.rank() != 3 || outputs.size(1) != seen.length) {
            throw new ShapeException("token sampler: tokens [1, " + seen.length + "] need outputs [1, " + seen.length
                    + ", tokens], found " + Shape.of(outputs) + "; the model must predict at each step");
        }
        int tokens = (int) outputs.size(2);
        Elements logits = Elements.of(outputs);
        int best = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < tokens; k++) {
            double logit = logits.get(logits.size() - tokens + k);
            if (Double.isNaN(logit)) {
                throw new ArithmeticException("token sampler: the logit of token " + k
                        + " is not a number; the model's parameters may be damaged, or were never trained");
            }
            double noisy = logit / temperature - Math.log(-Math.log(1 - rng.nextDouble()));
            if (noisy > largest) {
                largest = noisy;
                best = k;
            }
        }
        return best;
    }
}
