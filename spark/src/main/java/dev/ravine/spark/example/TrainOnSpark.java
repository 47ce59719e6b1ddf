package dev.ravine.spark.example;

import dev.ravine.core.DType;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingResult;
import dev.ravine.spark.HadoopCheckpoints;
import dev.ravine.spark.SparkModel;
import dev.ravine.spark.SparkObjective;
import dev.ravine.spark.data.SparkData;
import java.io.IOException;
import org.apache.spark.sql.SparkSession;

/** Trains a classifier by Hessian-free on a Parquet file with columns {@code features} (numbers) and {@code label}. */
public final class TrainOnSpark {
    private TrainOnSpark() {}

    /**
     * Trains.
     *
     * @param args the file, the number of features, the number of classes, the number of steps, and the folder of
     *     checkpoints, such as {@code hdfs://HOST/runs/digits} or {@code file:/runs/digits}
     * @throws IOException if a checkpoint cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        int features = Integer.parseInt(args[1]);
        int classes = Integer.parseInt(args[2]);
        var model = new SparkModel(
                () -> new Sequential(new Linear(features, 128), Activation.tanh(), new Linear(128, classes)),
                Loss::softmaxCrossEntropy,
                DType.FLOAT32,
                1);
        try (SparkSession spark = SparkSession.builder().getOrCreate();
                var objective = SparkObjective.of(
                        spark.sparkContext(),
                        model,
                        SparkData.of(spark.read().parquet(args[0])).labels("label", classes));
                var optimizer = HessianFree.builder().damping(1).build()) {
            TrainingResult result = Trainer.builder(objective.module(), objective)
                    .optimizer(optimizer)
                    .budget(Budget.steps(Integer.parseInt(args[3])))
                    .checkpoints(HadoopCheckpoints.at(spark.sparkContext(), args[4], 3), 10)
                    .listener(objective.jobNames())
                    .build()
                    .train();
            System.out.println(result);
        }
    }
}
