package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Bilinear;
import dev.ravine.autodiff.DerivativeContract;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.ParameterUse;
import dev.ravine.autodiff.Rows;
import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.MatrixKernels;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Fans;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.ModuleContract;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.ForwardingObjective;
import dev.ravine.optim.objective.ModelObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The parts of {@code docs/extending.md} that no script in examples has. */
class ExtendingTest {
    private static final DataSet MOONS = Generators.twoMoons(60, 0.1, 1);

    private static Sequential net() {
        var net = new Sequential(new Linear(2, 5), Activation.tanh(), new Linear(5, 2));
        net.initialize(DType.FLOAT64, 1);
        return net;
    }

    // ---- a statistic ------------------------------------------------------------------------------------------

    record KroneckerFactors() implements Statistic {
        @Override
        public List<Tensor> of(ModelGraph graph) {
            List<Tensor> factors = new ArrayList<>();
            for (Tensor parameter : graph.parameters()) {
                for (ParameterUse use : graph.uses(parameter)) {
                    factors.add(use.inputs().matmul(use.inputs(), true, false));
                    factors.add(use.cotangents().matmul(use.cotangents(), true, false));
                }
            }
            return factors;
        }
    }

    @Test
    void aStatisticComesWithTheGradient() {
        try (var objective = SupervisedObjective.of(net(), Loss.softmaxCrossEntropy(), MOONS)) {
            Statistic factors = new KroneckerFactors();
            INDArray gradient = Arena.create(objective.dtype(), Shape.of(objective.size()));
            INDArray mean = Arena.create(objective.dtype(), Shape.of(objective.statisticSize(factors)));
            double loss = objective.gradient(objective.theta(), Scope.all(), gradient, factors, mean);

            assertThat(loss).isEqualTo(objective.value(objective.theta(), Scope.all()));
            Elements x = Elements.of(MOONS.features());
            double secondMoment = 0;
            for (int n = 0; n < MOONS.size(); n++) {
                secondMoment += x.get(2 * n) * x.get(2 * n + 1) / MOONS.size();
            }
            assertThat(Elements.of(mean).get(1)).isCloseTo(secondMoment, within(1e-14));
        }
    }

    // ---- an operation that names its rows ---------------------------------------------------------------------

    record TransposedProduct() implements Bilinear {
        @Override
        public Shape infer(Tensor... in) {
            return Shape.of(in[0].shape().size(0), in[1].shape().size(0));
        }

        @Override
        public Kernel kernel(INDArray x, INDArray w, INDArray y) {
            return MatrixKernels.gemm(x, false, w, true, y, 0);
        }

        @Override
        public Tensor transposeFirst(Tensor cotangent, Tensor x, Tensor w) {
            return cotangent.matmul(w);
        }

        @Override
        public Tensor transposeSecond(Tensor cotangent, Tensor x, Tensor w) {
            return cotangent.matmul(x, true, false);
        }

        @Override
        public Rows rows(Tensor y, int i, Tensor cotangent) {
            return i == 1 ? new Rows(y.operand(0), cotangent, true) : null;
        }
    }

    private static final class TransposedLinear extends Module {
        private final Parameter weight = parameter("weight", Initializer.lecunNormal(), Fans.matrix(2, 2), 2, 2);

        @Override
        public Tensor forward(Tensor x) {
            return Tensor.of(new TransposedProduct(), x, weight.tensor());
        }
    }

    @Test
    void anOperationNamesItsRows() {
        DerivativeContract.of("transposed product", in -> Tensor.of(new TransposedProduct(), in.get(0), in.get(1)))
                .input(Shape.of(3, 4))
                .input(Shape.of(2, 4))
                .check();
        var net = new TransposedLinear();
        net.initialize(DType.FLOAT64, 1);
        try (var objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), MOONS)) {
            assertThat(objective.obstacle(SquaredGradients.inOnePass())).isEmpty();
            INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(4));
            INDArray found = Arena.create(DType.FLOAT64, Shape.of(4));
            INDArray expected = Arena.create(DType.FLOAT64, Shape.of(4));
            objective.gradient(objective.theta(), Scope.all(), gradient, SquaredGradients.inOnePass(), found);
            for (int n = 0; n < MOONS.size(); n++) {
                objective.gradient(objective.theta(), Scope.of(new int[] {n}), gradient);
                Vectors.multiply(gradient, Arena.copyOf(gradient), gradient);
                Vectors.axpy(1.0 / MOONS.size(), gradient, expected);
            }
            assertThat(Arena.toDoubles(found)).containsExactly(Arena.toDoubles(expected), within(1e-15));
        }
    }

    // ---- a layer whose rows mix -------------------------------------------------------------------------------

    static final class Centering extends Module {
        @Override
        public Tensor forward(Tensor x) {
            return isTraining() ? x.sub(x.meanKeeping(0)) : x;
        }

        @Override
        public boolean rowsMix() {
            return isTraining();
        }
    }

    @Test
    void aLayerWhoseRowsMixIsOneShard() {
        ModuleContract.of(Centering::new, Shape.of(3, 4)).check();
        var net = new Sequential(new Linear(2, 5), new Centering(), Activation.tanh(), new Linear(5, 2));
        net.initialize(DType.FLOAT64, 1);
        try (var whole = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), MOONS);
                var cut = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), MOONS)
                        .shardSize(7)
                        .build()) {
            assertThat(cut.value(cut.theta(), Scope.all())).isEqualTo(whole.value(whole.theta(), Scope.all()));
            INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(whole.size()));
            INDArray squares = Arena.create(DType.FLOAT64, Shape.of(whole.size()));
            assertThatThrownBy(() ->
                            whole.gradient(whole.theta(), Scope.all(), gradient, new SquaredGradients(true), squares))
                    .isInstanceOf(NoRowsException.class)
                    .hasMessageContaining("Sequential.1");
        }
    }

    // ---- an objective -----------------------------------------------------------------------------------------

    static final class Anchored extends ForwardingObjective implements ModelObjective {
        private final SupervisedObjective data;
        private final INDArray anchor;
        private final double weight;
        private final INDArray offset;

        Anchored(SupervisedObjective data, double weight) {
            super(data);
            this.data = data;
            this.weight = weight;
            this.anchor = Arena.copyOf(data.theta());
            this.offset = Arena.copyOf(anchor);
        }

        @Override
        public double value(INDArray theta, Scope scope) {
            return super.value(theta, scope) + penalty(theta);
        }

        @Override
        public double gradient(INDArray theta, Scope scope, INDArray out) {
            return penalized(super.gradient(theta, scope, out), theta, out);
        }

        @Override
        public double gradient(INDArray theta, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
            return penalized(super.gradient(theta, scope, out, statistic, mean), theta, out);
        }

        @Override
        public double gradient(Linearization at, INDArray theta, INDArray out) {
            return penalized(super.gradient(at, theta, out), theta, out);
        }

        private double penalized(double loss, INDArray theta, INDArray out) {
            double value = loss + penalty(theta);
            Vectors.axpy(weight, offset, out);
            return value;
        }

        private double penalty(INDArray theta) {
            Vectors.copy(theta, offset);
            Vectors.axpy(-1, anchor, offset);
            return weight / 2 * Vectors.dot(offset, offset);
        }

        @Override
        public double l2() {
            return weight;
        }

        @Override
        public Map<String, Double> settings() {
            Map<String, Double> all = new LinkedHashMap<>(data.settings());
            all.put("anchor_weight", weight);
            return all;
        }

        @Override
        public INDArray theta() {
            return data.theta();
        }

        @Override
        public INDArray outputs(DataSet other) {
            return data.outputs(other);
        }

        @Override
        public void close() {
            data.close();
        }
    }

    @Test
    void anObjectiveIsTrained() throws IOException {
        assertThat(distanceFromStart(100)).isBetween(1e-6, 0.1 * distanceFromStart(0.01));
    }

    private static double distanceFromStart(double weight) throws IOException {
        Sequential net = net();
        INDArray start = Arena.copyOf(net.parameterVector().array());
        try (var objective = new Anchored(SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), MOONS), weight);
                var optimizer = HessianFree.builder().build()) {
            TrainingResult result = Trainer.builder(net, objective)
                    .optimizer(optimizer)
                    .budget(Budget.steps(10))
                    .build()
                    .train();
            assertThat(result.end()).isEqualTo(TrainingResult.End.BUDGET);
            INDArray moved = Arena.copyOf(objective.theta());
            Vectors.axpy(-1, start, moved);
            return Vectors.norm(moved);
        }
    }
}
