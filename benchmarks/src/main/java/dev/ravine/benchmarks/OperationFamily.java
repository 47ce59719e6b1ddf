package dev.ravine.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Kinds of operations that cost alike, by the words that their names hold. The first kind that fits counts. */
enum OperationFamily {
    /** Matrix products and convolutions. */
    PRODUCTS("matmul", "conv"),
    /** Values that need an exponential, a logarithm or a root. */
    TRANSCENDENTAL(
            "sigmoid",
            "logistic",
            "tanh",
            "softplus",
            "exp",
            "log",
            "erf",
            "normal",
            "gelu",
            "silu",
            "softmax",
            "elu",
            "sin",
            "cos",
            "sqrt",
            "pow",
            "standardize"),
    /** Sums, means and the largest of an axis. */
    SUMS("sum", "mean", "max", "min"),
    /** Numbers that move and do not change. */
    COPIES(
            "copy",
            "concat",
            "pad",
            "slice",
            "permute",
            "transpose",
            "gather",
            "scatter",
            "fold",
            "broadcast",
            "spread",
            "repeat",
            "flip",
            "cast",
            "onehot",
            "select"),
    /** Everything else. */
    ELEMENTWISE();

    @SuppressWarnings("ImmutableEnumChecker") // the list cannot be changed
    private final List<String> words;

    OperationFamily(String... words) {
        this.words = List.of(words);
    }

    static OperationFamily of(String operations) {
        String names = operations.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(family -> family.words.stream().anyMatch(names::contains))
                .findFirst()
                .orElse(ELEMENTWISE);
    }
}
