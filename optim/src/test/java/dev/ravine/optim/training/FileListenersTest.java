package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.optim.Optimizer;
import dev.ravine.optim.newton.HessianFree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileListenersTest {
    @TempDir
    Path folder;

    private Path steps() {
        return folder.resolve("logs/steps.csv");
    }

    private Path json() {
        return folder.resolve("logs/run.jsonl");
    }

    private void train(Optimizer optimizer, int steps) throws IOException {
        LoggedTraining.run(
                folder, optimizer, steps, new CsvListener(folder.resolve("logs")), new JsonLinesListener(json()));
    }

    private static List<String> firstFields(Path csv) throws IOException {
        return Files.readAllLines(csv).stream()
                .map(line -> line.substring(0, line.indexOf(',')))
                .toList();
    }

    @Test
    void writesARowForEachStepAndFigure() throws IOException {
        train(LoggedTraining.sgd(), 4);
        assertThat(firstFields(steps())).containsExactly("step", "1", "2", "3", "4");
        assertThat(Files.readAllLines(folder.resolve("logs/measurements.csv")))
                .hasSize(5)
                .first()
                .isEqualTo("step,epochs,seconds,gradients,figure,value");
        assertThat(Files.readAllLines(json()))
                .hasSize(6)
                .allMatch(line -> line.startsWith("{\"step\":") && line.endsWith("}"))
                .anyMatch(line -> line.contains("\"event\":\"measured\"")
                        && line.contains("\"figures\":{\"validation accuracy\":"))
                .anyMatch(line -> line.contains("\"loss_after\":\"NaN\"") && line.contains("\"learning_rate\":"));
    }

    @Test
    void aStepThatIsRepeatedHasOneRow() throws IOException {
        train(LoggedTraining.sgd(), 8);
        // As after a kill at step 8: the last checkpoint is of step 6, and a row was cut off.
        Files.delete(folder.resolve("saved/step-000000008.safetensors"));
        Files.writeString(steps(), "9,4.5", StandardOpenOption.APPEND);
        Files.write(json(), new byte[] {'{', '"', (byte) 0xc3}, StandardOpenOption.APPEND);
        train(LoggedTraining.sgd(), 10);
        assertThat(firstFields(steps())).containsExactly("step", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
        assertThat(firstFields(folder.resolve("logs/measurements.csv")))
                .containsExactly("step", "2", "2", "4", "4", "6", "6", "8", "8", "10", "10");
        assertThat(Files.readAllLines(json())).hasSize(15);
    }

    /** After a normal end nothing is made again: the file is appended to, and not copied, however long it is. */
    @Test
    void aFileWithoutLinesToRemoveIsNotWrittenAnew() throws IOException {
        train(LoggedTraining.sgd(), 4);
        Path sameFile = Files.createLink(folder.resolve("link"), steps());
        train(LoggedTraining.sgd(), 6);
        assertThat(firstFields(steps())).containsExactly("step", "1", "2", "3", "4", "5", "6");
        assertThat(sameFile).hasSameBinaryContentAs(steps());
    }

    @Test
    void secondOrderStepsSayWhatTheirModelDid() throws IOException {
        train(HessianFree.builder().build(), 2);
        assertThat(Files.readAllLines(json()))
                .anyMatch(line -> line.contains("\"model\":{\"damping\":1.0,\"ratio\":")
                        && line.contains("\"smallest_curvature\":"));
    }

    @Test
    void anotherFileStaysAsItIs() throws IOException {
        Files.createDirectories(json().getParent());
        Files.writeString(json(), "Dear diary\n");
        Files.writeString(steps(), "a,b\n");
        train(LoggedTraining.sgd(), 2);
        assertThat(json()).hasContent("Dear diary\n");
        assertThat(steps()).hasContent("a,b\n");
    }
}
