package dev.ravine.core.kernels;

import java.util.function.DoubleBinaryOperator;

/** The functions of two numbers that have a loop of their own, as {@link UnaryFunctions} of one. */
final class BinaryFunctions {
    private BinaryFunctions() {}

    static final BinaryFunction ADD = new BinaryFunction() {
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

    static final BinaryFunction SUB = new BinaryFunction() {
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

    static final BinaryFunction MUL = new BinaryFunction() {
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

    static final BinaryFunction DIV = new BinaryFunction() {
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

    /** A Java function, evaluated in double precision on one pair at a time. */
    static BinaryFunction each(DoubleBinaryOperator f) {
        return new BinaryFunction() {
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
