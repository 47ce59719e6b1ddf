package dev.ravine.cli.command;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * The setting of an optimizer that matters most, and values to try for it.
 *
 * @param key of the setting
 * @param initial the value unless one is given
 * @param isNumber whether values are decades around the given one, rather than a list
 * @param list the values if they are a list
 */
record MainSetting(String key, String initial, boolean isNumber, List<String> list) {
    private static final int LONGEST_PLAIN = 8;
    private static final double[] DECADES = {0.01, 0.1, 1, 10, 100};

    private static final Map<OptimizerSpec.Kind, MainSetting> OF = Map.ofEntries(
            Map.entry(OptimizerSpec.Kind.SGD, decades("lr", 0.1)),
            Map.entry(OptimizerSpec.Kind.MOMENTUM, decades("lr", 0.1)),
            Map.entry(OptimizerSpec.Kind.NESTEROV, decades("lr", 0.1)),
            Map.entry(OptimizerSpec.Kind.ADAGRAD, decades("lr", 0.01)),
            Map.entry(OptimizerSpec.Kind.RMSPROP, decades("lr", 0.01)),
            Map.entry(OptimizerSpec.Kind.ADAM, decades("lr", 1e-3)),
            Map.entry(OptimizerSpec.Kind.ADAMW, decades("lr", 1e-3)),
            Map.entry(OptimizerSpec.Kind.LBFGS, list("memory", "3", "5", "10", "20", "50")),
            Map.entry(OptimizerSpec.Kind.HF, decades("lambda", 1)),
            Map.entry(OptimizerSpec.Kind.NEWTON_CG, list("forcing", "0.001", "0.01", "0.1", "0.5", "0.9")),
            Map.entry(OptimizerSpec.Kind.TRUST_NEWTON, decades("radius", 1)),
            Map.entry(OptimizerSpec.Kind.NEWTON, list("treatment", "shift", "absolute-eigenvalues", "trust-region")),
            Map.entry(OptimizerSpec.Kind.BLOCK_NEWTON, decades("lambda", 1)),
            Map.entry(OptimizerSpec.Kind.LM, decades("mu", 1e-3)));

    private static MainSetting decades(String key, double initial) {
        return new MainSetting(key, text(initial), true, List.of());
    }

    private static MainSetting list(String key, String... values) {
        return new MainSetting(key, "", false, List.of(values));
    }

    static MainSetting of(OptimizerSpec optimizer) {
        return OF.get(optimizer.kind());
    }

    /** The values to try: five decades around the optimizer's own, or the list with its own. */
    List<String> values(OptimizerSpec optimizer) {
        String own = optimizer.settings().getOrDefault(key, initial);
        if (isNumber) {
            double centre = Double.parseDouble(own);
            DoubleFunction<String> print = value -> own.matches(".*[eE].*") ? scientific(value) : text(value);
            return DoubleStream.of(DECADES)
                    .mapToObj(factor -> factor == 1 ? own : print.apply(centre * factor))
                    .toList();
        }
        return own.isEmpty() || list.contains(own)
                ? list
                : Stream.concat(list.stream(), Stream.of(own)).toList();
    }

    /** Six digits are more than anybody would choose. */
    private static BigDecimal rounded(double value) {
        return new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros();
    }

    /** Such as 0.001, and 1e-9 where there would be too many zeros. */
    private static String text(double value) {
        String plain = rounded(value).toPlainString();
        return plain.length() > LONGEST_PLAIN ? scientific(value) : plain;
    }

    /** Such as 3e-5. */
    private static String scientific(double value) {
        BigDecimal rounded = rounded(value);
        int exponent = rounded.precision() - rounded.scale() - 1;
        return rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
    }
}
