package dev.ravine.examples;

import dev.ravine.core.DType;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.CsvParts;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.model.Model;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.Trainer;
import java.io.IOException;
import java.nio.file.Path;

/** Learns a column of a CSV file, keeps the model in a file, loads it and predicts. */
public final class TrainTable {
    private TrainTable() {}

    /**
     * Trains and predicts.
     *
     * @param args a CSV file, the name of the column to predict, and the file of the model
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        Path table = Path.of(args[0]);
        Path file = Path.of(args[2]);
        train(table, args[1], file);
        try (Model model = Model.load(file)) {
            System.out.println(model);
            System.out.println(model.predict(table));
        }
    }

    private static void train(Path table, String target, Path file) throws IOException {
        CsvParts parts = CsvParts.of(Csv.reader().dtype(DType.FLOAT64).targets(target), table, 0.2, 1);
        try (Model model = Model.of(parts, "dense:10");
                var optimizer = LevenbergMarquardt.builder().build()) {
            model.net().initialize(DType.FLOAT64, 1);
            TrainTest scaled = model.scaled(parts.data());
            Trainer.builder(model.net(), Loss.meanSquaredError(), scaled.train())
                    .optimizer(optimizer)
                    .budget(Budget.steps(50))
                    .validation(scaled.test(), Metric.meanSquaredError())
                    .build()
                    .train();
            model.save(file);
        }
    }
}
