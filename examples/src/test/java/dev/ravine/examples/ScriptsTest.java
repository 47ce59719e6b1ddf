package dev.ravine.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts to copy run, and are as short as they promise. */
class ScriptsTest {
    private interface Script {
        void main() throws Exception;
    }

    private static String output(Script script) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            script.main();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void trainMnistTrains() throws Exception {
        String output = output(() -> TrainMnist.main(new String[] {"3"}));
        assertThat(output.lines().filter(l -> l.startsWith("step ")).count()).isEqualTo(3);
        double accuracy =
                Double.parseDouble(output.substring(output.lastIndexOf(' ')).strip());
        assertThat(accuracy).isGreaterThan(0.7);
    }

    @Test
    void trainWithCheckpointsGoesOn(@TempDir Path folder) throws Exception {
        assertThat(output(() -> TrainWithCheckpoints.main(new String[] {"15", folder.toString()})))
                .contains("adam(lr=0.001) for 15 steps, from step 0")
                .contains("validation accuracy")
                .contains("ended after 15 steps")
                .contains(": the budget is used up");
        assertThat(output(() -> TrainWithCheckpoints.main(new String[] {"25", folder.toString()})))
                .contains("for 25 steps, from step 15")
                .contains("ended after 25 steps");
    }

    /** Outside of the sample, y = 3 a - b + 0.5 has one right answer, and a net learns it closely inside of it. */
    @Test
    void trainTableLearnsAndPredicts(@TempDir Path folder) throws Exception {
        StringBuilder table = new StringBuilder("a,b,y\n");
        for (int i = 0; i < 60; i++) {
            int a = i % 8;
            int b = i * 7 % 11;
            table.append(a)
                    .append(',')
                    .append(b)
                    .append(',')
                    .append(3 * a - b + 0.5)
                    .append('\n');
        }
        Path file = Files.writeString(folder.resolve("table.csv"), table);
        Path model = folder.resolve("model.safetensors");
        String output = output(() -> TrainTable.main(new String[] {file.toString(), "y", model.toString()}));
        assertThat(output)
                .contains("Model[2 features (a, b) to y, net dense:10]")
                .contains("Predictions[60 rows]");
        String second = output.lines().toList().get(4);
        assertThat(Double.parseDouble(second)).isCloseTo(3 - 7 + 0.5, within(0.05));
    }

    @Test
    void customOpAndLayerHoldTheContract() throws Exception {
        // The second derivative of arsinh at 0.5 is -0.5 / 1.25^1.5.
        assertThat(output(() -> CustomOp.main(new String[0])))
                .contains("contract holds")
                .contains("-0.3578");
        String output = output(() -> CustomLayer.main(new String[0]));
        assertThat(output).contains("contract holds").contains("1.height");
        assertThat(loss(output)).isLessThan(0.4);
    }

    @Test
    void customOptimizersMinimize() throws Exception {
        assertThat(loss(output(() -> Lion.main(new String[0])))).isLessThan(0.4);
        assertThat(output(() -> DampedNewton.main(new String[0]))).contains("5.0");
    }

    /** Guessing is right for one digit of ten. */
    @Test
    void netsOfConvolutionsLearnDigits() throws Exception {
        assertThat(last(output(() -> LeNetDigits.main(new String[] {"60"})), "accuracy "))
                .isGreaterThan(0.7);
        assertThat(last(output(() -> ResidualBlock.main(new String[] {"40"})), "accuracy "))
                .isGreaterThan(0.5);
    }

    /** The perplexity of letters by their frequency alone, ends of names included, is 18.9. */
    @Test
    void netsOfTokensLearnNames() throws Exception {
        String lstm = output(() -> CharacterLstm.main(new String[] {"60"}));
        assertThat(last(lstm, "perplexity ")).isLessThan(15);
        assertThat(lstm.lines().filter(l -> l.matches("made up: [a-z]+"))).hasSizeGreaterThan(4);
        assertThat(last(output(() -> CausalTransformer.main(new String[] {"60"})), "perplexity "))
                .isLessThan(15);
    }

    /** The last number behind a word. */
    private static double last(String output, String word) {
        String rest = output.substring(output.lastIndexOf(word) + word.length());
        return Double.parseDouble(rest.split("[,}\\s]", 2)[0]);
    }

    @Test
    void compareOptimizersComparesThree() throws Exception {
        String output = output(() -> CompareOptimizers.main(new String[] {"3"}));
        assertThat(output.lines()).hasSize(3);
        assertThat(output).contains("momentum(").contains("adam(").contains("hf(");
    }

    /** Of the last step that was printed. */
    private static double loss(String output) {
        int at = output.lastIndexOf("loss ") + "loss ".length();
        return Double.parseDouble(output.substring(at).split("[ ,]", 2)[0]);
    }

    @Test
    void curveFitFindsBothMinima() throws Exception {
        String output = output(() -> CurveFit.main(new String[0]));
        assertThat(output)
                .containsPattern("minimum at .*1.*1.* after 2\\d steps")
                .contains("height and rate [");
    }

    /** The scripts of the guides for users of other programs; SciPy 1.17 finds the same parameters and errors. */
    @Test
    void scriptsOfTheGuidesDoWhatTheySay() throws Exception {
        String trainlm = output(() -> FromTrainlm.main(new String[0]));
        assertThat(trainlm).contains("trainlm: ").contains("trainbr: ").contains("effective parameters");
        assertThat(last(trainlm, "net(0.5) = ")).isCloseTo(1, within(0.1));
        assertThat(last(output(() -> FromPyTorch.main(new String[0])), "test accuracy "))
                .isGreaterThan(0.97);
        String dl4j = output(() -> FromDl4j.main(new String[0]));
        assertThat(dl4j).startsWith("BUDGET").contains("recall");
        assertThat(Double.parseDouble(dl4j.strip().substring(dl4j.lastIndexOf(' ') + 1)))
                .isGreaterThan(0.9);
        String scipy = output(() -> FromScipy.main(new String[0]));
        assertThat(scipy).contains("success true").contains("L-BFGS-B [0.5, 0.25]");
        assertThat(last(scipy, "popt [")).isCloseTo(4.93636436, within(1e-7));
        assertThat(last(scipy, "perr [")).isCloseTo(0.01926581, within(1e-7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FromTrainlm",
                "FromPyTorch",
                "FromDl4j",
                "FromScipy",
                "TrainMnist",
                "TrainWithCheckpoints",
                "CompareOptimizers",
                "CustomLayer",
                "LeNetDigits",
                "CharacterLstm",
                "CausalTransformer",
                "ResidualBlock",
                "CustomOp",
                "Lion",
                "DampedNewton",
                "CurveFit"
            })
    void scriptsAreShort(String script) throws IOException {
        assertThat(Files.readAllLines(Path.of("src/main/java/dev/ravine/examples/" + script + ".java")))
                .hasSizeLessThan(60);
    }
}
