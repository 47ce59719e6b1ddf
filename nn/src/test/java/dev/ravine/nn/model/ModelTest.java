package dev.ravine.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.CsvParts;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Missing;
import dev.ravine.core.data.OneHot;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Safetensors;
import dev.ravine.nn.Module;
import dev.ravine.nn.Weights;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Expected numbers are NumPy's: {@code tanh((x - x.mean(0)) / x.std(0) @ W1 + b1) @ W2 + b2}. */
class ModelTest {
    private static final double[] W1 = {0.5, -0.25, 1, 0.125, 0.75, -0.5};
    private static final double[] B1 = {0.1, -0.2, 0.3};
    private static final double[][] ROWS = {{3, 250}, {10, -50}};
    private static final INDArray FEATURES = array(4, 2, 1, 200, 2, 100, 4, 400, 7, 300);

    @TempDir
    private Path folder;

    private static INDArray array(int rows, int width, double... values) {
        return Arena.of(DType.FLOAT64, Shape.of(rows, width), values);
    }

    private static Model initialized(Model model, double[] w2, double... b2) {
        model.net().initialize(DType.FLOAT64, 1);
        model.net()
                .loadStateDict(Map.of(
                        "0.weight", array(2, 3, W1),
                        "0.bias", Arena.of(DType.FLOAT64, Shape.of(3), B1),
                        "2.weight", array(3, b2.length, w2),
                        "2.bias", Arena.of(DType.FLOAT64, Shape.of(b2.length), b2)));
        return model;
    }

    private static Model regression() {
        DataSet train = DataSet.of(FEATURES, array(4, 1, 10, 12, 20, 30));
        Model model = Model.builder(train, "dense:3")
                .standardizeFeatures()
                .standardizeTargets()
                .features(List.of("age", "mass"))
                .names(List.of("length"))
                .encoding("trees", OneHot.fit(List.of("oak", "elm")))
                .build();
        return initialized(model, new double[] {1.5, -0.75, 0.25}, 0.05);
    }

    private static Model classifier(int outputs, double[] w2, double... b2) {
        DataSet train = DataSet.withClasses(FEATURES, Arena.ofIntegers(0, 1, 0, 1), outputs == 1 ? 2 : outputs);
        Module net = new Sequential(new Linear(2, 3), Activation.tanh(), new Linear(3, outputs));
        return initialized(Model.builder(train, net).standardizeFeatures().build(), w2, b2);
    }

    @Test
    void numbersComeInTheirOwnUnits() throws IOException {
        Path file = folder.resolve("m.safetensors");
        try (Model model = regression()) {
            model.withNote("optimizer", "adam").save(file);
            for (Model each : new Model[] {model, Model.load(file)}) {
                Predictions found = each.predict(ROWS);
                assertThat(found.value(0)).isCloseTo(19.299671323176106, within(1e-12));
                assertThat(found.value(1)).isCloseTo(36.01726671592555, within(1e-12));
                assertThat(each.predict(ROWS[0]).values()).isDeepEqualTo(new double[][] {{found.value(0)}});
                assertThat(each.predict(new float[] {3, 250}).value(0)).isEqualTo(found.value(0));
                assertThat(each.predict(array(1, 2, 10, -50)).value(0)).isEqualTo(found.value(1));
                assertThat(each.encodings().get("trees").categories()).containsExactly("elm", "oak");
            }
            assertThat(Model.load(file).notes()).isEqualTo(Map.of("optimizer", "adam"));
            assertThat(Model.load(file))
                    .hasToString("Model[2 features (age, mass) to length, net dense:3, optimizer adam]");
        }
    }

    @Test
    void trainingDataAreScaledAsPredictionsAre() {
        DataSet raw = DataSet.of(FEATURES, array(4, 1, 10, 12, 20, 30));
        DataSet scaled = regression().scaled(raw);
        assertThat(Arena.toDoubles(scaled.features())[0]).isCloseTo(-2.5 / 2.29128784747792, within(1e-14));
        assertThat(Arena.toDoubles(scaled.targets())[3]).isCloseTo(12 / 7.874007874011811, within(1e-14));
    }

    @Test
    void classesHaveProbabilities() throws IOException {
        double[] w2 = {1.5, 0.2, -1, -0.75, 0.5, 0.3, 0.25, -0.6, 0.9};
        Path file = folder.resolve("m.safetensors");
        Model model = classifier(3, w2, 0.05, -0.1, 0.2);
        model.save(file);
        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Model.load(file, net)");
        Module same = new Sequential(new Linear(2, 3), Activation.tanh(), new Linear(3, 3));
        Predictions found = Model.load(file, same).predict(ROWS);
        assertThat(found.classes()).containsExactly(2, 0);
        assertThat(found.probabilities()[0])
                .containsExactly(
                        new double[] {0.3629294399251769, 0.24620237208276505, 0.39086818799205814}, within(1e-15));
        StringBuilder csv = new StringBuilder();
        found.write(csv);
        assertThat(csv.toString().lines())
                .hasSize(3)
                .first()
                .isEqualTo("class,probability of 0,probability of 1,probability of 2");
        assertThatThrownBy(() -> found.value(0)).isInstanceOf(IllegalStateException.class);
        Module other = new Sequential(new Linear(2, 4), Activation.tanh(), new Linear(4, 3));
        assertThatThrownBy(() -> Model.load(file, other))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("weights 0.weight: expected shape [2, 4], found [2, 3]");
    }

    @Test
    void aSingleOutputIsTheLogitOfTheSecondClass() {
        Predictions found = classifier(1, new double[] {1.5, -0.75, 0.25}, 0.05).predict(ROWS);
        assertThat(found.probabilities()[1][1]).isCloseTo(0.9078946369621474, within(1e-15));
        assertThat(found.probabilities()[1][0]).isCloseTo(1 - 0.9078946369621474, within(1e-15));
        assertThat(found.className(0)).isEqualTo("1");
    }

    @Test
    void aTableIsReadAsItsTrainingDataWere() throws IOException {
        Path table = Files.writeString(
                folder.resolve("t.csv"),
                "\"id\";\"tree\";\"age\";\"kind\"\n1;oak;1,5;p\n2;elm;;q\n3;oak;2,5;p\n4;elm;7;q\n");
        Csv csv = Csv.reader()
                .separator(';')
                .decimalComma()
                .classNames("kind")
                .ignore("id")
                .categories("tree")
                .missing(Missing.mean());
        CsvParts parts = CsvParts.stratified(csv, table, 0.5, 1);
        Path file = folder.resolve("m.safetensors");
        try (Model model = Model.of(parts, "")) {
            model.net().initialize(3);
            model.save(file);
            assertThat(model.scaled(parts.data()).train().featureShape()).isEqualTo(Shape.of(3));
            Model loaded = Model.load(file);
            assertThat(loaded.features()).containsExactly("tree=elm", "tree=oak", "age");
            Predictions found = loaded.predict(new StringReader("\"tree\";\"age\"\noak;3,25\nelm;\n"), "new");
            double mean = parts.table().encoding().means().get("age");
            Predictions same = model.predict(new double[] {0, 1, 3.25}, new double[] {1, 0, mean});
            assertThat(found.probabilities()).isDeepEqualTo(same.probabilities());
            assertThat(found.columns()).containsExactly("kind", "probability of p", "probability of q");
            assertThat(found.className(0)).isIn("p", "q");
        }
    }

    @Test
    void rowsThatDoNotFitAreRefused() {
        Model model = regression();
        assertThatThrownBy(() -> model.predict(new double[] {1, 2}, new double[] {1}))
                .isInstanceOf(ShapeException.class)
                .hasMessage("predict: row 1: expected 2 features, age, mass, found 1");
        assertThatThrownBy(() -> model.predict(new double[] {1, Double.NaN}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("predict: row 0, feature 1 (mass): expected a finite number, found NaN");
        assertThatThrownBy(() -> model.predict(new double[0][])).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> model.predict(Path.of("x.csv"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() ->
                        Model.builder(DataSet.of(FEATURES, FEATURES), "dense:3").names(List.of("a")))
                .hasMessageContaining("a model of 2 targets needs as many names, found 1");
    }

    @Test
    void filesThatAreNoModelAreRefused() throws IOException {
        Path file = folder.resolve("m.safetensors");
        regression().save(file);
        Safetensors.Contents contents = Safetensors.read(file);
        Map<String, String> changed = new LinkedHashMap<>(contents.metadata());
        changed.put("model", changed.get("model").replace("dense:3", "dense:4"));
        Safetensors.write(file, contents.arrays(), changed);
        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("expected the checksum");
        Weights.save(regression().net(), file);
        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("expected ravine-model-1, found none");
        Safetensors.write(file, contents.arrays(), Map.of("format", "ravine-model-2"));
        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("a later version of Ravine");
    }

    @Test
    void anOutputThatIsNotFiniteIsAnError() {
        Model model = regression();
        model.net()
                .loadStateDict(Map.of(
                        "0.weight", array(2, 3, W1),
                        "0.bias", Arena.of(DType.FLOAT64, Shape.of(3), B1),
                        "2.weight", array(3, 1, 1e308, 1e308, 1e308),
                        "2.bias", Arena.of(DType.FLOAT64, Shape.of(1), 1e308)));
        assertThatThrownBy(() -> model.predict(new double[] {1e4, 1e4}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("row 0: the output of the net is Infinity");
    }
}
