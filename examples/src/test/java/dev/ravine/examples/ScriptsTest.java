package dev.ravine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts to copy run, and are as short as they promise. */
class ScriptsTest {
    private interface Script {
        void main() throws IOException;
    }

    private static String output(Script script) throws IOException {
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
    void trainMnistTrains() throws IOException {
        String output = output(() -> TrainMnist.main(new String[] {"3"}));
        assertThat(output.lines().filter(l -> l.startsWith("StepReport")).count())
                .isEqualTo(3);
        double accuracy =
                Double.parseDouble(output.substring(output.lastIndexOf(' ')).strip());
        assertThat(accuracy).isGreaterThan(0.7);
    }

    @Test
    void trainWithCheckpointsGoesOn(@TempDir Path folder) throws IOException {
        assertThat(output(() -> TrainWithCheckpoints.main(new String[] {"15", folder.toString()})))
                .contains("adam(lr=0.001) for 15 steps, from step 0")
                .contains("validation accuracy")
                .contains("ended by BUDGET after 15 steps");
        assertThat(output(() -> TrainWithCheckpoints.main(new String[] {"25", folder.toString()})))
                .contains("for 25 steps, from step 15")
                .contains("ended by BUDGET after 25 steps");
    }

    @Test
    void customLayerHoldsTheContract() throws IOException {
        assertThat(output(() -> CustomLayer.main(new String[0])))
                .contains("contract holds")
                .contains("1.height");
    }

    @Test
    void customOptimizersTrain() throws IOException {
        String output = output(() -> CustomOptimizer.main(new String[0]));
        assertThat(output).contains("lion").contains("damped-newton: loss ");
        double loss =
                Double.parseDouble(output.substring(output.lastIndexOf(' ')).strip());
        assertThat(loss).isLessThan(0.1);
    }

    @Test
    void curveFitFindsBothMinima() throws IOException {
        String output = output(() -> CurveFit.main(new String[0]));
        assertThat(output)
                .containsPattern("minimum at .*1.*1.* after 2\\d steps")
                .contains("height and rate [");
    }

    @Test
    void scriptsAreShort() throws IOException {
        Path source = Path.of("src/main/java/dev/ravine/examples/TrainMnist.java");
        assertThat(Files.readAllLines(source)).hasSizeLessThan(40);
        assertThat(Files.readAllLines(source.resolveSibling("TrainWithCheckpoints.java")))
                .hasSizeLessThan(65);
    }
}
