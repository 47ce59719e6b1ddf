package dev.ravine.optim.leastsquares;

import java.util.Arrays;

/** Scales of parameters. */
final class Scales {
    private Scales() {}

    /** A parameter that no residual has depended on so far has no scale of its own, and gets 1. */
    static double[] positive(double[] scales) {
        return Arrays.stream(scales).map(s -> s > 0 ? s : 1).toArray();
    }
}
