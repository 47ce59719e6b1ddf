package dev.ravine.optim.training;

import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.io.Digest;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Quoted;
import dev.ravine.core.io.Safetensors;
import dev.ravine.optim.OptimizerState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All that a run needs to go on as if it had never ended. On disk it is one safetensors file, written whole or not at
 * all: tensors {@code model.<path>}, {@code optimizer.<name>} and {@code training.<name>}, numbers in the metadata as
 * text that reads back exactly, and a SHA-256 of everything else.
 *
 * @param model the parameters by path
 * @param optimizer the optimizer's name with its main settings
 * @param state the optimizer's state
 * @param numbers counters and figures of the training loop, by name
 * @param arrays of the training loop, by name, such as the figures measured so far
 * @param settings with which the run was made, by name; none in files of the first versions
 */
public record Checkpoint(
        Map<String, INDArray> model,
        String optimizer,
        OptimizerState state,
        Map<String, Double> numbers,
        Map<String, INDArray> arrays,
        Map<String, String> settings) {
    private static final int VERSION = 1;
    private static final Pattern ANY_FORMAT = Pattern.compile("ravine-checkpoint-(\\d{1,9})");
    private static final String FORMAT = "ravine-checkpoint-" + VERSION;
    private static final String MODEL = "model.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String TRAINING = "training.";
    private static final String SETTING = "setting.";

    /**
     * Checks the maps.
     *
     * @param model the parameters by path
     * @param optimizer the optimizer's name with its main settings
     * @param state the optimizer's state
     * @param numbers counters and figures of the training loop, by name
     * @param arrays of the training loop, by name
     * @param settings with which the run was made, by name
     */
    public Checkpoint {
        Check.noNullsIn("the parameters of a checkpoint", model);
        Check.noNullsIn("the numbers of a checkpoint", numbers);
        Check.noNullsIn("the arrays of a checkpoint", arrays);
        Check.noNullsIn("the settings of a checkpoint", settings);
    }

    /**
     * A checkpoint that does not know the settings of its run.
     *
     * @param model the parameters by path
     * @param optimizer the optimizer's name with its main settings
     * @param state the optimizer's state
     * @param numbers counters and figures of the training loop, by name
     * @param arrays of the training loop, by name
     */
    public Checkpoint(
            Map<String, INDArray> model,
            String optimizer,
            OptimizerState state,
            Map<String, Double> numbers,
            Map<String, INDArray> arrays) {
        this(model, optimizer, state, numbers, arrays, Map.of());
    }

    /**
     * Writes it.
     *
     * @param file the file to make or replace
     * @throws IOException if writing fails; the file then stays as it was
     */
    public void write(Path file) throws IOException {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        model.forEach((name, array) -> tensors.put(MODEL + name, array));
        state.vectors().forEach((name, array) -> tensors.put(OPTIMIZER + name, array));
        arrays.forEach((name, array) -> tensors.put(TRAINING + name, array));
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("format", FORMAT);
        metadata.put("optimizer", optimizer);
        metadata.put("steps", Long.toString(state.steps()));
        state.numbers().forEach((name, value) -> metadata.put(OPTIMIZER + name, Double.toString(value)));
        numbers.forEach((name, value) -> metadata.put(TRAINING + name, Double.toString(value)));
        settings.forEach((name, value) -> metadata.put(SETTING + name, value));
        metadata.put("sha256", Digest.of(tensors, metadata));
        Safetensors.write(file, tensors, metadata);
    }

    /**
     * Reads one.
     *
     * @param file what {@link #write} has written
     * @return the checkpoint
     * @throws MalformedFileException if the file is no checkpoint, damaged, or of a later format
     * @throws IOException if reading fails
     */
    public static Checkpoint read(Path file) throws IOException {
        Safetensors.Contents contents = Safetensors.read(file);
        for (Map.Entry<String, INDArray> entry : contents.arrays().entrySet()) {
            if (!DType.of(entry.getValue()).isFloating()) {
                throw new MalformedFileException(
                        file + ": tensor " + Quoted.of(entry.getKey()) + ": expected F32 or F64, found "
                                + DType.of(entry.getValue()) + "; it is no checkpoint of a training run");
            }
        }
        Map<String, String> metadata = new TreeMap<>(contents.metadata());
        requireFormat(file, metadata.get("format"));
        String expected = metadata.remove("sha256");
        require(file, "sha256", Digest.of(contents.arrays(), metadata), expected);
        Map<String, INDArray> model = new LinkedHashMap<>();
        Map<String, INDArray> vectors = new LinkedHashMap<>();
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        contents.arrays().forEach((name, array) -> {
            if (!take(name, MODEL, array, model) && !take(name, OPTIMIZER, array, vectors)) {
                take(name, TRAINING, array, arrays);
            }
        });
        Map<String, Double> stateNumbers = new LinkedHashMap<>();
        Map<String, Double> numbers = new LinkedHashMap<>();
        Map<String, String> settings = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            String name = entry.getKey();
            if (name.startsWith(OPTIMIZER)) {
                stateNumbers.put(name.substring(OPTIMIZER.length()), number(file, name, entry.getValue()));
            } else if (name.startsWith(TRAINING)) {
                numbers.put(name.substring(TRAINING.length()), number(file, name, entry.getValue()));
            } else if (name.startsWith(SETTING)) {
                settings.put(name.substring(SETTING.length()), entry.getValue());
            }
        }
        String optimizer = metadata.get("optimizer");
        if (optimizer == null) {
            throw malformed(file, "optimizer", "the name of one", null);
        }
        long steps = steps(file, metadata.get("steps"));
        return new Checkpoint(
                model, optimizer, new OptimizerState(steps, stateNumbers, vectors), numbers, arrays, settings);
    }

    /**
     * A number of the training loop.
     *
     * @param name under which it was saved
     * @return its value
     * @throws IllegalArgumentException if there is none
     */
    public double number(String name) {
        Double value = numbers.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the checkpoint has no number '" + name + "', only " + numbers.keySet()
                    + "; it was not written by this training loop");
        }
        return value;
    }

    /**
     * A number of the training loop that counts something.
     *
     * @param name under which it was saved
     * @param least included
     * @param most included
     * @return its value
     * @throws IllegalArgumentException if there is none, or if it is not a whole number in this range
     */
    long whole(String name, long least, long most) {
        return Check.whole("the checkpoint's '" + name + "'", number(name), least, most);
    }

    private static void requireFormat(Path file, String found) throws IOException {
        Matcher format = ANY_FORMAT.matcher(found == null ? "" : found);
        if (format.matches() && Integer.parseInt(format.group(1)) > VERSION) {
            throw new LaterFormatException(file + ": a later version of Ravine has written it, in format " + found
                    + "; this version reads " + FORMAT
                    + ": use that version, or another folder, or move the file away if it is damaged");
        }
        require(file, "format", FORMAT, found);
    }

    private static double number(Path file, String field, String text) throws IOException {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw malformed(file, field, "a number", text);
        }
    }

    private static long steps(Path file, String text) throws IOException {
        if (text == null || !text.matches("\\d{1,18}")) {
            throw malformed(file, "steps", "a whole number of at most 18 digits", text);
        }
        return Long.parseLong(text);
    }

    private static boolean take(String name, String prefix, INDArray array, Map<String, INDArray> into) {
        boolean isOne = name.startsWith(prefix);
        if (isOne) {
            into.put(name.substring(prefix.length()), array);
        }
        return isOne;
    }

    private static void require(Path file, String field, String expected, String found) throws IOException {
        if (!expected.equals(found)) {
            throw malformed(file, field, expected, found);
        }
    }

    private static MalformedFileException malformed(Path file, String field, String expected, String found) {
        return new MalformedFileException(
                file + ": metadata " + Quoted.of(field) + ": expected " + expected + ", found "
                        + (found == null ? "none" : Quoted.of(found))
                        + "; it is no checkpoint of a training run, or it is damaged: take an older one");
    }
}
