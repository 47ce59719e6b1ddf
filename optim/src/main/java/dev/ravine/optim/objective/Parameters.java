package dev.ravine.optim.objective;

import dev.ravine.nn.ParameterVector;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Choices of a module's parameters, for {@link ParameterGroup#of}. They combine with {@code and}, {@code or} and
 * {@code negate}.
 */
public final class Parameters {
    private Parameters() {}

    /**
     * The parameters of a submodule and everything in it.
     *
     * @param path of the submodule, such as {@code encoder.0}
     * @return a choice
     */
    public static Predicate<ParameterVector.Segment> under(String path) {
        return segment -> segment.path().startsWith(path + ".");
    }

    /**
     * The parameters whose paths match a pattern, in which {@code *} stands for any number of any characters, dots
     * included: {@code *.bias}, {@code encoder.*.weight}.
     *
     * @param pattern of the whole path
     * @return a choice
     */
    public static Predicate<ParameterVector.Segment> named(String pattern) {
        Pattern compiled = Pattern.compile(
                Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
        return segment -> compiled.matcher(segment.path()).matches();
    }

    /**
     * The parameters with fewer than two axes. Weights of layers have two or more; weight decay is often meant for them
     * alone.
     *
     * @return a choice
     */
    public static Predicate<ParameterVector.Segment> biasesAndGains() {
        return segment -> segment.parameter().shape().rank() < 2;
    }

    /** The path of the submodule that a parameter belongs to; empty for the outermost module. */
    static String layerOf(ParameterVector.Segment segment) {
        int dot = segment.path().lastIndexOf('.');
        return dot < 0 ? "" : segment.path().substring(0, dot);
    }
}
