package dev.ravine.cli.command;

import dev.ravine.cli.report.Figure;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.CsvParts;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.model.Model;
import dev.ravine.nn.model.Predictions;
import dev.ravine.optim.training.ConfusionMatrix;
import dev.ravine.optim.training.Metric;
import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How good a model is on rows that were held back, in the units of the table.
 *
 * @param text for people
 * @param note in short, kept with the model
 */
record ModelScore(String text, String note) {
    private static final int MOST_CLASSES = 10;

    /** Predicts the held-back rows, and the others to compare with. */
    static ModelScore of(Model model, CsvParts parts) {
        DataSet test = parts.data().test();
        DataSet train = parts.data().train();
        return model.isClassifier() ? classes(model, test, train) : numbers(model, test, train);
    }

    private static ModelScore numbers(Model model, DataSet test, DataSet train) {
        INDArray found = array(model.predict(test.features()).values());
        double r2 = figure(Metric.determination(), found, test);
        String note = String.format(
                Locale.ROOT,
                "R2 %.4f, mean absolute error %s, root mean squared error %s",
                r2,
                Figure.text(figure(Metric.meanAbsoluteError(), found, test)),
                Figure.text(Math.sqrt(figure(Metric.meanSquaredError(), found, test))));
        double before = figure(
                Metric.determination(), array(model.predict(train.features()).values()), train);
        return new ModelScore(
                String.format(Locale.ROOT, "held-back rows: %s (R2 on rows to train on: %.4f)", note, before), note);
    }

    private static ModelScore classes(Model model, DataSet test, DataSet train) {
        Predictions predictions = model.predict(test.features());
        INDArray found = array(predictions.probabilities());
        ConfusionMatrix matrix = ConfusionMatrix.of(found, test).named(model.names());
        String note = String.format(
                Locale.ROOT, "accuracy %.2f %%, macro F1 %.4f", 100 * matrix.accuracy(), matrix.macroF1());
        double before =
                figure(Metric.accuracy(), array(model.predict(train.features()).probabilities()), train);
        String text = String.format(
                Locale.ROOT, "held-back rows: %s (accuracy on rows to train on: %.2f %%)", note, 100 * before);
        return new ModelScore(matrix.classes() > MOST_CLASSES ? text : text + "\n" + matrix, note);
    }

    private static double figure(Metric metric, INDArray outputs, DataSet data) {
        return metric.figure().applyAsDouble(outputs, data);
    }

    private static INDArray array(double[]... rows) {
        double[] all = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
        return Arena.of(DType.FLOAT64, Shape.of(rows.length, rows[0].length), all);
    }
}
