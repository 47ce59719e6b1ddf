package dev.ravine.nn;

import dev.ravine.core.Shape;

/**
 * The fan-in and fan-out of a weight: how many inputs each of its outputs sums over, and how many outputs each of its
 * inputs reaches. Initializers scale by them. A layer knows them and passes them to
 * {@link Module#parameter(String, Initializer, Fans, long...)}:
 *
 * <ul>
 *   <li>a matrix [inputs, outputs]: {@link #matrix};
 *   <li>a convolution kernel [height, width, inputs, outputs], with any number of window axes: {@link #kernel};
 *   <li>any other weight: {@code new Fans(in, out)}.
 * </ul>
 *
 * @param in inputs of each output, at least 0
 * @param out outputs of each input, at least 0
 */
public record Fans(long in, long out) {
    /** Fans that nobody has given. {@link #in()} and {@link #out()} throw instead of guessing. */
    public static final Fans UNKNOWN = new Fans(-1, -1);

    /**
     * Checks both numbers.
     *
     * @param in inputs of each output, at least 0
     * @param out outputs of each input, at least 0
     * @throws IllegalArgumentException if one is negative, except in {@link #UNKNOWN}
     */
    public Fans {
        boolean isUnknown = in == -1 && out == -1;
        if (!isUnknown && (in < 0 || out < 0)) {
            throw new IllegalArgumentException("fan-in and fan-out must be at least 0, found " + in + " and " + out);
        }
    }

    /**
     * {@return the fans of a weight matrix [inputs, outputs]}
     *
     * @param inputs width of the input
     * @param outputs width of the output
     */
    public static Fans matrix(long inputs, long outputs) {
        return new Fans(inputs, outputs);
    }

    /**
     * {@return the fans of a convolution kernel: fan-in is window times inputs, fan-out is window times outputs, where
     * the window is the product of all sizes before the last two}
     *
     * @param shape [window..., inputs, outputs], such as [height, width, inputs, outputs]
     * @throws IllegalArgumentException if there are fewer than two axes
     */
    public static Fans kernel(long... shape) {
        if (shape.length < 2) {
            throw new IllegalArgumentException(
                    "a kernel has the shape [window..., inputs, outputs], found " + Shape.of(shape));
        }
        long window = 1;
        for (int i = 0; i < shape.length - 2; i++) {
            window *= shape[i];
        }
        return new Fans(window * shape[shape.length - 2], window * shape[shape.length - 1]);
    }

    /** The fans of a parameter whose layer names none: two axes are a matrix, nothing else is guessed. */
    static Fans ofUnnamed(long... shape) {
        return shape.length == 2 ? matrix(shape[0], shape[1]) : UNKNOWN;
    }

    /**
     * {@return the fan-in}
     *
     * @throws IllegalStateException if it is not known
     */
    @Override
    public long in() {
        return known(in, "fan-in");
    }

    /**
     * {@return the fan-out}
     *
     * @throws IllegalStateException if it is not known
     */
    @Override
    public long out() {
        return known(out, "fan-out");
    }

    private static long known(long fan, String name) {
        if (fan < 0) {
            throw new IllegalStateException(
                    "its initializer needs the " + name + ", which only a shape of two axes tells,"
                            + " [inputs, outputs]; declare it with parameter(name, initializer, fans, shape...), where fans is"
                            + " Fans.kernel(...) for a convolution or new Fans(in, out), or use an initializer without fans,"
                            + " such as Initializer.normal(deviation)");
        }
        return fan;
    }
}
