package dev.ravine.optim.training;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ravine.core.Check;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.StepReport;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes a JSON object on a line of its own for each step, with all that the optimizer reports, for each measurement
 * and for each warning. Infinities and NaN are strings, such as {@code "NaN"}. Each line is written
 * out before the next step begins. A run that goes on appends, after removing the lines of steps that it makes again.
 */
public final class JsonLinesListener implements TrainingListener {
    private static final JsonFactory JSON = new JsonFactory();

    private final StepLines lines;

    /**
     * Writes nothing before training begins.
     *
     * @param file made with its folder if there is none
     */
    public JsonLinesListener(Path file) {
        this.lines = new StepLines(file, JsonLinesListener::step);
    }

    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private static long step(String line) {
        try (JsonParser json = JSON.createParser(line)) {
            boolean isStep = json.nextToken() == JsonToken.START_OBJECT
                    && "step".equals(json.nextFieldName())
                    && json.nextToken() == JsonToken.VALUE_NUMBER_INT;
            if (!isStep) {
                throw new IllegalArgumentException("expected an object that begins with a step");
            }
            return json.getLongValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String event, Progress progress, Fields fields) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("step", progress.steps());
            json.writeStringField("event", event);
            json.writeNumberField("epochs", progress.epochs());
            json.writeNumberField("seconds", progress.seconds());
            json.writeNumberField("gradients", progress.gradients());
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lines.write(line.toString());
    }

    private static void object(JsonGenerator json, String name, Map<String, Double> numbers) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Double> entry :
                Check.noNullsIn("the numbers of " + name, numbers).entrySet()) {
            json.writeNumberField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    @Override
    public void onStart(String optimizer, Budget budget, Progress progress) {
        lines.open(progress.steps(), "");
    }

    @Override
    public void onStep(StepReport step, Progress progress) {
        write("step", progress, json -> {
            json.writeNumberField("loss", step.loss());
            json.writeNumberField("loss_after", step.lossAfter());
            json.writeNumberField("gradient_norm", step.gradientNorm());
            json.writeNumberField("step_norm", step.stepNorm());
            json.writeNumberField("examples", step.examples());
            json.writeBooleanField("accepted", step.accepted());
            json.writeStringField("reason", step.reason());
            if (step.model().isPresent()) {
                ModelReport model = step.model().get();
                json.writeObjectFieldStart("model");
                json.writeNumberField("damping", model.damping());
                json.writeNumberField("ratio", model.ratio());
                json.writeNumberField("iterations", model.iterations());
                json.writeStringField("stopped", model.stopped().name());
                json.writeNumberField("smallest_curvature", model.smallestCurvature());
                json.writeEndObject();
            }
            object(json, "telemetry", step.telemetry());
        });
    }

    @Override
    public void onMeasured(Map<String, Double> figures, Progress progress) {
        write("measured", progress, json -> object(json, "figures", figures));
    }

    @Override
    public void onWarning(String what, Progress progress) {
        write("warning", progress, json -> json.writeStringField("what", what));
    }

    @Override
    public void onEnd(TrainingResult result) {
        lines.close();
    }

    @Override
    public void onFailure(Throwable failure, Progress progress) {
        lines.close();
    }
}
