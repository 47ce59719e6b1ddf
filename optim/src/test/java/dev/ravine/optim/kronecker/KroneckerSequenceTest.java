package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Module;
import dev.ravine.nn.TokenCrossEntropy;
import dev.ravine.nn.layers.Embedding;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.RecurrentSettings;
import dev.ravine.nn.layers.Rnn;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kronecker factors of an embedding and of a recurrent layer are the sums that a loop over examples and steps gives. The
 * loop has its own net, in which a zero is added to every result that the factors need the cotangent of.
 */
class KroneckerSequenceTest {
    private static final int EXAMPLES = 5;
    private static final int STEPS = 4;
    private static final int TOKENS = 5;
    private static final int WIDTH = 3;
    private static final int HIDDEN = 4;

    private final Module net = new Sequential(
            new Embedding(TOKENS, WIDTH),
            new Rnn(RecurrentSettings.of(WIDTH, HIDDEN).withoutBias()),
            new Linear(HIDDEN, TOKENS));

    private static INDArray tokens(long seed) {
        Rng rng = new Rng(seed);
        INDArray tokens = Arena.create(DType.INT64, Shape.of(EXAMPLES, STEPS));
        for (int i = 0; i < EXAMPLES * STEPS; i++) {
            Elements.of(tokens).set(i, rng.nextInt(TOKENS));
        }
        return tokens;
    }

    /** Sums of products of rows with themselves. */
    private static final class Moment {
        private final int width;
        private final double[] sums;

        Moment(int width) {
            this.width = width;
            this.sums = new double[width * width];
        }

        void add(double weight, double... row) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += weight * row[i / width] * row[i % width];
            }
        }
    }

    @Test
    void factorsAreSumsOverExamplesAndSteps() {
        net.initialize(DType.FLOAT64, 2);
        INDArray tokens = tokens(1);
        INDArray targets = tokens(2);
        Moment[] a = {new Moment(TOKENS), new Moment(WIDTH), new Moment(HIDDEN)};
        Moment[] g = {new Moment(WIDTH), new Moment(HIDDEN), new Moment(HIDDEN)};
        for (int n = 0; n < EXAMPLES; n++) {
            addExample(n, Elements.of(tokens), Elements.of(targets), a, g);
        }
        DataSet data = DataSet.ofSequences(tokens, targets).as(DType.FLOAT64);
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = SupervisedObjective.builder(net, new TokenCrossEntropy(), data)
                        .workers(workers)
                        .build();
                KroneckerFactors factors = KroneckerFactors.builder()
                        .cotangents(Cotangents.EMPIRICAL)
                        .build(objective)) {
            factors.update(objective, objective.theta(), Scope.all());
            for (int block = 0; block < a.length; block++) {
                assertThat(Arena.toDoubles(factors.factors(block).get(0)))
                        .as("A of %s", factors.description())
                        .containsExactly(a[block].sums, within(1e-14));
                assertThat(Arena.toDoubles(factors.factors(block).get(1)))
                        .as("G of %s", factors.description())
                        .containsExactly(g[block].sums, within(1e-14));
            }
        }
    }

    private Tensor parameter(String path) {
        return net.namedParameters().get(path).variable();
    }

    private static Tensor zero(List<Tensor> zeros, int width) {
        Tensor zero = Tensor.variable("zero", Arena.create(DType.FLOAT64, Shape.of(1, width)));
        zeros.add(zero);
        return zero;
    }

    private void addExample(int n, Elements tokens, Elements targets, Moment[] a, Moment[] g) {
        List<Tensor> embedded = new ArrayList<>();
        List<Tensor> states = new ArrayList<>();
        List<Tensor> inputs = new ArrayList<>();
        List<Tensor> outputs = new ArrayList<>();
        double[] labels = new double[STEPS];
        Tensor h = Tensor.fill(DType.FLOAT64, Shape.of(1, HIDDEN), 0);
        for (int t = 0; t < STEPS; t++) {
            int token = (int) tokens.get(n * STEPS + t);
            Tensor x = parameter("0.weight").slice(0, token, token + 1).add(zero(embedded, WIDTH));
            Tensor z = x.matmul(parameter("1.weight_ih_l0")).add(zero(states, HIDDEN));
            inputs.add(h);
            h = (t == 0 ? z : z.add(h.matmul(parameter("1.weight_hh_l0")))).tanh();
            outputs.add(h.matmul(parameter("2.weight")).add(parameter("2.bias")));
            labels[t] = targets.get(n * STEPS + t);
            double[] one = new double[TOKENS];
            one[token] = 1;
            a[0].add(1.0 / EXAMPLES, one);
            a[1].add(1.0 / EXAMPLES, Arena.toDoubles(x.value()));
        }
        Tensor loss = Tensor.concat(0, outputs.toArray(Tensor[]::new))
                .softmaxCrossEntropy(Tensor.constant(Arena.of(DType.INT64, Shape.of(STEPS), labels)))
                .mean();
        List<Tensor> toEmbedded = Autodiff.gradient(loss, embedded);
        List<Tensor> toStates = Autodiff.gradient(loss, states);
        for (int t = 0; t < STEPS; t++) {
            double share = 1.0 / EXAMPLES / STEPS;
            g[0].add(share, Arena.toDoubles(toEmbedded.get(t).value()));
            double[] ofState = Arena.toDoubles(toStates.get(t).value());
            g[1].add(share, ofState);
            if (t > 0) {
                a[2].add(1.0 / EXAMPLES, Arena.toDoubles(inputs.get(t).value()));
                g[2].add(1.0 / EXAMPLES / (STEPS - 1), ofState);
            }
        }
    }
}
