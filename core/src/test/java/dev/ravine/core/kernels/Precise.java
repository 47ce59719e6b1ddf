package dev.ravine.core.kernels;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.function.IntFunction;

/** Elementary functions to 60 digits, by their series: the right values for tests of accuracy. */
final class Precise {
    static final MathContext DIGITS = new MathContext(60);
    private static final BigDecimal TINY = new BigDecimal("1e-70");
    private static final BigDecimal ONE = BigDecimal.ONE;
    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    static final BigDecimal PI = atan(ONE.divide(BigDecimal.valueOf(5), DIGITS))
            .multiply(BigDecimal.valueOf(4))
            .subtract(atan(ONE.divide(BigDecimal.valueOf(239), DIGITS)))
            .multiply(BigDecimal.valueOf(4));

    private Precise() {}

    static BigDecimal of(double x) {
        return new BigDecimal(x);
    }

    static BigDecimal divide(BigDecimal a, BigDecimal b) {
        return a.divide(b, DIGITS);
    }

    /** The sum of first, first * ratio(1), first * ratio(1) * ratio(2), ..., until terms are negligible. */
    private static BigDecimal series(BigDecimal first, IntFunction<BigDecimal> ratio) {
        BigDecimal sum = first;
        BigDecimal term = first;
        for (int n = 1; term.abs().compareTo(TINY.multiply(first.abs())) > 0; n++) {
            term = term.multiply(ratio.apply(n), DIGITS);
            sum = sum.add(term, DIGITS);
        }
        return sum;
    }

    /** e^x by the series of e^(x / 2^k), squared k times. */
    static BigDecimal exp(BigDecimal x) {
        int halvings = Math.max(0, Math.getExponent(x.doubleValue()) + 4);
        BigDecimal small = x.divide(TWO.pow(halvings), DIGITS);
        BigDecimal result = small.signum() == 0 ? ONE : series(ONE, n -> divide(small, BigDecimal.valueOf(n)));
        for (int i = 0; i < halvings; i++) {
            result = result.multiply(result, DIGITS);
        }
        return result;
    }

    static BigDecimal expm1(BigDecimal x) {
        return x.abs().doubleValue() < 0.5 && x.signum() != 0
                ? series(x, n -> divide(x, BigDecimal.valueOf(n + 1)))
                : exp(x).subtract(ONE);
    }

    /** Newton's iteration on e^y = x. */
    static BigDecimal log(BigDecimal x) {
        BigDecimal y = BigDecimal.valueOf(Math.log(x.doubleValue()));
        for (int i = 0; i < 4; i++) {
            BigDecimal e = exp(y);
            y = y.add(divide(x.subtract(e).multiply(TWO), x.add(e)), DIGITS);
        }
        return y;
    }

    /** ln(1 + x) for x of at least 0, by the series of the inverse hyperbolic tangent where x is small. */
    static BigDecimal log1p(BigDecimal x) {
        if (x.doubleValue() > 0.1 || x.signum() == 0) {
            return log(x.add(ONE));
        }
        BigDecimal z = divide(x, x.add(TWO));
        BigDecimal square = z.multiply(z, DIGITS);
        return series(
                TWO.multiply(z),
                n -> square.multiply(divide(BigDecimal.valueOf(2L * n - 1), BigDecimal.valueOf(2L * n + 1))));
    }

    /** By the series of a small argument, after halving it: atan x = 2 atan(x / (1 + sqrt(1 + x^2))). */
    static BigDecimal atan(BigDecimal x) {
        if (x.abs().doubleValue() > 0.25) {
            BigDecimal root = ONE.add(x.multiply(x)).sqrt(DIGITS);
            return TWO.multiply(atan(divide(x, ONE.add(root))));
        }
        BigDecimal square = x.multiply(x, DIGITS).negate();
        return x.signum() == 0
                ? x
                : series(
                        x,
                        n -> square.multiply(divide(BigDecimal.valueOf(2L * n - 1), BigDecimal.valueOf(2L * n + 1))));
    }

    static BigDecimal sin(BigDecimal x) {
        BigDecimal reduced = x.remainder(TWO.multiply(PI));
        BigDecimal square = reduced.multiply(reduced, DIGITS).negate();
        return reduced.signum() == 0
                ? reduced
                : series(reduced, n -> divide(square, BigDecimal.valueOf(2L * n * (2L * n + 1))));
    }

    static BigDecimal cos(BigDecimal x) {
        return sin(x.add(divide(PI, TWO)));
    }

    /** 2 / sqrt(pi) times the sum of (-1)^n x^(2n+1) / (n! (2n+1)), for |x| up to 6. */
    static BigDecimal erf(BigDecimal x) {
        BigDecimal square = x.multiply(x, DIGITS).negate();
        BigDecimal sum = x.signum() == 0
                ? x
                : series(
                        x,
                        n -> divide(
                                square.multiply(BigDecimal.valueOf(2L * n - 1)), BigDecimal.valueOf(n * (2L * n + 1))));
        return divide(TWO.multiply(sum), PI.sqrt(DIGITS));
    }

    /** (1 + erf(x / sqrt 2)) / 2, for |x| up to 8. */
    static BigDecimal normalDistribution(BigDecimal x) {
        BigDecimal erf = erf(divide(x, TWO.sqrt(DIGITS)));
        return divide(erf.add(BigDecimal.ONE), TWO);
    }
}
