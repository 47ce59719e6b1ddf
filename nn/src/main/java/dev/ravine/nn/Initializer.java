package dev.ravine.nn;

import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How to fill a new parameter. The layer gives the fan-in and fan-out; see {@link Fans}.
 */
@FunctionalInterface
public interface Initializer {
    /**
     * Fills a parameter.
     *
     * @param parameter its array, overwritten
     * @param fans of the parameter; {@link Fans#in()} and {@link Fans#out()} throw if the layer did not give them
     * @param rng the parameter's own generator
     */
    void fill(INDArray parameter, Fans fans, Rng rng);

    /**
     * An initializer that prints itself.
     *
     * @param name as its method here is called
     * @param rule does what it says
     */
    record Named(String name, Initializer rule) implements Initializer {
        @Override
        public void fill(INDArray parameter, Fans fans, Rng rng) {
            rule.fill(parameter, fans, rng);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * {@return an initializer that sets every element to one number}
     *
     * @param value the number
     */
    static Initializer constant(double value) {
        return new Named("constant(" + value + ")", (parameter, fans, rng) -> Vectors.fill(parameter, value));
    }

    /** {@return zeros, for biases} */
    static Initializer zeros() {
        return constant(0);
    }

    /** {@return ones, for gains} */
    static Initializer ones() {
        return constant(1);
    }

    /**
     * {@return a normal distribution of mean 0}
     *
     * @param deviation its standard deviation
     */
    static Initializer normal(double deviation) {
        return new Named("normal(" + deviation + ")", (parameter, fans, rng) -> gaussian(parameter, rng, deviation));
    }

    /**
     * {@return a uniform distribution on +-limit}
     *
     * @param limit at least 0
     */
    static Initializer uniform(double limit) {
        return new Named("uniform(" + limit + ")", (parameter, fans, rng) -> uniform(parameter, rng, limit));
    }

    /**
     * {@return a random matrix with orthonormal columns, or orthonormal rows if it has more columns, times a factor
     * (Saxe, McClelland and Ganguli, ICLR 2014)} All axes before the last count as rows. A state that is multiplied by
     * a square one keeps its length, so it suits the weights of a recurrent layer's state.
     *
     * @param gain the factor
     */
    static Initializer orthogonal(double gain) {
        return new Named("orthogonal(" + gain + ")", (parameter, fans, rng) -> Orthogonal.fill(parameter, gain, rng));
    }

    /**
     * {@return a number on the main diagonal and zeros elsewhere, for the weights of a recurrent layer's state (Le,
     * Jaitly and Hinton, 2015)} All axes before the last count as rows.
     *
     * @param value the number; 1 for the identity
     */
    static Initializer identity(double value) {
        return new Named("identity(" + value + ")", (parameter, fans, rng) -> {
            Vectors.fill(parameter, 0);
            Elements out = Elements.of(parameter);
            int columns = (int) parameter.size(-1);
            for (int i = 0; i < columns && i * columns + i < out.size(); i++) {
                out.set(i * columns + i, value);
            }
        });
    }

    /**
     * {@return a normal distribution of variance 1 / fan-in, for tanh and SELU nets (LeCun, Bottou, Orr and Mueller,
     * "Efficient BackProp", 1998)}
     */
    static Initializer lecunNormal() {
        return new Named("lecunNormal", (parameter, fans, rng) -> gaussian(parameter, rng, Math.sqrt(1.0 / fans.in())));
    }

    /**
     * {@return a uniform distribution on +-sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio, AISTATS 2010)}
     */
    static Initializer xavierUniform() {
        return new Named(
                "xavierUniform",
                (parameter, fans, rng) -> uniform(parameter, rng, Math.sqrt(6.0 / (fans.in() + fans.out()))));
    }

    /**
     * {@return a normal distribution of variance 2 / (fan-in + fan-out) (Glorot and Bengio, AISTATS 2010)}
     */
    static Initializer xavierNormal() {
        return new Named(
                "xavierNormal",
                (parameter, fans, rng) -> gaussian(parameter, rng, Math.sqrt(2.0 / (fans.in() + fans.out()))));
    }

    /**
     * {@return a normal distribution of variance 2 / fan-in, for rectifiers (He, Zhang, Ren and Sun, ICCV 2015)}
     */
    static Initializer kaimingNormal() {
        return new Named(
                "kaimingNormal", (parameter, fans, rng) -> gaussian(parameter, rng, Math.sqrt(2.0 / fans.in())));
    }

    /**
     * {@return a uniform distribution on +-sqrt(6 / fan-in), for rectifiers (He, Zhang, Ren and Sun, ICCV 2015)}
     */
    static Initializer kaimingUniform() {
        return new Named(
                "kaimingUniform", (parameter, fans, rng) -> uniform(parameter, rng, Math.sqrt(6.0 / fans.in())));
    }

    /**
     * {@return an initializer that gives each output a number of incoming weights from N(0, 1), at distinct random
     * inputs, and zeros elsewhere (Martens, ICML 2010, section 5, with 15)}
     *
     * <p>The parameter's last axis counts the outputs, and all axes before it together the fan-in.
     *
     * @param incoming nonzero weights of each output, at least 1; if the fan-in is smaller, all weights are nonzero
     * @throws IllegalArgumentException if {@code incoming} is less than 1
     */
    static Initializer sparse(int incoming) {
        if (incoming < 1) {
            throw new IllegalArgumentException("sparse needs at least 1 incoming weight, found " + incoming);
        }
        return new Named("sparse(" + incoming + ")", (parameter, fans, rng) -> {
            Vectors.fill(parameter, 0);
            Elements out = Elements.of(parameter);
            int inputs = (int) fans.in();
            int outputs = inputs == 0 ? 0 : out.size() / inputs;
            if (inputs * outputs != out.size()) {
                throw new IllegalStateException("sparse needs a parameter [..., outputs] whose other axes make up the"
                        + " fan-in; a fan-in of " + inputs + " does not divide its " + out.size() + " elements");
            }
            for (int j = 0; j < outputs; j++) {
                int[] order = rng.permutation(inputs);
                for (int i = 0; i < Math.min(incoming, inputs); i++) {
                    out.set(order[i] * outputs + j, rng.nextGaussian());
                }
            }
        });
    }

    private static void gaussian(INDArray parameter, Rng rng, double deviation) {
        Elements out = Elements.of(parameter);
        for (int i = 0; i < out.size(); i++) {
            out.set(i, deviation * rng.nextGaussian());
        }
    }

    private static void uniform(INDArray parameter, Rng rng, double limit) {
        Elements out = Elements.of(parameter);
        for (int i = 0; i < out.size(); i++) {
            out.set(i, limit * (2 * rng.nextDouble() - 1));
        }
    }
}
