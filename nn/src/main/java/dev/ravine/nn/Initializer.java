package dev.ravine.nn;

import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a parameter's numbers begin. Weights have shape [inputs, outputs]: the fan-in is the first size, the fan-out the
 * product of the others.
 */
@FunctionalInterface
public interface Initializer {
    /**
     * Fills a parameter.
     *
     * @param parameter its array, overwritten
     * @param rng the parameter's own generator
     */
    void fill(INDArray parameter, Rng rng);

    /**
     * Every element the same.
     *
     * @param value the number
     * @return the initializer
     */
    static Initializer constant(double value) {
        return (parameter, rng) -> Vectors.fill(parameter, value);
    }

    /**
     * Zeros, for biases.
     *
     * @return the initializer
     */
    static Initializer zeros() {
        return constant(0);
    }

    /**
     * Ones, for gains.
     *
     * @return the initializer
     */
    static Initializer ones() {
        return constant(1);
    }

    /**
     * Normal with a given standard deviation and mean 0.
     *
     * @param deviation the standard deviation
     * @return the initializer
     */
    static Initializer normal(double deviation) {
        return (parameter, rng) -> gaussian(parameter, rng, deviation);
    }

    /**
     * Normal with variance 1 / fan-in, for tanh and SELU nets (LeCun, Bottou, Orr and Mueller, "Efficient BackProp",
     * 1998).
     *
     * @return the initializer
     */
    static Initializer lecunNormal() {
        return (parameter, rng) -> gaussian(parameter, rng, Math.sqrt(1.0 / fanIn(parameter)));
    }

    /**
     * Uniform on +-sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio, AISTATS 2010).
     *
     * @return the initializer
     */
    static Initializer xavierUniform() {
        return (parameter, rng) -> uniform(parameter, rng, Math.sqrt(6.0 / (fanIn(parameter) + fanOut(parameter))));
    }

    /**
     * Normal with variance 2 / (fan-in + fan-out) (Glorot and Bengio, AISTATS 2010).
     *
     * @return the initializer
     */
    static Initializer xavierNormal() {
        return (parameter, rng) -> gaussian(parameter, rng, Math.sqrt(2.0 / (fanIn(parameter) + fanOut(parameter))));
    }

    /**
     * Normal with variance 2 / fan-in, for rectifiers (He, Zhang, Ren and Sun, ICCV 2015).
     *
     * @return the initializer
     */
    static Initializer kaimingNormal() {
        return (parameter, rng) -> gaussian(parameter, rng, Math.sqrt(2.0 / fanIn(parameter)));
    }

    /**
     * Uniform on +-sqrt(6 / fan-in), for rectifiers (He, Zhang, Ren and Sun, ICCV 2015).
     *
     * @return the initializer
     */
    static Initializer kaimingUniform() {
        return (parameter, rng) -> uniform(parameter, rng, Math.sqrt(6.0 / fanIn(parameter)));
    }

    /**
     * Each output gets a given number of incoming weights from N(0, 1), at distinct random inputs, and zeros elsewhere
     * (Martens, ICML 2010, section 5, with 15). With fewer inputs than that, all are drawn.
     *
     * @param incoming nonzero weights for each output, at least 1
     * @return the initializer
     */
    static Initializer sparse(int incoming) {
        if (incoming < 1) {
            throw new IllegalArgumentException("sparse needs at least 1 incoming weight, found " + incoming);
        }
        return (parameter, rng) -> {
            Vectors.fill(parameter, 0);
            Elements out = Elements.of(parameter);
            int inputs = (int) fanIn(parameter);
            int outputs = (int) fanOut(parameter);
            for (int j = 0; j < outputs; j++) {
                int[] order = rng.permutation(inputs);
                for (int i = 0; i < Math.min(incoming, inputs); i++) {
                    out.set(order[i] * outputs + j, rng.nextGaussian());
                }
            }
        };
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

    private static long fanIn(INDArray parameter) {
        return parameter.rank() == 0 ? 1 : Math.max(1, parameter.size(0));
    }

    private static long fanOut(INDArray parameter) {
        return Math.max(1, parameter.length() / fanIn(parameter));
    }
}
