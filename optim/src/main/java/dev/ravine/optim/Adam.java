package dev.ravine.optim;

import dev.ravine.core.Elements;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adam (Kingma and Ba, ICLR 2015) to PyTorch's conventions: m and v are decaying means of the gradient and its square,
 * divided by 1 - beta^t; theta -= lr m / (sqrt(v) + epsilon), with epsilon outside the root.
 */
public final class Adam extends FirstOrder {
    private static final int BLOCK = 512;

    private final double learningRate;
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final double[][] doubles = new double[4][BLOCK];
    private final float[][] floats = new float[4][BLOCK];
    private INDArray mean;
    private INDArray square;
    private Elements first;
    private Elements second;

    private Adam(Builder builder) {
        super(builder.batchSize, builder.seed);
        this.learningRate = builder.learningRate;
        this.beta1 = builder.beta1;
        this.beta2 = builder.beta2;
        this.epsilon = builder.epsilon;
    }

    /**
     * Begins with learning rate 0.001, betas 0.9 and 0.999, epsilon 1e-8, batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    double update(Elements point, Elements slope, double gradientNorm, long step) {
        if (mean == null) {
            mean = newVector(point.owner());
            square = newVector(point.owner());
        }
        if (first == null) {
            first = Elements.of(mean);
            second = Elements.of(square);
        }
        double rate = learningRate / (1 - Math.pow(beta1, (double) step));
        double rootCorrection = Math.sqrt(1 - Math.pow(beta2, (double) step));
        double moved = 0;
        for (int from = 0, n = point.size(); from < n; from += BLOCK) {
            int count = Math.min(BLOCK, n - from);
            if (point instanceof Elements.Floats) {
                point.read(from, count, floats[0]);
                slope.read(from, count, floats[1]);
                first.read(from, count, floats[2]);
                second.read(from, count, floats[3]);
                moved += update(count, (float) rate, (float) (1 / rootCorrection));
                point.write(from, count, floats[0]);
                first.write(from, count, floats[2]);
                second.write(from, count, floats[3]);
            } else {
                point.read(from, count, doubles[0]);
                slope.read(from, count, doubles[1]);
                first.read(from, count, doubles[2]);
                second.read(from, count, doubles[3]);
                moved += update(count, rate, rootCorrection);
                point.write(from, count, doubles[0]);
                first.write(from, count, doubles[2]);
                second.write(from, count, doubles[3]);
            }
        }
        return Math.sqrt(moved);
    }

    private double update(int count, double rate, double rootCorrection) {
        double[] x = doubles[0];
        double[] g = doubles[1];
        double[] m = doubles[2];
        double[] v = doubles[3];
        double moved = 0;
        for (int i = 0; i < count; i++) {
            m[i] = beta1 * m[i] + (1 - beta1) * g[i];
            v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
            double d = rate * m[i] / (Math.sqrt(v[i]) / rootCorrection + epsilon);
            x[i] -= d;
            moved += d * d;
        }
        return moved;
    }

    /** In single precision, as vector instructions: the loops have no sums and no conversions; g receives the step. */
    private double update(int count, float rate, float inverseCorrection) {
        float[] x = floats[0];
        float[] g = floats[1];
        float[] m = floats[2];
        float[] v = floats[3];
        float keepMean = (float) beta1;
        float takeMean = (float) (1 - beta1);
        float keepSquare = (float) beta2;
        float takeSquare = (float) (1 - beta2);
        float small = (float) epsilon;
        for (int i = 0; i < count; i++) {
            m[i] = keepMean * m[i] + takeMean * g[i];
            v[i] = keepSquare * v[i] + takeSquare * g[i] * g[i];
            g[i] = rate * m[i] / ((float) Math.sqrt(v[i]) * inverseCorrection + small);
            x[i] -= g[i];
        }
        double moved = 0;
        for (int i = 0; i < count; i++) {
            moved += (double) g[i] * g[i];
        }
        return moved;
    }

    @Override
    Map<String, INDArray> learned() {
        return mean == null ? Map.of() : Map.of("mean", mean, "square", square);
    }

    @Override
    void learn(OptimizerState state) {
        mean = newCopy(state.vector("mean"));
        square = newCopy(state.vector("square"));
        first = null;
    }

    @Override
    public String name() {
        return "adam(lr=" + learningRate + ")";
    }

    /** Settings of {@link Adam}. */
    public static final class Builder {
        private double learningRate = 1e-3;
        private double beta1 = 0.9;
        private double beta2 = 0.999;
        private double epsilon = 1e-8;
        private int batchSize = 100;
        private long seed;

        private Builder() {}

        /**
         * The learning rate.
         *
         * @param rate positive
         * @return this
         */
        public Builder learningRate(double rate) {
            this.learningRate = Check.positive("learning rate", rate);
            return this;
        }

        /**
         * How slowly the means forget.
         *
         * @param first of the gradient, from 0 to below 1
         * @param second of its square, from 0 to below 1
         * @return this
         */
        public Builder betas(double first, double second) {
            this.beta1 = Check.fraction("beta1", first);
            this.beta2 = Check.fraction("beta2", second);
            return this;
        }

        /**
         * What keeps the denominator from 0.
         *
         * @param value positive
         * @return this
         */
        public Builder epsilon(double value) {
            this.epsilon = Check.positive("epsilon", value);
            return this;
        }

        /**
         * Examples a step.
         *
         * @param examples at least 1, or 0 for all
         * @return this
         */
        public Builder batchSize(int examples) {
            this.batchSize = Check.notNegative("the batch size", examples);
            return this;
        }

        /**
         * The seed of the order of examples and of noise.
         *
         * @param newSeed 0 without it
         * @return this
         */
        public Builder seed(long newSeed) {
            this.seed = newSeed;
            return this;
        }

        /**
         * Makes the optimizer.
         *
         * @return an optimizer that has not stepped yet
         */
        public Adam build() {
            return new Adam(this);
        }
    }
}
