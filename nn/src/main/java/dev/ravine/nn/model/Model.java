package dev.ravine.nn.model;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.CsvParts;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.OneHot;
import dev.ravine.core.data.Standardize;
import dev.ravine.core.data.TrainTest;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.onnx.OnnxModel;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A net with all that its predictions need: how a table is read, how features and targets are scaled, what classes are
 * called. One file keeps it, and another program loads the file and predicts in the units of the data:
 *
 * <pre>{@code
 * CsvParts wine = CsvParts.of(Csv.reader().targets("quality"), Path.of("wine.csv"), 0.2, 1);
 * Model model = Model.of(wine, "dense:16 dense:16");
 * model.net().initialize(1);
 * TrainTest scaled = model.scaled(wine.data());
 * // ... train model.net() on scaled.train() ...
 * model.save(Path.of("wine.safetensors"));
 *
 * Model loaded = Model.load(Path.of("wine.safetensors"));
 * double quality = loaded.predict(row).value(0);
 * }</pre>
 *
 * <p>Used by one thread at a time. Predictions keep memory until {@link #close}.
 */
public final class Model implements AutoCloseable {
    private final ModelParts parts;
    private final Predictor predictor;

    Model(ModelParts parts) {
        this.parts = parts;
        this.predictor = new Predictor(parts.net());
    }

    /**
     * {@return a model of a table, with features standardized, and targets too if they are numbers}
     *
     * @param table the parts of the table; means and deviations are those of the training part
     * @param words the hidden layers of the net, such as {@code dense:16 dense:16}; none if blank
     * @throws IllegalArgumentException if a word is unknown or does not fit where it stands
     */
    public static Model of(CsvParts table, String words) {
        DataSet train = table.data().train();
        Builder model = builder(train, words).standardizeFeatures();
        model.parts = model.parts.ofTable(table);
        return (train.hasLabels() ? model : model.standardizeTargets()).build();
    }

    /**
     * {@return a builder of a model whose net is made of words, and made again from them when the model is loaded}
     *
     * @param train the training data, in their own units
     * @param words the hidden layers of the net, such as {@code dense:16 dense:16}; none if blank
     * @throws IllegalArgumentException if a word is unknown or does not fit where it stands
     */
    public static Builder builder(DataSet train, String words) {
        long outputs = train.hasLabels() ? train.classes() : train.targetShape().count();
        NetWords net = new NetWords(words, Math.toIntExact(outputs));
        return new Builder(train, ModelParts.of(train, net.build(train.featureShape()), Optional.of(net)));
    }

    /**
     * {@return a builder of a model with the caller's own net; {@link #load(Path, Module)} needs such a net again}
     *
     * @param train the training data, in their own units
     * @param net takes the features of the data
     */
    public static Builder builder(DataSet train, Module net) {
        return new Builder(train, ModelParts.of(train, net, Optional.empty()));
    }

    /** Collects the settings of a model. Without settings, the net takes and gives numbers as they are. */
    public static final class Builder {
        private final DataSet train;
        private ModelParts parts;

        private Builder(DataSet train, ModelParts parts) {
            this.train = train;
            this.parts = parts;
        }

        /**
         * {@return this, with features of mean 0 and variance 1 on the training data}
         *
         * @throws ShapeException if features are integers
         */
        public Builder standardizeFeatures() {
            parts = parts.withScaling(new Scaling(
                    Optional.of(Standardize.fit(train.features())),
                    parts.scaling().targets()));
            return this;
        }

        /**
         * {@return this, with targets of mean 0 and variance 1 on the training data; predictions are in their own
         * units}
         *
         * @throws ShapeException if targets are integers
         */
        public Builder standardizeTargets() {
            parts = parts.withScaling(
                    new Scaling(parts.scaling().features(), Optional.of(Standardize.fit(train.targets()))));
            return this;
        }

        /**
         * {@return this, with names of classes, or of the numbers that are predicted; they are numbered otherwise}
         *
         * @param names in the order of outputs, each once
         * @throws IllegalArgumentException if there is not one for each
         */
        public Builder names(List<String> names) {
            parts = parts.withAnswers(parts.answers().named(names));
            return this;
        }

        /**
         * {@return this, with names of features, for errors and for whoever loads the model}
         *
         * @param names in the order of features
         * @throws IllegalArgumentException if there is not one for each
         */
        public Builder features(List<String> names) {
            parts = parts.withFeatures(names);
            return this;
        }

        /**
         * {@return this, with one more encoding of names, by which a program makes features for predictions}
         *
         * @param name under which {@link Model#encodings()} has it
         * @param encoding of the names
         */
        public Builder encoding(String name, OneHot encoding) {
            parts = parts.withEncoding(name, encoding);
            return this;
        }

        /** {@return the model} */
        public Model build() {
            return new Model(parts);
        }
    }

    /** {@return the net, to be initialized and trained on {@link #scaled} data} */
    public Module net() {
        return parts.net();
    }

    /**
     * {@return data in the units of the net}
     *
     * @param raw data in their own units
     * @throws ShapeException if their columns are not those of the training data
     */
    public DataSet scaled(DataSet raw) {
        return parts.scaling().of(raw);
    }

    /**
     * {@return both parts of some data in the units of the net}
     *
     * @param raw data in their own units
     * @throws ShapeException if their columns are not those of the training data
     */
    public TrainTest scaled(TrainTest raw) {
        return parts.scaling().of(raw);
    }

    /**
     * {@return predictions for rows of numbers, one row or many}
     *
     * @param rows features of each row in their own units, in the order of {@link #features()}
     * @throws ShapeException if there are no rows, or one has another number of features
     * @throws IllegalArgumentException if a number is not finite, naming row and feature
     * @throws IllegalStateException if the net is not initialized, or its output is not finite
     */
    public Predictions predict(double[]... rows) {
        Check.noNullsIn("the rows of features", rows);
        int width = Math.toIntExact(parts.example().count());
        double[] flat = new double[Math.multiplyExact(rows.length, width)];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != width) {
                throw new ShapeException("predict: row " + i + ": expected " + width + " features, " + parts.shown()
                        + ", found " + rows[i].length);
            }
            System.arraycopy(rows[i], 0, flat, i * width, width);
        }
        long[] sizes = LongStream.concat(
                        LongStream.of(rows.length),
                        LongStream.of(parts.example().toArray()))
                .toArray();
        if (rows.length == 0) {
            throw new ShapeException("predict: expected at least one row, found none");
        }
        return predict(Arena.of(DType.FLOAT64, Shape.of(sizes), flat));
    }

    /**
     * {@return predictions for rows of numbers, one row or many, as {@link #predict(double[][])}}
     *
     * @param rows features of each row in their own units, in the order of {@link #features()}
     * @throws ShapeException if there are no rows, or one has another number of features
     * @throws IllegalArgumentException if a number is not finite, naming row and feature
     * @throws IllegalStateException if the net is not initialized, or its output is not finite
     */
    public Predictions predict(float[]... rows) {
        Check.noNullsIn("the rows of features", rows);
        double[][] wide = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            wide[i] = new double[rows[i].length];
            for (int j = 0; j < rows[i].length; j++) {
                wide[i][j] = rows[i][j];
            }
        }
        return predict(wide);
    }

    /**
     * {@return predictions for the rows of an array}
     *
     * @param features [rows, ...] in their own units, of any dtype
     * @throws ShapeException if there are no rows, or their shape is not that of the training data
     * @throws IllegalArgumentException if a number is not finite, naming row and feature
     * @throws IllegalStateException if the net is not initialized, or its output is not finite
     */
    public Predictions predict(INDArray features) {
        parts.requireFeatures(features);
        DType dtype = DType.of(net().parameterVector().array());
        INDArray scaled = parts.scaling().features(features, dtype);
        if (!parts.answers().isClasses()) {
            double[][] values = finite(parts.scaling().values(predictor.outputs(scaled)));
            return Predictions.ofValues(parts.answers(), parts.requireOutputs(values));
        }
        double[][] probabilities = finite(predictor.probabilities(scaled));
        if (probabilities[0].length == 1 && names().size() == 2) {
            for (int i = 0; i < probabilities.length; i++) {
                probabilities[i] = new double[] {1 - probabilities[i][0], probabilities[i][0]};
            }
        }
        return Predictions.ofClasses(parts.answers(), parts.requireOutputs(probabilities), predictor.classes(scaled));
    }

    private static double[][] finite(INDArray outputs) {
        double[] all = Arena.toDoubles(outputs);
        int rows = (int) outputs.size(0);
        double[][] cut = new double[rows][all.length / rows];
        for (int i = 0; i < all.length; i++) {
            int row = i / cut[0].length;
            if (!Double.isFinite(all[i])) {
                throw new IllegalStateException("predict: row " + row + ": the output of the net is " + all[i]
                        + "; its weights or the features of this row are too large for its precision");
            }
            cut[row][i % cut[0].length] = all[i];
        }
        return cut;
    }

    /**
     * {@return predictions for the rows of a CSV file, which is read as the training data were: with the same
     * separator, columns, categories and means} The column of targets need not be there. A row with a missing cell is
     * refused if such rows were dropped from the training data.
     *
     * @param csv a file
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException naming line and column, if the file does not fit
     * @throws IOException if reading fails
     * @throws IllegalStateException if the model is not of a table, the net is not initialized, or its output is not
     *     finite
     */
    public Predictions predict(Path csv) throws IOException {
        return predict(reader().keepingRows().readFeatures(csv));
    }

    /**
     * {@return predictions for the rows of a CSV text, as {@link #predict(Path)}}
     *
     * @param csv the text; read to its end and left open
     * @param name names the text in errors
     * @throws MalformedFileException naming line and column, if the text does not fit
     * @throws IOException if reading fails
     * @throws IllegalStateException if the model is not of a table, the net is not initialized, or its output is not
     *     finite
     */
    public Predictions predict(Reader csv, String name) throws IOException {
        return predict(reader().keepingRows().readFeatures(csv, name));
    }

    /**
     * {@return the reader of tables like that of the training data}
     *
     * @throws IllegalStateException if the model is not of a table
     */
    public Csv reader() {
        return parts.table()
                .orElseThrow(() -> new IllegalStateException("the model was not made from a table, so it does not know"
                        + " how to read one; give features as arrays, or make it with Model.of(CsvParts, ...)"));
    }

    /** {@return whether classes are predicted, and not numbers} */
    public boolean isClassifier() {
        return parts.answers().isClasses();
    }

    /** {@return the names of classes, or of the numbers that are predicted, in the order of outputs} */
    public List<String> names() {
        return parts.answers().names();
    }

    /** {@return the name of each feature in its order; empty if they have none} */
    public List<String> features() {
        return parts.features();
    }

    /** {@return encodings of names that the builder was given, by name} */
    public Map<String, OneHot> encodings() {
        return parts.encodings();
    }

    /** {@return what else is known of the model, such as how it was trained} */
    public Map<String, String> notes() {
        return parts.notes();
    }

    /**
     * {@return this model with one more note, or another one of that name; it shares the net}
     *
     * @param name of the note
     * @param text of the note
     */
    public Model withNote(String name, String text) {
        return new Model(parts.withNote(name, text));
    }

    /**
     * Writes a file in the safetensors format, completely or not at all: the weights as {@code model.PATH}, the scales
     * of features and targets, and everything else as JSON in the metadata, with a checksum.
     *
     * @param file to make or replace, usually called {@code NAME.safetensors}
     * @throws IOException if writing fails; an existing file is then unchanged
     * @throws IllegalStateException if the net is not initialized
     */
    public void save(Path file) throws IOException {
        ModelFile.write(file, parts);
    }

    /**
     * {@return the model for programs that read ONNX} It takes features in the units of the data, in the order of
     * {@link #features()} and in single precision, and gives numbers in the units of the data, or the probabilities of
     * the classes in the order of {@link #names()}. Both lists are in its metadata as {@code features} and {@code
     * names}, a line for each.
     *
     * @throws IllegalArgumentException if the net has a layer that cannot be written, naming its path
     */
    public OnnxModel onnx() {
        OnnxModel.Builder builder = OnnxModel.builder(net(), parts.example().toArray());
        parts.scaling().features().ifPresent(builder::standardizeFeatures);
        parts.scaling().targets().ifPresent(builder::standardizeTargets);
        if (isClassifier()) {
            builder.probabilities();
        }
        return builder.metadata("features", String.join("\n", features()))
                .metadata("names", String.join("\n", names()))
                .build();
    }

    /**
     * {@return a saved model, ready for predictions}
     *
     * @param file what {@link #save} wrote
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the file is no model, damaged, or of a later version
     * @throws IllegalArgumentException if the net was not made of words; {@link #load(Path, Module)} takes it
     * @throws IOException if reading fails
     */
    public static Model load(Path file) throws IOException {
        return new Model(ModelFile.read(file, Optional.empty()));
    }

    /**
     * {@return a saved model with the caller's own net, which gets its weights}
     *
     * @param file what {@link #save} wrote
     * @param net made as the one that was saved; it is initialized here
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the file is no model, damaged, of a later version, or the net does not fit
     * @throws IOException if reading fails
     */
    public static Model load(Path file, Module net) throws IOException {
        return new Model(ModelFile.read(file, Optional.of(net)));
    }

    /** Frees the memory of predictions; the net keeps its parameters. */
    @Override
    public void close() {
        predictor.close();
    }

    @Override
    public String toString() {
        return parts.toString();
    }
}
