package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.shards.ShardRequest;
import dev.ravine.optim.shards.ShardRunner;
import dev.ravine.optim.shards.ShardSizes;
import dev.ravine.optim.shards.Term;
import dev.ravine.optim.shards.ThreadedShards;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Partial results cross a wire as bytes, one shard after the other, and every number stays the same to the bit. */
class ShardRunnerTest {
    @EachFloatType
    void numbersAreThoseOfThreads(DType dtype) {
        Module net = new Sequential(new Linear(2, 7), Activation.tanh(), new Dropout(0.2), new Linear(7, 3));
        net.initialize(dtype, 5);
        DataSet data = Generators.spirals(90, 3, 0.1, 1).as(dtype);
        Loss loss = Loss.softmaxCrossEntropy();
        try (Workers workers = new Workers(2);
                SupervisedObjective threads = SupervisedObjective.builder(net, loss, data)
                        .l2(0.01)
                        .shardSize(20)
                        .build();
                SupervisedObjective wire = SupervisedObjective.builder(
                                net,
                                new Wire(ThreadedShards.of(
                                        net, loss, data, workers, Long.MAX_VALUE, new ShardSizes(20, 64))))
                        .l2(0.01)
                        .shardSize(20)
                        .build()) {
            INDArray theta = threads.theta();
            Scope scope = Scope.all().withNoise(3);
            List<double[]> expected = all(threads, theta, scope);
            List<double[]> found = all(wire, theta, scope);
            assertThat(found).usingRecursiveComparison().isEqualTo(expected);
        }
    }

    /** Values, gradient, squares, and products with every matrix. */
    private static List<double[]> all(SupervisedObjective objective, INDArray theta, Scope scope) {
        DType dtype = objective.dtype();
        INDArray gradient = Arena.create(dtype, Shape.of(theta.length()));
        INDArray squares = Arena.create(dtype, Shape.of(theta.length()));
        List<double[]> numbers = new ArrayList<>();
        numbers.add(new double[] {
            objective.value(theta, scope),
            objective.gradient(theta, scope, gradient, SquaredGradients.inOnePass(), squares)
        });
        numbers.add(Arena.toDoubles(gradient));
        numbers.add(Arena.toDoubles(squares));
        INDArray v = Arena.create(dtype, Shape.of(theta.length())).addi(0.25);
        try (Linearization linearization = objective.linearize(theta, scope)) {
            numbers.add(new double[] {linearization.value()});
            for (Curvature curvature : Curvature.ofLoss()) {
                linearization.product(curvature, v, gradient);
                numbers.add(Arena.toDoubles(gradient));
            }
        }
        return numbers;
    }

    /** Every array goes through bytes; the point and the vector do, too. */
    private record Wire(ShardRunner threads) implements ShardRunner {
        @Override
        public int examples() {
            return threads.examples();
        }

        @Override
        public long dataChecksum() {
            return threads.dataChecksum();
        }

        @Override
        public long bytes() {
            return threads.bytes();
        }

        @Override
        public double[] evaluate(
                ShardRequest request, Consumer<List<Term>> gradients, Consumer<List<Term>> statistics) {
            ShardRequest far = new ShardRequest(
                    copied(request.theta()),
                    request.rows().clone(),
                    request.bounds().clone(),
                    request.total(),
                    request.noise(),
                    request.wantsGradient(),
                    request.statistic());
            return threads.evaluate(far, oneByOne(gradients), oneByOne(statistics));
        }

        private static INDArray copied(INDArray vector) {
            return Arena.of(DType.of(vector), Shape.of(vector), Arena.toDoubles(vector));
        }

        private static Elements received(Elements sent) {
            ByteBuffer bytes = ByteBuffer.allocate(sent.size() * sent.dtype().bytes());
            boolean isSingle = sent.dtype() == DType.FLOAT32;
            for (int i = 0; i < sent.size(); i++) {
                if (isSingle) {
                    bytes.putFloat((float) sent.get(i));
                } else {
                    bytes.putDouble(sent.get(i));
                }
            }
            bytes.flip();
            float[] floats = new float[isSingle ? sent.size() : 0];
            double[] doubles = new double[isSingle ? 0 : sent.size()];
            bytes.asFloatBuffer().get(floats);
            bytes.asDoubleBuffer().get(doubles);
            return isSingle ? Elements.of(floats) : Elements.of(doubles);
        }

        private static Consumer<List<Term>> oneByOne(Consumer<List<Term>> sink) {
            return terms -> terms.forEach(term -> sink.accept(
                    List.of(new Term(term.first(), term.level(), term.factor(), received(term.numbers())))));
        }

        @Override
        public Pinned pin(ShardRequest request) {
            Pinned pinned = threads.pin(request);
            return new Pinned() {
                @Override
                public double[] losses() {
                    return pinned.losses();
                }

                @Override
                public void gradients(Consumer<List<Term>> sink) {
                    pinned.gradients(oneByOne(sink));
                }

                @Override
                public void products(
                        Curvature curvature, double structural, INDArray vector, Consumer<List<Term>> sink) {
                    pinned.products(curvature, structural, copied(vector), oneByOne(sink));
                }

                @Override
                public List<double[][]> forms(Curvature curvature, List<INDArray> vectors) {
                    return pinned.forms(
                            curvature, vectors.stream().map(v -> copied(v)).toList());
                }

                @Override
                public void close() {
                    pinned.close();
                }
            };
        }

        @Override
        public Optional<String> firstNonFinite(ShardRequest request) {
            return threads.firstNonFinite(request);
        }

        @Override
        public ModelGraph graph(int examples) {
            return threads.graph(examples);
        }

        @Override
        public boolean mixesRows() {
            return threads.mixesRows();
        }

        @Override
        public void graphsChanged() {
            threads.graphsChanged();
        }

        @Override
        public long executedCost() {
            return threads.executedCost();
        }

        @Override
        public double gradientCostPerExample() {
            return threads.gradientCostPerExample();
        }

        @Override
        public void close() {
            threads.close();
        }
    }
}
