package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.cli.RavineProcess;
import dev.ravine.nn.model.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** {@code ravine train} and {@code ravine predict}, as a person runs them. */
class TrainAndPredictTest extends RunsCommands {
    private static final double BREAD = 2.5;

    /** y = 2 a - 3 b + 5, or less by 10 if the kind is rye, with decimal commas and quoted names. */
    private Path bread() throws IOException {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("\"hours of rest\";\"salt\";\"kind\";\"height\"\n");
        for (int i = 0; i < 200; i++) {
            double a = 4 * random.nextDouble();
            double b = random.nextDouble();
            boolean isRye = i % 3 == 0;
            text.append(String.format(
                    Locale.GERMANY, "%.6f;%.6f;%s;%.6f%n", a, b, isRye ? "rye" : "wheat", height(a, b, isRye)));
        }
        return Files.writeString(folder.resolve("bread.csv"), text);
    }

    private static double height(double a, double b, boolean isRye) {
        return 2 * a - 3 * b + 5 - (isRye ? 10 : 0);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    /** The command line that learns a column; words end at spaces. */
    private static String[] train(Path data, String targetAndOptions, String model, String... more) {
        List<String> words = new ArrayList<>(List.of("train", "--data", data.toString(), "--target"));
        words.addAll(List.of(targetAndOptions.split(" ")));
        words.addAll(List.of("--out", model));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    @Test
    void aModelIsKeptAndAnotherProcessPredicts() throws IOException, InterruptedException {
        Path data = bread();
        String model = path("bread.safetensors");
        assertThat(printed(train(
                        data,
                        "height --decimal-comma --layers none --l2 0 --epochs 60",
                        model,
                        "--tensorboard",
                        path("events"))))
                .contains("4 features to height; 160 rows to train on, 40 held back")
                .contains("net without hidden layers, 5 parameters; lbfgs, 60 epochs")
                .contains("held-back rows: R2 1.0000, mean absolute error")
                .contains("ravine predict " + model + " NEW.csv");
        try (Stream<Path> all = Files.walk(folder.resolve("events"))) {
            assertThat(all.filter(Files::isRegularFile))
                    .singleElement()
                    .satisfies(file -> assertThat(file.toString().replace('\\', '/'))
                            .containsPattern("-train/lbfgs/events\\.out\\.tfevents\\.\\d+\\.ravine\\.0000$"));
        }
        Path fresh = Files.writeString(
                folder.resolve("new.csv"), "\"kind\";\"salt\";\"hours of rest\"\nrye;0,5;1\nwheat;0,25;2,5\n");
        Process process = RavineProcess.with(List.of("predict", model, fresh.toString(), "--out", path("found.csv")))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        List<CSVRecord> found = records("found");
        assertThat(Double.parseDouble(found.get(0).get("height"))).isCloseTo(height(1, 0.5, true), within(1e-4));
        assertThat(Double.parseDouble(found.get(1).get("height"))).isCloseTo(height(BREAD, 0.25, false), within(1e-4));
        try (Model loaded = Model.load(Path.of(model))) {
            assertThat(loaded.features()).containsExactly("hours of rest", "salt", "kind=rye", "kind=wheat");
            assertThat(printed("export", model, "--onnx", path("bread.onnx")))
                    .contains("input: hours of rest, salt, kind=rye, kind=wheat", "output: height");
            assertThat(folder.resolve("bread.onnx"))
                    .hasBinaryContent(loaded.onnx().toBytes());
            assertThat(ravine("export", model, "--onnx", model)).isEqualTo(2);
            assertThat(loaded.notes()).containsEntry("optimizer", "lbfgs").containsEntry("data", "bread.csv");
            assertThat(loaded.predict(new double[] {BREAD, 0.25, 0, 1}).value(0))
                    .isCloseTo(height(BREAD, 0.25, false), within(1e-4));
        }
    }

    @Test
    void classesComeWithProbabilities() throws IOException {
        StringBuilder text = new StringBuilder();
        Random random = new Random(2);
        for (int i = 0; i < 90; i++) {
            int k = i % 3;
            text.append(String.format(
                    Locale.ROOT,
                    "%d,%.3f,%.3f,%s%n",
                    i,
                    4 * k + random.nextDouble(),
                    random.nextDouble(),
                    "abc".charAt(k)));
        }
        Path data = Files.writeString(folder.resolve("plain.csv"), text);
        String model = path("m.safetensors");
        assertThat(printed(train(data, "-1 --no-header --ignore 0 --epochs 50", model)))
                .contains("2 features to 3 classes of -1; 72 rows to train on, 18 held back")
                .contains("accuracy 100.00 %, macro F1 1.0000")
                .contains("    label       a       b       c  recall");
        Path fresh = Files.writeString(folder.resolve("new.csv"), "0,0.5,0.5\n1,8.5,0.5\n");
        out.getBuffer().setLength(0);
        List<String> lines = printed("predict", model, fresh.toString()).lines().toList();
        assertThat(lines.get(0)).isEqualTo("3,probability of a,probability of b,probability of c");
        assertThat(lines.get(1)).startsWith("a,0.9");
        assertThat(lines.get(2)).startsWith("c,");
    }

    @Test
    void errorsNameRowColumnAndOption() throws IOException {
        Path data = bread();
        String text = Files.readString(data);
        Files.writeString(data, text.replaceFirst("wheat;", ";"));
        assertThat(ravine(train(data, "height --decimal-comma", path("m.safetensors"))))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains(
                        "bread.csv: line 3, column 'kind' (index 2): expected the name of a category but found an empty"
                                + " cell")
                .contains("drop such rows with --missing drop");
        assertThat(ravine("train", "--data", data.toString(), "--target", "heigth", "--decimal-comma"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("there is no column 'heigth'; found the columns 'hours of rest', 'salt'");
        assertThat(ravine("train", "--data", data.toString(), "--target", "height", "--out", data.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("which ends with .safetensors, found " + data);
        assertThat(Files.readString(data)).startsWith("\"hours of rest\"");
        assertThat(ravine("predict", data.toString(), data.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("this is no safetensors file");
        assertThat(ravine("predict", path("none.safetensors"), data.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("none.safetensors");
    }

    @Test
    void anotherSeparatorIsSuspected() throws IOException {
        for (String header : new String[] {"\"a b\";\"y\"", "a b;y"}) {
            Path data = Files.writeString(folder.resolve("s.csv"), header + "\n1;2\n");
            assertThat(ravine("train", "--data", data.toString(), "--target", "y", "--out", path("m.safetensors")))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("',': if the file has another one, say --separator");
            err.getBuffer().setLength(0);
        }
    }

    /** Rows were dropped in training, but each new row needs an answer. */
    @Test
    void missingCellsFollowTheRule() throws IOException {
        Path data = bread();
        Files.writeString(data, Files.readString(data).replaceFirst("wheat;", "NA;"));
        String model = path("m.safetensors");
        assertThat(printed(train(data, "height --decimal-comma --missing drop --missing-cells NA --epochs 5", model)))
                .contains("159 rows to train on, 40 held back");
        assertThat(ravine("predict", model, data.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("line 3, column 'kind' (index 2)");
    }

    /** In a column of numbers, the first cell included. */
    @Test
    void aUsualMarkOfAMissingValueIsExplained() throws IOException {
        Path data = bread();
        Files.writeString(data, Files.readString(data).replaceFirst("\n[0-9,]+;", "\nNA;"));
        assertThat(ravine("train", "--data", data.toString(), "--target", "height", "--decimal-comma"))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("line 2, column 'hours of rest' (index 0): expected a finite number but found 'NA'")
                .contains("if it means a missing value, name it in --missing-cells; otherwise");
    }
}
