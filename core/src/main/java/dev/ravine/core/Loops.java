package dev.ravine.core;

import java.nio.FloatBuffer;
import java.util.function.DoubleUnaryOperator;

/**
 * Elementwise kernels as Java loops, where ND4J has none, is slower, or hides a NaN. Where every net runs them on single
 * precision, a loop over floats alone is several times faster than one that goes through doubles.
 */
final class Loops {
    private Loops() {}

    static Kernel map(Elements x, Elements y, DoubleUnaryOperator f) {
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, f.applyAsDouble(x.get(i)));
            }
        };
    }

    static Kernel fill(Elements y, double value) {
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, value);
            }
        };
    }

    static Kernel sqrt(Elements x, Elements y) {
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, Math.sqrt(x.get(i)));
            }
        };
    }

    static Kernel step(Elements x, Elements y) {
        if (x instanceof Elements.Floats from && y instanceof Elements.Floats to) {
            FloatBuffer in = from.buffer();
            FloatBuffer out = to.buffer();
            return () -> {
                for (int i = 0, n = out.capacity(); i < n; i++) {
                    out.put(i, in.get(i) > 0 ? 1f : 0f);
                }
            };
        }
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, x.get(i) > 0 ? 1 : 0);
            }
        };
    }

    /** Twice as fast as ND4J's in double precision, and exact for small x, where that one cancels. */
    static Kernel tanh(Elements x, Elements y) {
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, tanh(x.get(i)));
            }
        };
    }

    private static double tanh(double x) {
        double size = Math.abs(x);
        if (size < 0.06) {
            // The Maclaurin series up to x^11; the next term is below 1e-17 of the value.
            double s = x * x;
            double tail = 62.0 / 2835 - s * (1382.0 / 155925);
            tail = 17.0 / 315 - s * tail;
            tail = 2.0 / 15 - s * tail;
            tail = 1.0 / 3 - s * tail;
            return x - x * s * tail;
        }
        return Math.copySign(1 - 2 / (Math.exp(2 * size) + 1), x);
    }

    static Kernel relu(Elements x, Elements y) {
        if (x instanceof Elements.Floats from && y instanceof Elements.Floats to) {
            FloatBuffer in = from.buffer();
            FloatBuffer out = to.buffer();
            return () -> {
                for (int i = 0, n = out.capacity(); i < n; i++) {
                    out.put(i, Math.max(in.get(i), 0f));
                }
            };
        }
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, Math.max(x.get(i), 0));
            }
        };
    }

    static Kernel max(Elements a, Elements b, Elements y) {
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, Math.max(a.get(i), b.get(i)));
            }
        };
    }

    static Kernel min(Elements a, Elements b, Elements y) {
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, Math.min(a.get(i), b.get(i)));
            }
        };
    }

    static Kernel pow(Elements a, Elements b, Elements y) {
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, Math.pow(a.get(i), b.get(i)));
            }
        };
    }

    static Kernel greater(Elements a, Elements b, Elements y) {
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, a.get(i) > b.get(i) ? 1 : 0);
            }
        };
    }

    static Kernel equal(Elements a, Elements b, Elements y) {
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, a.get(i) == b.get(i) ? 1 : 0);
            }
        };
    }

    static Kernel where(Elements mask, Elements a, Elements b, Elements y) {
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, mask.get(i) != 0 ? a.get(i) : b.get(i));
            }
        };
    }

    /** y = max(x, 0) + ln(1 + y), with the sum in double precision, where it keeps small y. */
    static Kernel softplusOfExponential(Elements x, Elements y) {
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, Math.max(x.get(i), 0) + Math.log(1 + y.get(i)));
            }
        };
    }
}
