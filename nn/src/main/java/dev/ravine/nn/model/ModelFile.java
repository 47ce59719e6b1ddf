package dev.ravine.nn.model;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.CsvText;
import dev.ravine.core.data.OneHot;
import dev.ravine.core.data.Standardize;
import dev.ravine.core.io.Digest;
import dev.ravine.core.io.Json;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Quoted;
import dev.ravine.core.io.Safetensors;
import dev.ravine.nn.Module;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A model as a file in the safetensors format; {@link Model#save} says what is where. */
final class ModelFile {
    private static final int VERSION = 1;
    private static final Pattern ANY_FORMAT = Pattern.compile("ravine-model-(\\d{1,9})");
    private static final String FORMAT = "ravine-model-" + VERSION;

    /** The prefix that checkpoints have, too. */
    private static final String WEIGHTS = "model.";

    private static final String FEATURES = "features.";
    private static final String TARGETS = "targets.";

    private final Path file;
    private final Map<String, INDArray> arrays;
    private final Map<?, ?> fields;

    private ModelFile(Path file, Map<String, INDArray> arrays, Map<?, ?> fields) {
        this.file = file;
        this.arrays = arrays;
        this.fields = fields;
    }

    static void write(Path file, ModelParts parts) throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        parts.net().stateDict().forEach((name, array) -> arrays.put(WEIGHTS + name, array));
        parts.scaling().features().ifPresent(s -> s.arrays().forEach((n, array) -> arrays.put(FEATURES + n, array)));
        parts.scaling().targets().ifPresent(s -> s.arrays().forEach((n, array) -> arrays.put(TARGETS + n, array)));
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("format", FORMAT);
        metadata.put("model", Json.write(fields(parts)));
        parts.table().ifPresent(csv -> metadata.put("table", CsvText.write(csv)));
        metadata.put("sha256", Digest.of(arrays, metadata));
        Safetensors.write(file, arrays, metadata);
    }

    private static Map<String, Object> fields(ModelParts parts) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("net", parts.words().map(NetWords::words).orElse(null));
        fields.put("outputs", parts.words().map(NetWords::outputs).orElse(null));
        List<Object> example = new ArrayList<>();
        for (long size : parts.example().toArray()) {
            example.add(size);
        }
        fields.put("example", example);
        fields.put("predicts", parts.answers().isClasses() ? "classes" : "numbers");
        fields.put("names", parts.answers().names());
        fields.put("target", parts.answers().target());
        fields.put("features", parts.features());
        Map<String, Object> encodings = new LinkedHashMap<>();
        parts.encodings().forEach((name, encoding) -> encodings.put(name, encoding.categories()));
        fields.put("encodings", encodings);
        fields.put("notes", parts.notes());
        return fields;
    }

    static ModelParts read(Path file, Optional<Module> own) throws IOException {
        Safetensors.Contents contents = Safetensors.read(file);
        Map<String, String> metadata = new TreeMap<>(contents.metadata());
        requireFormat(file, metadata.get("format"));
        String sum = metadata.remove("sha256");
        if (!Digest.of(contents.arrays(), metadata).equals(sum)) {
            throw new MalformedFileException(file + ": expected the checksum (sha256) of the contents, found "
                    + (sum == null ? "none" : "another one")
                    + "; the file is damaged, or another program changed it: save the model again");
        }
        Object fields = Json.read(metadata.getOrDefault("model", ""), file + ": metadata 'model'");
        if (!(fields instanceof Map<?, ?> map)) {
            throw new MalformedFileException(file + ": metadata 'model': expected a map, found " + fields);
        }
        String text = metadata.get("table");
        Optional<Csv> table =
                text == null ? Optional.empty() : Optional.of(CsvText.read(text, file + ": metadata 'table'"));
        return new ModelFile(file, contents.arrays(), map).parts(own, table);
    }

    private static void requireFormat(Path file, String found) throws MalformedFileException {
        Matcher format = ANY_FORMAT.matcher(found == null ? "" : found);
        if (format.matches() && Integer.parseInt(format.group(1)) > VERSION) {
            throw new MalformedFileException(file + ": a later version of Ravine has written it, in format " + found
                    + "; this version reads " + FORMAT + ": use that version");
        }
        if (!FORMAT.equals(found)) {
            throw new MalformedFileException(file + ": metadata 'format': expected " + FORMAT + ", found "
                    + (found == null ? "none" : Quoted.of(found))
                    + "; a model is written by Model.save or ./ravine train: weights alone are read by Weights.load,"
                    + " and a checkpoint by a training run");
        }
    }

    private ModelParts parts(Optional<Module> own, Optional<Csv> table) throws MalformedFileException {
        try {
            Shape example = example();
            Optional<NetWords> words = words();
            if (own.isEmpty() && words.isEmpty()) {
                throw new NeedsNet(
                        file + ": the net was made by a program of its own, not of words; make such a net and"
                                + " load the model by Model.load(file, net)");
            }
            Module net = own.isPresent() ? own.get() : words.get().build(example);
            loadWeights(net);
            Map<String, OneHot> encodings = new LinkedHashMap<>();
            map("encodings")
                    .forEach((name, names) -> encodings.put((String) name, new OneHot(texts("encodings", names))));
            Map<String, String> notes = new LinkedHashMap<>();
            map("notes").forEach((name, note) -> notes.put((String) name, text("notes", note)));
            return new ModelParts(
                    net,
                    words,
                    example,
                    new Scaling(scale(FEATURES, example.count()), scale(TARGETS, 0)),
                    answers(),
                    texts("features", fields.get("features")),
                    table,
                    encodings,
                    notes);
        } catch (NeedsNet e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new MalformedFileException(file + ": " + e.getMessage(), e);
        }
    }

    /** The caller's mistake, not the file's. */
    private static final class NeedsNet extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        NeedsNet(String message) {
            super(message);
        }
    }

    private Shape example() {
        List<?> sizes = list("example", fields.get("example"));
        return Shape.of(sizes.stream().mapToLong(size -> whole("example", size)).toArray());
    }

    private Optional<NetWords> words() {
        return fields.get("net") == null
                ? Optional.empty()
                : Optional.of(new NetWords(text("net", fields.get("net")), whole("outputs", fields.get("outputs"))));
    }

    private Answers answers() {
        String predicts = text("predicts", fields.get("predicts"));
        require(predicts.equals("classes") || predicts.equals("numbers"), "predicts", "classes or numbers", predicts);
        return new Answers(
                predicts.equals("classes"), texts("names", fields.get("names")), text("target", fields.get("target")));
    }

    private Optional<Standardize> scale(String prefix, long width) {
        Map<String, INDArray> own = within(prefix);
        if (own.isEmpty()) {
            return Optional.empty();
        }
        Standardize scale = Standardize.ofArrays(own);
        require(width == 0 || scale.width() == width, prefix + "mean", width + " numbers", scale.width());
        return Optional.of(scale);
    }

    private Map<String, INDArray> within(String prefix) {
        Map<String, INDArray> inside = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            if (name.startsWith(prefix)) {
                inside.put(name.substring(prefix.length()), array);
            }
        });
        return inside;
    }

    /** Shapes are compared before memory is allocated, so that a file cannot ask for more than it holds. */
    private void loadWeights(Module net) {
        Map<String, INDArray> state = within(WEIGHTS);
        net.namedParameters().forEach((path, parameter) -> {
            INDArray array = state.get(path);
            require(
                    array != null && Shape.of(array).equals(parameter.shape()),
                    "weights " + path,
                    "shape " + parameter.shape(),
                    array == null ? "none" : Shape.of(array));
        });
        DType dtype =
                DType.of(state.get(net.namedParameters().keySet().iterator().next()));
        net.initialize(dtype, 0);
        net.loadStateDict(state);
    }

    private static void require(boolean holds, String name, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": expected " + expected + ", found " + found);
        }
    }

    private Map<?, ?> map(String name) {
        require(fields.get(name) instanceof Map, name, "a map", fields.get(name));
        return (Map<?, ?>) fields.get(name);
    }

    private static List<?> list(String name, Object value) {
        require(value instanceof List, name, "a list", value);
        return (List<?>) value;
    }

    private static String text(String name, Object value) {
        require(value instanceof String, name, "text", value);
        return (String) value;
    }

    private static List<String> texts(String name, Object value) {
        return list(name, value).stream().map(element -> text(name, element)).toList();
    }

    private static int whole(String name, Object value) {
        boolean isWhole = value instanceof Double number && number >= 1 && number == number.intValue();
        require(isWhole, name, "a whole number of at least 1", value);
        return ((Double) value).intValue();
    }
}
