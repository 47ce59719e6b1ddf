package dev.ravine.core.kernels;

import java.util.function.DoubleUnaryOperator;

/**
 * The functions of one number that have a loop of their own. Each is a plain loop over arrays without branches, which
 * the compiler turns into vector instructions.
 */
final class UnaryFunctions {
    private UnaryFunctions() {}

    static final UnaryFunction NEG = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            for (int i = 0; i < n; i++) {
                y[i] = -x[i];
            }
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = -x[i];
            }
        }
    };

    static final UnaryFunction ABS = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.abs(x[i]);
            }
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.abs(x[i]);
            }
        }
    };

    static final UnaryFunction SQUARE = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            for (int i = 0; i < n; i++) {
                y[i] = x[i] * x[i];
            }
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = x[i] * x[i];
            }
        }
    };

    static final UnaryFunction RECIPROCAL = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            for (int i = 0; i < n; i++) {
                y[i] = 1 / x[i];
            }
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = 1 / x[i];
            }
        }
    };

    static final UnaryFunction SQRT = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            for (int i = 0; i < n; i++) {
                y[i] = (float) Math.sqrt(x[i]);
            }
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.sqrt(x[i]);
            }
        }
    };

    static final UnaryFunction RELU = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.max(x[i], 0f);
            }
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.max(x[i], 0.0);
            }
        }
    };

    /** Single precision without a branch: twice 1e38 lifts the smallest positive number above 1. */
    static final UnaryFunction STEP = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.min(Math.max(x[i], 0f) * 1e38f * 1e38f, 1f);
            }
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.min(Math.max(x[i], 0.0) * 1e308 * 1e308, 1.0);
            }
        }
    };

    static UnaryFunction addScalar(double a) {
        float single = (float) a;
        return new UnaryFunction() {
            @Override
            public void apply(float[] x, float[] y, int n, Scratch scratch) {
                for (int i = 0; i < n; i++) {
                    y[i] = x[i] + single;
                }
            }

            @Override
            public void apply(double[] x, double[] y, int n) {
                for (int i = 0; i < n; i++) {
                    y[i] = x[i] + a;
                }
            }
        };
    }

    static UnaryFunction scale(double a) {
        float single = (float) a;
        return new UnaryFunction() {
            @Override
            public void apply(float[] x, float[] y, int n, Scratch scratch) {
                for (int i = 0; i < n; i++) {
                    y[i] = x[i] * single;
                }
            }

            @Override
            public void apply(double[] x, double[] y, int n) {
                for (int i = 0; i < n; i++) {
                    y[i] = x[i] * a;
                }
            }
        };
    }

    /** x / a, rounded once: a product with 1 / a would be rounded twice. */
    static UnaryFunction divideBy(double a) {
        float single = (float) a;
        return new UnaryFunction() {
            @Override
            public void apply(float[] x, float[] y, int n, Scratch scratch) {
                for (int i = 0; i < n; i++) {
                    y[i] = x[i] / single;
                }
            }

            @Override
            public void apply(double[] x, double[] y, int n) {
                for (int i = 0; i < n; i++) {
                    y[i] = x[i] / a;
                }
            }
        };
    }

    static final UnaryFunction EXP = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            Exponential.apply(x, y, n, scratch);
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.exp(x[i]);
            }
        }
    };

    static final UnaryFunction SIGMOID = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            NEG.apply(x, y, n, scratch);
            Exponential.apply(y, y, n, scratch);
            for (int i = 0; i < n; i++) {
                y[i] = 1 / (1 + y[i]);
            }
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = 1 / (1 + Math.exp(-x[i]));
            }
        }
    };

    /** max(x, 0) + ln(1 + e^-|x|). */
    static final UnaryFunction SOFTPLUS = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            float[] t = scratch.second;
            for (int i = 0; i < n; i++) {
                t[i] = -Math.abs(x[i]);
            }
            Exponential.apply(t, t, n, scratch);
            for (int i = 0; i < n; i++) {
                y[i] = Math.max(x[i], 0f) + log1p(t[i]);
            }
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.max(x[i], 0) + Math.log1p(Math.exp(-Math.abs(x[i])));
            }
        }
    };

    /** ln(1 + t) for t from 0 to 1: twice the inverse hyperbolic tangent of t / (2 + t), by its power series. */
    static float log1p(float t) {
        float z = t / (2 + t);
        float s = z * z;
        float tail = 1 / 15f + s * (1 / 17f);
        tail = 1 / 13f + s * tail;
        tail = 1 / 11f + s * tail;
        tail = 1 / 9f + s * tail;
        tail = 1 / 7f + s * tail;
        tail = 1 / 5f + s * tail;
        tail = 1 / 3f + s * tail;
        return 2 * z + 2 * z * (s * tail);
    }

    /**
     * Single precision: 2 t / (1 + t^2) with t = tanh(x / 2), which takes most of the error out of t where tanh is nearly
     * 1. There t is v - v P(v^2) / Q(v^2) with v = x / 2, a minimax fit of the relative error up to 4.4 (2e-8), which
     * passes 1 before 6. Double precision: a continued fraction near 0, where the exponential would cancel.
     */
    static final UnaryFunction TANH = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            for (int i = 0; i < n; i++) {
                float v = Math.max(-6f, Math.min(6f, x[i] * 0.5f));
                float s = v * v;
                float p = 0.019806223f + s * 1.7104816e-4f;
                p = 0.3333332f + s * p;
                float q = 0.022376278f + s * 1.7662670e-4f;
                q = 0.45941773f + s * q;
                float t = v - v * (s * p) / (1 + s * q);
                t = Math.max(-1f, Math.min(1f, t));
                float square = t * t;
                float twice = t + t;
                y[i] = twice - twice * (square / (1 + square));
            }
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = tanh(x[i]);
            }
        }

        /** Lambert's fraction x / (1 + x^2 / (3 + x^2 / (5 + ...))) as far as 17, as x minus a small correction. */
        private static double tanh(double x) {
            double size = Math.abs(x);
            if (size < 0.625) {
                double s = x * x;
                double p = 11486475 + s * (810810 + s * (12870 + s * 44));
                double q = 34459425 + s * (16216200 + s * (945945 + s * (13860 + s * 45)));
                return x - x * (s * p / q);
            }
            return Math.copySign(1 - 2 / (Math.exp(2 * size) + 1), x);
        }
    };

    /** A Java function, evaluated in double precision on one number at a time. */
    static UnaryFunction each(DoubleUnaryOperator f) {
        return new UnaryFunction() {
            @Override
            public void apply(float[] x, float[] y, int n, Scratch scratch) {
                for (int i = 0; i < n; i++) {
                    y[i] = (float) f.applyAsDouble(x[i]);
                }
            }

            @Override
            public void apply(double[] x, double[] y, int n) {
                for (int i = 0; i < n; i++) {
                    y[i] = f.applyAsDouble(x[i]);
                }
            }
        };
    }
}
