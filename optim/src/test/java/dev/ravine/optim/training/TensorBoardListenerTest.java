package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.newton.HessianFree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

/** Event files are parsed by TensorFlow's own classes, their frames by a reader that shares no code with the writer. */
class TensorBoardListenerTest {
    @TempDir
    Path folder;

    private final List<StepReport> steps = new ArrayList<>();
    private final List<Map<String, Double>> figures = new ArrayList<>();

    private Path events() {
        return folder.resolve("events");
    }

    private void train(Optimizer optimizer, int budget) throws IOException {
        TrainingListener kept = new TrainingListener() {
            @Override
            public void onStep(StepReport step, Progress progress) {
                steps.add(step);
            }

            @Override
            public void onMeasured(Map<String, Double> measured, Progress progress) {
                figures.add(measured);
            }
        };
        LoggedTraining.run(folder, optimizer, budget, new TensorBoardListener(events()), kept);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(events())) {
            return files.sorted().toList();
        }
    }

    /** CRC-32C bit by bit: the reflected polynomial 0x82f63b78, all ones before and after. */
    private static int crc32c(byte[] bytes) {
        int crc = -1;
        for (byte b : bytes) {
            crc ^= b & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
            }
        }
        return ~crc;
    }

    private static int masked(int crc) {
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }

    private static List<Event> read(Path file) throws IOException {
        List<Event> events = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            byte[] length = new byte[8];
            bytes.mark().get(length).reset();
            byte[] message = new byte[Math.toIntExact(bytes.getLong())];
            assertThat(bytes.getInt()).isEqualTo(masked(crc32c(length)));
            bytes.get(message);
            assertThat(bytes.getInt()).isEqualTo(masked(crc32c(message)));
            Event event = Event.parseFrom(message);
            assertThat(event.getUnknownFields().asMap()).isEmpty();
            events.add(event);
        }
        return events;
    }

    private static Optional<Float> scalar(Event event, String tag) {
        return event.getSummary().getValueList().stream()
                .filter(value -> value.getTag().equals(tag))
                .map(Summary.Value::getSimpleValue)
                .findFirst();
    }

    /** The values that TensorBoard shows: a start of a session drops what was told before about its step and later ones. */
    private List<Long> shown(String tag) throws IOException {
        List<Event> shown = new ArrayList<>();
        for (Path file : files()) {
            for (Event event : read(file)) {
                if (event.getSessionLog().getStatus() == SessionLog.SessionStatus.START) {
                    shown.removeIf(earlier -> earlier.getStep() >= event.getStep());
                }
                shown.add(event);
            }
        }
        return shown.stream()
                .filter(e -> scalar(e, tag).isPresent())
                .map(Event::getStep)
                .toList();
    }

    /** The check value of the CRC catalogue, and that of RFC 3720, B.4, for 32 bytes of zeros. */
    @Test
    void theChecksumOfThisTestIsCrc32c() {
        assertThat(crc32c(new byte[] {'1', '2', '3', '4', '5', '6', '7', '8', '9'}))
                .isEqualTo(0xe3069283);
        assertThat(crc32c(new byte[32])).isEqualTo(0x8a9136aa);
    }

    @Test
    void aFileBeginsWithItsVersionAndStart() throws IOException {
        double before = System.currentTimeMillis() / 1e3;
        train(LoggedTraining.sgd(), 1);
        assertThat(files())
                .singleElement()
                .satisfies(file -> assertThat(file.getFileName().toString())
                        .matches("events\\.out\\.tfevents\\.\\d{10}\\.ravine\\.0000"));
        List<Event> events = read(files().get(0));
        assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
        assertThat(events.get(0).getWallTime()).isBetween(before, System.currentTimeMillis() / 1e3);
        assertThat(events.get(1).getSessionLog().getStatus()).isEqualTo(SessionLog.SessionStatus.START);
        assertThat(events.get(1).getStep()).isEqualTo(1);
    }

    @Test
    void everyStepAndFigureIsAScalar() throws IOException {
        train(LoggedTraining.sgd(), 4);
        List<Event> events =
                read(files().get(0)).stream().filter(Event::hasSummary).toList();
        List<Event> made =
                events.stream().filter(e -> scalar(e, "step/loss").isPresent()).toList();
        assertThat(made).extracting(Event::getStep).containsExactly(1L, 2L, 3L, 4L);
        for (int i = 0; i < made.size(); i++) {
            StepReport step = steps.get(i);
            assertThat(scalar(made.get(i), "step/loss")).contains((float) step.loss());
            assertThat(scalar(made.get(i), "step/loss_after")).isEmpty();
            assertThat(scalar(made.get(i), "step/gradient_norm")).contains((float) step.gradientNorm());
            assertThat(scalar(made.get(i), "step/step_norm")).contains((float) step.stepNorm());
            assertThat(scalar(made.get(i), "step/examples")).contains(50f);
            assertThat(scalar(made.get(i), "step/cost")).contains((float) step.cost());
            assertThat(scalar(made.get(i), "step/accepted")).contains(1f);
            assertThat(scalar(made.get(i), "progress/epochs")).contains((i + 1) / 2f);
            assertThat(scalar(made.get(i), "optimizer/learning_rate"))
                    .contains(step.telemetry().get("learning_rate").floatValue());
        }
        List<Event> measured = events.stream().filter(e -> !made.contains(e)).toList();
        assertThat(measured).extracting(Event::getStep).containsExactly(2L, 4L);
        for (int i = 0; i < measured.size(); i++) {
            assertThat(measured.get(i).getSummary().getValueCount()).isEqualTo(2);
            for (Map.Entry<String, Double> figure : figures.get(i).entrySet()) {
                assertThat(scalar(measured.get(i), "measured/" + figure.getKey()))
                        .contains(figure.getValue().floatValue());
            }
        }
    }

    @Test
    void secondOrderStepsSayWhatTheirModelDid() throws IOException {
        train(HessianFree.builder().build(), 2);
        Event step = read(files().get(0)).get(2);
        assertThat(scalar(step, "step/loss_after"))
                .contains((float) steps.get(0).lossAfter());
        assertThat(scalar(step, "model/damping")).contains(1f);
        assertThat(scalar(step, "model/ratio"))
                .contains((float) steps.get(0).model().orElseThrow().ratio());
        assertThat(scalar(step, "model/iterations"))
                .contains((float) steps.get(0).model().orElseThrow().iterations());
    }

    @Test
    void aRunThatGoesOnReplacesWhatItsCheckpointDidNotKnow() throws IOException {
        train(LoggedTraining.sgd(), 8);
        byte[] first = Files.readAllBytes(files().get(0));
        // As after a kill at step 8: the last checkpoint is of step 6.
        Files.delete(folder.resolve("saved/step-000000008.safetensors"));
        train(LoggedTraining.sgd(), 10);
        assertThat(files()).hasSize(2);
        assertThat(files().get(0)).hasBinaryContent(first);
        assertThat(shown("step/loss")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(shown("measured/validation accuracy")).containsExactly(2L, 4L, 6L, 8L, 10L);
    }

    /** What a kill leaves is whole records: the file is read while it is open, after each step. */
    @Test
    void everyRecordIsInTheFileBeforeTheNextStep() throws IOException {
        TensorBoardListener listener = new TensorBoardListener(events());
        listener.onStart("sgd", Budget.steps(9), new Progress(0, 0, 0, 0, 0, 0));
        for (int i = 1; i <= 3; i++) {
            listener.onStep(
                    new StepReport(
                            i,
                            Double.MAX_VALUE,
                            Double.NaN,
                            Double.NaN,
                            0,
                            1,
                            1,
                            false,
                            "",
                            Optional.empty(),
                            Map.of()),
                    new Progress(i, i, i, i, i, i / 9.0));
            List<Event> events = read(files().get(0));
            assertThat(events).hasSize(2 + i);
            assertThat(scalar(events.get(1 + i), "step/loss")).contains(Float.POSITIVE_INFINITY);
            assertThat(scalar(events.get(1 + i), "step/gradient_norm")).contains(Float.NaN);
            assertThat(scalar(events.get(1 + i), "step/accepted")).contains(0f);
        }
        listener.onClose();
        listener.onClose();
    }
}
