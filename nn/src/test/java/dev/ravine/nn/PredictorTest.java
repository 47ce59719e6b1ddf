package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PredictorTest {
    /** More than two chunks, the last one smaller. */
    private static final DataSet MOONS = Generators.twoMoons(2300, 0.2, 1);

    private static Module net() {
        Module net = new Sequential(new Linear(2, 6), Activation.tanh(), new Dropout(0.5), new Linear(6, 2));
        net.initialize(DType.FLOAT64, 1);
        return net;
    }

    @Test
    void outputsAreThoseOfEvaluationOverAllChunks() {
        Module net = net();
        try (Predictor predictor = new Predictor(net)) {
            INDArray outputs = predictor.outputs(MOONS);
            assertThat(net.isTraining()).as("the module's own mode stays").isTrue();
            net.eval();
            INDArray expected = net.apply(Tensor.constant(MOONS.features())).value();
            assertThat(outputs.shape()).containsExactly(2300, 2);
            assertThat(Arena.toDoubles(outputs)).containsExactly(Arena.toDoubles(expected), within(1e-14));
        }
    }

    @Test
    void accuracyCountsTheLargestOutput() {
        Module net = net();
        try (Predictor predictor = new Predictor(net)) {
            Elements outputs = Elements.of(predictor.outputs(MOONS));
            Elements labels = Elements.of(MOONS.targets());
            int right = 0;
            for (int i = 0; i < MOONS.size(); i++) {
                right += (outputs.get(2 * i + 1) > outputs.get(2 * i) ? 1 : 0) == labels.get(i) ? 1 : 0;
            }
            assertThat(predictor.accuracy(MOONS)).isEqualTo(right / 2300.0);
        }
    }

    /** Dropout passes everything in evaluation, so the outputs are the very tensor of the inputs. */
    @Test
    void aModelMayReturnItsInput() {
        try (Predictor predictor = new Predictor(new Dropout(0.5))) {
            assertThat(Arena.toDoubles(predictor.outputs(MOONS))).isEqualTo(Arena.toDoubles(MOONS.features()));
        }
    }

    @Test
    void seesPresentParametersAndCountsNaNAsWrong() {
        Module net = net();
        try (Predictor predictor = new Predictor(net)) {
            double before = predictor.accuracy(MOONS);
            Vectors.scale(-1, net.namedParameters().get("3.weight").array()); // nobody said that they changed
            assertThat(predictor.accuracy(MOONS)).isCloseTo(1 - before, within(1e-12));
            Vectors.fill(net.namedParameters().get("3.bias").array(), Double.NaN);
            assertThat(predictor.accuracy(MOONS)).isZero();
        }
    }

    @Test
    void aModuleThatMixesRowsInTrainingOnlyIsCutIntoChunksLikeAnyOther() {
        Module net = new Sequential(new Linear(2, 3), new BatchNorm(3));
        net.initialize(DType.FLOAT64, 1);
        try (Predictor predictor = new Predictor(net)) {
            double[] outputs = Arena.toDoubles(predictor.outputs(MOONS));
            net.eval();
            INDArray expected = net.apply(Tensor.constant(MOONS.features())).value();
            assertThat(outputs).containsExactly(Arena.toDoubles(expected), within(1e-14));
        }
    }

    @Test
    void aModuleThatMixesRowsInEvaluationTooTakesAllDataAsOneBatch() {
        Module net = new Module() {
            @Override
            public Tensor forward(Tensor x) {
                return BatchNorm.standardized(x);
            }

            @Override
            public boolean rowsMix() {
                return true;
            }
        };
        net.initialize(DType.FLOAT64, 1);
        INDArray expected = net.apply(Tensor.constant(MOONS.features())).value();
        try (Predictor predictor = new Predictor(net)) {
            assertThat(Arena.toDoubles(predictor.outputs(MOONS)))
                    .containsExactly(Arena.toDoubles(expected), within(1e-14));
        }
    }

    /** Data of as many rows, whose rows have another shape or dtype, are not those that a plan was made for. */
    @Test
    void dataOfAnotherKindGetAPlanOfTheirOwn() {
        Module net = new Sequential(Activation.tanh());
        net.initialize(DType.FLOAT64, 1);
        try (Predictor predictor = new Predictor(net)) {
            for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
                for (int width = 1; width < 4; width++) {
                    INDArray features = Arena.create(dtype, Shape.of(5, width));
                    double expected = width;
                    Vectors.fill(features, width);
                    for (DataSet data : List.of(
                            DataSet.of(features, Arena.ofIntegers(0, 0, 0, 0, 0)),
                            DataSet.autoencoding(features),
                            DataSet.of(features, Arena.create(dtype, Shape.of(5, 7))))) {
                        INDArray outputs = predictor.outputs(data);
                        assertThat(Shape.of(outputs)).isEqualTo(Shape.of(5, width));
                        assertThat(DType.of(outputs)).isEqualTo(dtype);
                        assertThat(Arena.toDoubles(outputs))
                                .satisfies(
                                        numbers -> assertThat(numbers[0]).isCloseTo(Math.tanh(expected), within(1e-6)));
                    }
                }
            }
        }
    }

    @Test
    void accuracyIsWeighted() {
        Module net = net();
        double[] weights = new double[MOONS.size()];
        try (Predictor predictor = new Predictor(net)) {
            Elements outputs = Elements.of(predictor.outputs(MOONS));
            double right = 0;
            double all = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = i % 7;
                boolean isRight = (outputs.get(2 * i + 1) > outputs.get(2 * i) ? 1 : 0) == label(i);
                right += isRight ? weights[i] : 0;
                all += weights[i];
            }
            assertThat(predictor.accuracy(MOONS.withWeights(weights))).isEqualTo(right / all);
        }
    }

    private static int label(int example) {
        return (int) Elements.of(MOONS.targets()).get(example);
    }

    @Test
    void featuresAloneGiveTheSameOutputs() {
        Module net = net();
        try (Predictor predictor = new Predictor(net)) {
            INDArray outputs = predictor.outputs(MOONS.features());
            assertThat(Arena.toDoubles(outputs)).isEqualTo(Arena.toDoubles(predictor.outputs(MOONS)));
            INDArray columns =
                    Nd4j.create(new double[][] {{1, 2}, {3, 4}, {5, 6}}).dup('f');
            assertThat(Arena.toDoubles(predictor.outputs(columns)))
                    .as("columns before rows")
                    .isEqualTo(Arena.toDoubles(
                            predictor.outputs(Arena.of(DType.FLOAT64, Shape.of(3, 2), 1, 2, 3, 4, 5, 6))));
        }
    }

    @Test
    void eachShapeOfExamplesHasItsOwnPlan() {
        Module net = new Module() {
            @Override
            public Tensor forward(Tensor x) {
                return x.square();
            }
        };
        net.initialize(DType.FLOAT64, 1);
        try (Predictor predictor = new Predictor(net)) {
            assertThat(Arena.toDoubles(predictor.outputs(Arena.of(DType.FLOAT64, Shape.of(2, 1), 1, 2))))
                    .containsExactly(1, 4);
            INDArray wide = predictor.outputs(Arena.of(DType.FLOAT64, Shape.of(2, 3), 1, 2, 3, 4, 5, 6));
            assertThat(Shape.of(wide)).isEqualTo(Shape.of(2, 3));
            assertThat(Arena.toDoubles(wide)).containsExactly(1, 4, 9, 16, 25, 36);
            INDArray single = predictor.outputs(Arena.of(DType.FLOAT32, Shape.of(2, 1), 3, 4));
            assertThat(DType.of(single)).isEqualTo(DType.FLOAT32);
            assertThat(Arena.toDoubles(single)).containsExactly(9, 16);
        }
    }

    /** Passes its input on, doubled: the outputs are known. */
    private static Module doubling() {
        Module net = new Module() {
            @Override
            public Tensor forward(Tensor x) {
                return x.mul(2);
            }
        };
        net.initialize(DType.FLOAT64, 1);
        return net;
    }

    @Test
    void classesAreThePlacesOfTheLargestOutputs() {
        double inf = Double.POSITIVE_INFINITY;
        double[] rows = {0, 1, 0.5, 3, 3, 1, -inf, -inf, -inf, 1, Double.NaN, 2, -5, -4, inf};
        try (Predictor predictor = new Predictor(doubling())) {
            assertThat(predictor.classes(Arena.of(DType.FLOAT64, Shape.of(5, 3), rows)))
                    .as("the first of equal ones; none with NaN")
                    .containsExactly(1, 0, 0, -1, 2);
            assertThat(predictor.classes(Arena.of(DType.FLOAT64, Shape.of(5, 1), -1, 0, 1e-300, inf, Double.NaN)))
                    .as("the logit of class 1")
                    .containsExactly(0, 0, 1, 1, -1);
        }
    }

    @Test
    void probabilitiesAreTheSoftmaxOfTheOutputs() {
        double inf = Double.POSITIVE_INFINITY;
        double[] rows = {0, 0.5, 1, 500, 500, 0, inf, 1, 2, -inf, 0, 0, Double.NaN, 1, 2};
        double e = Math.E;
        double nan = Double.NaN;
        double[] expected = {
            1 / (1 + e + e * e),
            e / (1 + e + e * e),
            e * e / (1 + e + e * e),
            0.5,
            0.5,
            0,
            1,
            0,
            0,
            0,
            0.5,
            0.5,
            nan,
            nan,
            nan
        };
        try (Predictor predictor = new Predictor(doubling())) {
            INDArray found = predictor.probabilities(Arena.of(DType.FLOAT64, Shape.of(5, 3), rows));
            assertThat(Shape.of(found)).isEqualTo(Shape.of(5, 3));
            assertThat(Arena.toDoubles(found)).containsExactly(expected, within(1e-15));
            INDArray logistic = predictor.probabilities(Arena.of(DType.FLOAT64, Shape.of(4, 1), 0, 0.5, -400, inf));
            assertThat(Shape.of(logistic)).isEqualTo(Shape.of(4, 1));
            assertThat(Arena.toDoubles(logistic)).containsExactly(new double[] {0.5, e / (1 + e), 0, 1}, within(1e-15));
        }
    }

    @Test
    void predictionsNeedExamples() {
        try (Predictor predictor = new Predictor(net())) {
            for (INDArray wrong : new INDArray[] {
                Arena.create(DType.FLOAT64, Shape.of(0, 2)),
                Arena.create(DType.INT64, Shape.of(0, 2)),
                Arena.create(DType.FLOAT64, Shape.of())
            }) {
                assertThatThrownBy(() -> predictor.outputs(wrong))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContaining("predictions need features [examples, ...]");
            }
            assertThatThrownBy(() -> predictor.outputs(Arena.create(DType.FLOAT64, Shape.of(2, 3))))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> predictor.outputs(Arena.ofIntegers(1, 2)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("INT64 [2]");
        }
        try (Predictor predictor = new Predictor(doubling())) {
            assertThatThrownBy(() -> predictor.classes(Arena.create(DType.FLOAT64, Shape.of(2, 3, 4))))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("one row of outputs for each example");
        }
    }

    @Test
    void needsLabels() {
        Module net = net();
        DataSet regression = DataSet.of(
                Arena.of(DType.FLOAT64, Shape.of(1, 2), 1, 2), Arena.of(DType.FLOAT64, Shape.of(1, 2), 3, 4));
        try (Predictor predictor = new Predictor(net)) {
            assertThatThrownBy(() -> predictor.accuracy(regression))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("accuracy needs labels");
        }
    }
}
