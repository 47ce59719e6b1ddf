package dev.ravine.core.kernels;

/**
 * The cross-entropy of the logistic function s and its derivatives, as functions of a logit z and a target t. They use
 * e^-|z| or the smaller of s(z) and s(-z), and add terms that do not cancel for targets from 0 to 1.
 */
final class LogisticFunctions {
    private LogisticFunctions() {}

    /** (1 - t) ln(1 + e^z) + t ln(1 + e^-z), which is ln(1 + e) + (1 - t) max(z, 0) + t max(-z, 0). */
    static final BinaryFunction CROSS_ENTROPY = new BinaryFunction() {
        @Override
        public void apply(float[] z, float[] t, float[] y, int n) {
            Scratch scratch = Scratch.ofThread();
            float[] e = exponentials(z, n, scratch);
            float[] sum = scratch.first;
            for (int i = 0; i < n; i++) {
                sum[i] = UnaryFunctions.log1p(e[i]);
            }
            for (int i = 0; i < n; i++) {
                sum[i] = sum[i] + (1 - t[i]) * Math.max(z[i], 0f) + t[i] * Math.max(-z[i], 0f);
            }
            repair(sum, z, t, n);
            System.arraycopy(sum, 0, y, 0, n);
        }

        /**
         * 0 times an infinite logit is NaN. This is a loop of its own, since its branch keeps others from being
         * vectors.
         */
        private static void repair(float[] sum, float[] z, float[] t, int n) {
            for (int i = 0; i < n; i++) {
                if (Float.isNaN(sum[i])) {
                    sum[i] = (float) crossEntropy(z[i], t[i]);
                }
            }
        }

        @Override
        public void apply(double[] z, double[] t, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = crossEntropy(z[i], t[i]);
            }
        }

        private static double crossEntropy(double z, double t) {
            double weight = z > 0 ? 1 - t : t;
            return Math.log1p(Math.exp(-Math.abs(z))) + (weight == 0 ? 0 : weight * Math.abs(z));
        }
    };

    /** s(z) - t with the logistic function s: (1 - t) - s(-z) for positive z, s(z) - t otherwise. */
    static final BinaryFunction ERROR = new BinaryFunction() {
        @Override
        public void apply(float[] z, float[] t, float[] y, int n) {
            Scratch scratch = Scratch.ofThread();
            float[] e = exponentials(z, n, scratch);
            float[] positive = scratch.first;
            UnaryFunctions.STEP.apply(z, positive, n, scratch);
            for (int i = 0; i < n; i++) {
                y[i] = (positive[i] - t[i]) + (1 - 2 * positive[i]) * (e[i] / (1 + e[i]));
            }
        }

        @Override
        public void apply(double[] z, double[] t, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                double smaller = smaller(z[i]);
                y[i] = z[i] > 0 ? (1 - t[i]) - smaller : smaller - t[i];
            }
        }
    };

    /** s(z) s(-z), the derivative of the logistic function s. */
    static final UnaryFunction SLOPE = new UnaryFunction() {
        @Override
        public void apply(float[] z, float[] y, int n, Scratch scratch) {
            float[] e = exponentials(z, n, scratch);
            for (int i = 0; i < n; i++) {
                float smaller = e[i] / (1 + e[i]);
                y[i] = smaller * (1 - smaller);
            }
        }

        @Override
        public void apply(double[] z, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                double smaller = smaller(z[i]);
                y[i] = smaller * (1 - smaller);
            }
        }
    };

    /** The smaller of s(z) and s(-z). */
    private static double smaller(double z) {
        return 1 / (1 + Math.exp(Math.abs(z)));
    }

    /** e^-|z|, in scratch memory that only functions use. */
    private static float[] exponentials(float[] z, int n, Scratch scratch) {
        float[] e = scratch.second;
        for (int i = 0; i < n; i++) {
            e[i] = -Math.abs(z[i]);
        }
        Exponential.apply(e, e, n, scratch);
        return e;
    }
}
