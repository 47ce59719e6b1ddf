package dev.ravine.core;

import java.util.function.DoubleUnaryOperator;

/** Elementwise kernels as Java loops, where ND4J has none, is slower, or hides a NaN. */
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
        return () -> {
            for (int i = 0, n = y.size(); i < n; i++) {
                y.set(i, x.get(i) > 0 ? 1 : 0);
            }
        };
    }

    static Kernel relu(Elements x, Elements y) {
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
}
