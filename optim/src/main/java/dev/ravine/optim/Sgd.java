package dev.ravine.optim;

import dev.ravine.core.Elements;
import dev.ravine.core.Vectors;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Stochastic gradient descent, with momentum if asked for, to PyTorch's conventions: v = mu v + g; theta -= lr v, or with
 * Nesterov's momentum theta -= lr (g + mu v).
 */
public final class Sgd extends FirstOrder {
    private final double learningRate;
    private final double momentum;
    private final boolean nesterov;
    private INDArray velocity;
    private Elements speed;

    private Sgd(Builder builder) {
        super(builder.batchSize, builder.seed);
        this.learningRate = builder.learningRate;
        this.momentum = builder.momentum;
        this.nesterov = builder.nesterov;
    }

    /**
     * Begins with learning rate 0.1, no momentum, batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    double update(Elements theta, Elements gradient, double gradientNorm, long step) {
        Elements direction = gradient;
        if (momentum != 0) {
            if (velocity == null) {
                velocity = newVector(theta.owner());
            }
            if (speed == null) {
                speed = Elements.of(velocity);
            }
            Vectors.scale(momentum, speed);
            Vectors.axpy(1, gradient, speed);
            if (nesterov) {
                Vectors.axpy(momentum, speed, gradient);
            } else {
                direction = speed;
            }
        }
        Vectors.axpy(-learningRate, direction, theta);
        return learningRate * (momentum == 0 ? gradientNorm : Vectors.norm(direction));
    }

    @Override
    Map<String, INDArray> learned() {
        return velocity == null ? Map.of() : Map.of("velocity", velocity);
    }

    @Override
    void learn(OptimizerState state) {
        if (momentum != 0) {
            velocity = newCopy(state.vector("velocity"));
            speed = null;
        }
    }

    @Override
    public String name() {
        return momentum == 0
                ? "sgd(lr=" + learningRate + ")"
                : (nesterov ? "nesterov" : "momentum") + "(lr=" + learningRate + ", mu=" + momentum + ")";
    }

    /** Settings of {@link Sgd}. */
    public static final class Builder {
        private double learningRate = 0.1;
        private double momentum;
        private boolean nesterov;
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
         * Classical momentum.
         *
         * @param mu from 0 to below 1
         * @return this
         */
        public Builder momentum(double mu) {
            this.momentum = Check.fraction("momentum", mu);
            this.nesterov = false;
            return this;
        }

        /**
         * Nesterov's momentum.
         *
         * @param mu from 0 to below 1
         * @return this
         */
        public Builder nesterov(double mu) {
            momentum(mu);
            this.nesterov = true;
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
        public Sgd build() {
            return new Sgd(this);
        }
    }
}
