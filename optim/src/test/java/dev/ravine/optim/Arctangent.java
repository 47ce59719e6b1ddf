package dev.ravine.optim;

import dev.ravine.autodiff.Tensor;

/** The arctangent out of other operations, to the last digits of double precision, with exact derivatives of all orders. */
final class Arctangent {
    private static final int HALVINGS = 4;
    private static final int TERMS = 9;

    private Arctangent() {}

    /** Halves the angle until its tangent t is at most tan(pi / 32) = 0.0985, then sums t - t^3 / 3 + t^5 / 5 - ... */
    static Tensor of(Tensor x) {
        Tensor t = x;
        for (int i = 0; i < HALVINGS; i++) {
            t = t.div(t.square().add(1).sqrt().add(1));
        }
        Tensor square = t.square();
        Tensor sum = t.filled(coefficient(TERMS - 1));
        for (int k = TERMS - 2; k >= 0; k--) {
            sum = sum.mul(square).add(coefficient(k));
        }
        return sum.mul(t).mul(1 << HALVINGS);
    }

    private static double coefficient(int k) {
        return (k % 2 == 0 ? 1.0 : -1.0) / (2 * k + 1);
    }
}
