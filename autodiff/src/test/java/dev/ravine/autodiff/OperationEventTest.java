package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class OperationEventTest {
    private final INDArray memory = Arena.of(DType.FLOAT64, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    private final Tensor w = Tensor.variable("w", memory);

    /** A product of [2, 3] and [3, 2] is 2 * 2 * 3 * 2 operations; the chain makes 4 numbers twice. */
    private Program program() {
        Tensor y = w.matmul(w.transpose()).mul(2).tanh().sum();
        return Program.of(List.of(w), List.of(y));
    }

    private static List<RecordedEvent> events(Recording recording, Path folder) throws IOException {
        Path file = folder.resolve("run.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(OperationEvent.NAME))
                .toList();
    }

    @Test
    void aRecordingThatAsksHasEachRunOfOperations(@TempDir Path folder) throws IOException {
        try (Program program = program();
                Recording recording = new Recording()) {
            recording.enable(OperationEvent.NAME).withThreshold(Duration.ZERO);
            recording.start();
            program.run();
            w.touch();
            program.run();
            recording.stop();
            List<RecordedEvent> events = events(recording, folder);
            assertThat(events)
                    .filteredOn(event -> event.getString("operations").equals("scale + tanh"))
                    .hasSize(2)
                    .allSatisfy(event -> {
                        assertThat(event.getString("shape")).isEqualTo("[2, 2]");
                        assertThat(event.getLong("work")).isEqualTo(8);
                        assertThat(event.getDuration()).isPositive();
                    });
            assertThat(events.stream().mapToLong(event -> event.getLong("work")).sum())
                    .as("the work of all events")
                    .isEqualTo(program.executedCost());
        }
    }

    @Test
    void otherRecordingsHaveNone(@TempDir Path folder) throws IOException {
        try (Program program = program();
                Recording recording = new Recording()) {
            recording.start();
            program.run();
            recording.stop();
            assertThat(events(recording, folder)).isEmpty();
        }
    }
}
