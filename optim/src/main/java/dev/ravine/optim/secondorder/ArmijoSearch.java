package dev.ravine.optim.secondorder;

import dev.ravine.core.Check;
import dev.ravine.optim.Displacement;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A search among the rates 1, shrink, shrink^2, ... for a value of at most f + slope fraction times rate times g'p.
 * Changes of the value are those of {@link StepValues#change}, which rounding does not hide.
 *
 * @param shrink the factor, from 0 to below 1
 * @param slopeFraction how much of the promised change must come true
 * @param tries how many rates are tested
 */
record ArmijoSearch(double shrink, double slopeFraction, int tries) {
    ArmijoSearch {
        Check.fraction("the factor of a line search", shrink);
        Check.atLeastOne("the number of rates", tries);
    }

    /** The rate that was found, 0 if there is none, and the value there. */
    record Found(double rate, double value, String reason) {}

    /** Tests rates from a power of shrink on. */
    Found search(INDArray step, StepValues values, int power) {
        Found found = searchFrom(step, values, power);
        return found == null ? none(values) : found;
    }

    /** The same; null if the search did not end at any of the rates. */
    private Found searchFrom(INDArray step, StepValues values, int power) {
        double slope = values.slope(step);
        double rate = rate(power);
        for (int i = 0; i < tries; i++) {
            Found found = test(step, values, slope, rate);
            if (found != null) {
                return found;
            }
            rate *= shrink;
        }
        return null;
    }

    private Found none(StepValues values) {
        return new Found(0, values.start(), "rejected: no decrease at " + tries + " rates");
    }

    /** The end of the search at a rate: there, or without a rate if it is too short to move; null to go on. */
    private Found test(INDArray step, StepValues values, double slope, double rate) {
        double value = values.at(step, rate);
        double change = values.change(step, rate, value);
        if (change == 0 && !values.moves(step, rate)) {
            return new Found(0, values.start(), "rejected: " + Displacement.NONE);
        }
        double promised = slopeFraction * rate * slope;
        // The bound itself counts, whatever the rounding of a visible difference.
        boolean isDifference = change != 0 && change == value - values.start();
        boolean isLow = isDifference ? value <= values.start() + promised : change <= promised;
        return Double.isFinite(value) && isLow ? new Found(rate, value, "accepted at rate " + rate) : null;
    }

    /**
     * Tests rates from a power of shrink on, and where none of them holds, much lower ones: a step may be too long by
     * any order of magnitude. The power doubles until the search ends, and bisection goes back to the first power at
     * which it does. A decrease at such a rate counts only where the value shows it.
     */
    Found searchFar(INDArray step, StepValues values, int power) {
        Found found = searchFrom(step, values, power);
        if (found != null) {
            return found;
        }
        Found far = shrink == 0 ? null : searchBelow(step, values, power + tries - 1);
        return far != null && far.value() < values.start() ? far : none(values);
    }

    /** The end of a search below a power that fails; null if all rates fail. */
    private Found searchBelow(INDArray step, StepValues values, int power) {
        double slope = values.slope(step);
        int failing = power;
        int ending = 2 * failing + 1;
        Found found = test(step, values, slope, rate(ending));
        while (found == null && rate(ending) >= Double.MIN_NORMAL && ending < Integer.MAX_VALUE / 2) {
            failing = ending;
            ending *= 2;
            found = test(step, values, slope, rate(ending));
        }
        while (found != null && ending - failing > 1) {
            int middle = failing + (ending - failing) / 2;
            Found there = test(step, values, slope, rate(middle));
            if (there == null) {
                failing = middle;
            } else {
                ending = middle;
                found = there;
            }
        }
        return found;
    }

    /**
     * The lowest power of shrink at which the value is finite, if all higher ones have finite values too; 0 if no power
     * is found.
     */
    int firstFinitePower(INDArray step, StepValues values) {
        int infinite = -1;
        int finite = 0;
        while (!Double.isFinite(values.at(step, rate(finite)))) {
            if (rate(finite) < Double.MIN_NORMAL) {
                return 0;
            }
            infinite = finite;
            finite = Math.max(1, 2 * finite);
        }
        while (finite - infinite > 1) {
            int middle = infinite + (finite - infinite) / 2;
            if (Double.isFinite(values.at(step, rate(middle)))) {
                finite = middle;
            } else {
                infinite = middle;
            }
        }
        return finite;
    }

    /** By multiplication, so that rates are those of a search that shrinks step by step. */
    private double rate(int power) {
        double rate = 1;
        for (int i = 0; i < power && rate > 0; i++) {
            rate *= shrink;
        }
        return rate;
    }
}
