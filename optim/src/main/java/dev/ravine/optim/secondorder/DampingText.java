package dev.ravine.optim.secondorder;

import dev.ravine.core.StableText;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * A damping rule as text that is equal in every process, by which a run that goes on knows it: a digest of what it
 * chooses for some dampings and ratios. So a lambda is known by what it computes.
 */
public final class DampingText {
    private static final double[] DAMPINGS = {1e-9, 1e-3, 0.5, 1, 3, 45, 1e6};
    private static final double[] RATIOS = {
        Double.NEGATIVE_INFINITY, Double.NaN, -1, 0, 0.1, 0.2, 0.24, 0.26, 0.4, 0.5, 0.6, 0.74, 0.76, 0.9, 1, 2
    };

    private DampingText() {}

    /**
     * {@return the text, such as {@code values 3f5a90c1}}
     *
     * @param rule without memory
     */
    public static String of(DampingRule rule) {
        DoubleStream chosen = Arrays.stream(DAMPINGS)
                .flatMap(damping -> Arrays.stream(RATIOS).map(ratio -> rule.next(damping, ratio)));
        return "values " + StableText.digest(chosen.toArray());
    }
}
