package dev.ravine.core.kernels;

import java.util.function.DoubleBinaryOperator;

/** UnaryFunctions of two numbers, on a block of pairs at a time, as {@link UnaryFunctions} are of one. */
final class BinaryFunctions {
    private BinaryFunctions() {}

    /** A function of two numbers in both precisions. */
    interface Combination {
        void apply(float[] a, float[] b, float[] y, int n);

        void apply(double[] a, double[] b, double[] y, int n);
    }

    static final Combination ADD = new Combination() {
        @Override
        public void apply(float[] a, float[] b, float[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = a[i] + b[i];
            }
        }

        @Override
        public void apply(double[] a, double[] b, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = a[i] + b[i];
            }
        }
    };

    static final Combination SUB = new Combination() {
        @Override
        public void apply(float[] a, float[] b, float[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = a[i] - b[i];
            }
        }

        @Override
        public void apply(double[] a, double[] b, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = a[i] - b[i];
            }
        }
    };

    static final Combination MUL = new Combination() {
        @Override
        public void apply(float[] a, float[] b, float[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = a[i] * b[i];
            }
        }

        @Override
        public void apply(double[] a, double[] b, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = a[i] * b[i];
            }
        }
    };

    static final Combination DIV = new Combination() {
        @Override
        public void apply(float[] a, float[] b, float[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = a[i] / b[i];
            }
        }

        @Override
        public void apply(double[] a, double[] b, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = a[i] / b[i];
            }
        }
    };

    /** By double precision, one pair at a time. */
    static Combination of(DoubleBinaryOperator f) {
        return new Combination() {
            @Override
            public void apply(float[] a, float[] b, float[] y, int n) {
                for (int i = 0; i < n; i++) {
                    y[i] = (float) f.applyAsDouble(a[i], b[i]);
                }
            }

            @Override
            public void apply(double[] a, double[] b, double[] y, int n) {
                for (int i = 0; i < n; i++) {
                    y[i] = f.applyAsDouble(a[i], b[i]);
                }
            }
        };
    }
}
