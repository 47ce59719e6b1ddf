package dev.ravine.optim;

import dev.ravine.core.Check;

/**
 * How the points of a run are averaged: after step t the average a becomes a + share(t) (theta - a). It begins as the
 * point before the first step. Steps count from 1, rejected ones included.
 *
 * <p>A run that goes on from a checkpoint knows an averaging by its text, so one of your own should be a record or have
 * a {@code toString}.
 */
@FunctionalInterface
public interface Averaging {
    /** What {@link #parse} takes. */
    String FORMS = "ema:DECAY, ema:DECAY:corrected, polyak:FROM, swa:FROM:EVERY";

    /**
     * {@return the share of the newest point in the average, from 0, which leaves the average alone, to 1, which
     * replaces it}
     *
     * @param step from 1
     */
    double share(long step);

    /**
     * {@return an exponential moving average: a = decay a + (1 - decay) theta, from the point before the first step} It
     * looks back over about 1 / (1 - decay) steps.
     *
     * @param decay from 0 to below 1
     */
    static Averaging exponential(double decay) {
        return new Exponential(decay, false);
    }

    /**
     * {@return the same with bias correction as Adam's means have it (Kingma and Ba, ICLR 2015): the point before the
     * first step has no share, so that the first average is the point after it} The share of the newest point is
     * (1 - decay) / (1 - decay^t).
     *
     * @param decay from 0 to below 1
     */
    static Averaging biasCorrected(double decay) {
        return new Exponential(decay, true);
    }

    /**
     * {@return the mean of all points from a step on, theta itself before it (Polyak and Juditsky, "Acceleration of
     * stochastic approximation by averaging", 1992)}
     *
     * @param from the first step whose point counts, at least 1
     */
    static Averaging uniform(long from) {
        return new Uniform(from, 1);
    }

    /**
     * {@return the mean of some points from a step on, theta itself before it (Izmailov et al., "Averaging weights
     * leads to wider optima and better generalization", UAI 2018, SWA)}
     *
     * @param from the first step whose point counts, at least 1
     * @param every how many steps lie between two points that count, at least 1; such as those of a cycle of the rate
     */
    static Averaging stochasticWeights(long from, long every) {
        return new Uniform(from, every);
    }

    /**
     * {@return the averaging that a text names: the inverse of {@code toString}}
     *
     * @param text one of {@link #FORMS}
     * @throws IllegalArgumentException if it is something else
     */
    static Averaging parse(String text) {
        String[] parts = text.split(":", -1);
        try {
            if (parts[0].equals("ema") && (parts.length == 2 || (parts.length == 3 && parts[2].equals("corrected")))) {
                return new Exponential(decimal(parts[1]), parts.length == 3);
            } else if (parts[0].equals("polyak") && parts.length == 2) {
                return uniform(Long.parseLong(parts[1]));
            } else if (parts[0].equals("swa") && parts.length == 3) {
                return stochasticWeights(Long.parseLong(parts[1]), Long.parseLong(parts[2]));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "an average must be one of " + FORMS + ", found '" + text + "': " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("an average must be one of " + FORMS + ", found '" + text + "'");
    }

    /** Java's own parser also takes hexadecimal numbers and suffixes, which are typing errors here. */
    private static double decimal(String text) {
        if (!text.matches("[0-9]*\\.?[0-9]+([eE]-?[0-9]+)?")) {
            throw new IllegalArgumentException("not a decimal number: '" + text + "'");
        }
        return Double.parseDouble(text);
    }

    /**
     * An exponential moving average.
     *
     * @param decay what the average keeps of itself in a step
     * @param corrected whether the start has no share
     */
    record Exponential(double decay, boolean corrected) implements Averaging {
        /**
         * Checks the decay.
         *
         * @param decay from 0 to below 1
         * @param corrected whether the start has no share
         */
        public Exponential {
            Check.fraction("the decay of an average", decay);
        }

        @Override
        public double share(long step) {
            return corrected ? (1 - decay) / (1 - Math.pow(decay, (double) step)) : 1 - decay;
        }

        @Override
        public String toString() {
            return "ema:" + decay + (corrected ? ":corrected" : "");
        }
    }

    /**
     * The mean of points at regular distances of steps.
     *
     * @param from the first step whose point counts
     * @param every how many steps lie between two
     */
    record Uniform(long from, long every) implements Averaging {
        /**
         * Checks the steps.
         *
         * @param from at least 1
         * @param every at least 1
         */
        public Uniform {
            Check.atLeastOne("the first step of an average", from);
            Check.atLeastOne("the number of steps between two points of an average", every);
        }

        @Override
        public double share(long step) {
            if (step < from) {
                return 1;
            }
            return (step - from) % every == 0 ? 1.0 / ((step - from) / every + 1) : 0;
        }

        @Override
        public String toString() {
            return every == 1 ? "polyak:" + from : "swa:" + from + ":" + every;
        }
    }
}
