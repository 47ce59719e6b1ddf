package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ravine.cli.compare.OptimizerSpec;
import dev.ravine.cli.problem.AutoencodeProblem;
import dev.ravine.cli.problem.NetChoice;
import dev.ravine.cli.problem.Problem;
import dev.ravine.cli.problem.Problems;
import dev.ravine.cli.problem.Task;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.Quadratic;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.Budget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class CompareTest extends RunsCommands {
    private String[] tiny(String... more) {
        List<String> all = new ArrayList<>(
                List.of("compare", "--out", folder.resolve("out").toString()));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private List<CSVRecord> csv(String name) throws IOException {
        return records("out/" + name);
    }

    @Test
    void comparesThreeOptimizersAndRecordsEveryStep() throws IOException {
        assertThat(printed(tiny("--gradients", "3", "--hidden", "16")))
                .contains("net 784-16-10 (12,730 parameters), 8,000 training and 2,000 test examples, 3 gradients each")
                .contains("training objective")
                .contains("training accuracy  ", "Adam, rate 3e-4")
                .contains(" is ahead: training objective ")
                .contains("report: " + folder.resolve("out/index.html"));
        List<CSVRecord> steps = csv("steps");
        for (String optimizer : List.of("momentum", "adam", "hf")) {
            List<CSVRecord> own = steps.stream()
                    .filter(r -> r.get("optimizer").startsWith(optimizer))
                    .toList();
            assertThat(own).as(optimizer).isNotEmpty();
            for (int i = 0; i < own.size(); i++) {
                assertThat(own.get(i).get("step")).isEqualTo(Integer.toString(i + 1));
                assertThat(Double.parseDouble(own.get(i).get("loss"))).isPositive();
            }
            // All begin at the same parameters; their first losses differ by the batch only.
            assertThat(Double.parseDouble(own.get(0).get("loss"))).isBetween(2.0, 2.8);
            assertThat(own.get(0).get("iterations").isEmpty()).isEqualTo(!optimizer.equals("hf"));
        }
        assertThat(folder.resolve("out/index.html")).content().contains("ravine compare --out");
        assertThat(folder.resolve("out/weights.png")).isNotEmptyFile();
        assertThat(folder.resolve("out/model-3.csv")).content().contains("damping,ratio,iterations,rejected");
    }

    @Test
    void withoutAProblemItComparesOnTheDeepAutoencoderForAMinute() throws IOException {
        assertThat(printed(tiny("--gradients", "0.01")))
                .contains("autoencode: ", "net 784-250-100-30-100-250-784 (", "0.01 gradients each");
        assertThat(csv("steps").stream().map(r -> r.get("optimizer").split(":", -1)[0]))
                .contains("adam", "nesterov", "hf", "kfac");
        assertThat(AutoencodeProblem.brief().budget()).isEqualTo(Budget.seconds(15));
        assertThat(printed(tiny("--gradients", "0.01", "--net", "mlp", "--optimizer", "adam")))
                .contains("classify: ");
    }

    @Test
    void writesEventFilesForTensorBoard() throws IOException {
        printed(tiny(
                "--gradients",
                "0.1",
                "--hidden",
                "4",
                "--optimizer",
                "adam:lr=1e-3",
                "--optimizer",
                "hf",
                "--seeds",
                "2",
                "--tensorboard",
                folder.resolve("events").toString()));
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder.resolve("events"))) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        assertThat(files)
                .extracting(
                        f -> folder.resolve("events").relativize(f).toString().replace('\\', '/'))
                .satisfiesExactly(
                        f -> assertThat(f)
                                .matches("[0-9-]{15}-compare-classify/Adam,_rate_1e-3,_seed_1/events\\.out\\..*"),
                        f -> assertThat(f).contains("/Adam,_rate_1e-3,_seed_2/"),
                        f -> assertThat(f).contains("/Hessian-free,_seed_1/"),
                        f -> assertThat(f).contains("/Hessian-free,_seed_2/"));
        for (Path file : files) {
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .contains("step/loss", "progress/seconds", "measured/training objective", "measured/test accuracy");
        }
    }

    @Test
    void trainsAnAutoencoderWithChosenOptimizers() throws IOException {
        int exit = ravine(tiny(
                "--problem",
                "autoencode",
                "--hidden",
                "20,5",
                "--gradients",
                "0.05",
                "--optimizer",
                "nesterov:lr=0.01,mu=0.99,schedule=on,batch=200",
                "--optimizer",
                "lbfgs:memory=5",
                "--optimizer",
                "block-newton:lambda=1,exact=200,chunk=100,data=500"));
        assertThat(exit).as(err::toString).isZero();
        assertThat(out.toString())
                .contains("autoencode: MNIST subset, net 784-20-5-20-784 (32,389 parameters)")
                .contains("Nesterov, rate 0.01", "L-BFGS", "Newton by layers")
                .contains("test error");
        assertThat(Files.readString(folder.resolve("out/steps.csv"))).contains("'2' EXACT SOLVED");
        assertThat(folder.resolve("out/reconstructions.png")).isNotEmptyFile();
    }

    @Test
    void drawsCurvesAndReconstructsThem() throws IOException {
        String[] command = tiny("--problem", "curves", "--hidden", "6", "--gradients", "0.01", "--optimizer", "kfac");
        assertThat(ravine(command)).as(err::toString).isZero();
        assertThat(out.toString()).contains("curves: drawn curves, net 784-6-784 (10,198 parameters)", "test error");
        assertThat(folder.resolve("out/reconstructions.png")).isNotEmptyFile();
        assertWrong("curves draws its own images", 2, "--problem", "curves", "--data", "x.csv");
    }

    @Test
    void trainsARecurrentNetOnLongSequences() throws IOException {
        String[] command =
                tiny("--problem", "temporal-order", "--length", "20", "--layers", "rnn:8", "--gradients", "0.005");
        assertThat(ravine(command)).as(err::toString).isZero();
        assertThat(out.toString()).contains("net rnn:8 (180 parameters)", "test wrong ");
        assertWrong("take --net rnn, lstm, gru or transformer", 2, "--problem", "addition", "--net", "mlp");
        assertWrong("--length must be from 20 to 10000", 2, "--problem", "addition", "--length", "19");
        assertWrong("--length is for addition, temporal-order and characters", 2, "--length", "30");
    }

    @Test
    void trainsOnCharacters(@TempDir Path folder) throws IOException {
        String[] names = tiny(
                "--problem",
                "characters",
                "--layers",
                "embed:4",
                "gru:6",
                "--gradients",
                "0.005",
                "--optimizer",
                "adam");
        assertThat(ravine(names)).as(err::toString).isZero();
        assertThat(out.toString()).contains("letters of 9,395 names", "net embed:4 gru:6", "test perplexity");
        Path text = Files.writeString(folder.resolve("text.txt"), "to be or not to be\n".repeat(60));
        String[] own = tiny(
                "--text",
                text.toString(),
                "--length",
                "20",
                "--net",
                "transformer",
                "--gradients",
                "0.005",
                "--optimizer",
                "adam");
        assertThat(ravine(own)).as(err::toString).isZero();
        assertThat(out.toString()).contains("1140 characters of", "in parts of 20", "test token accuracy");
        assertWrong("--text is for the problem characters", 2, "--problem", "classify", "--text", text.toString());
        assertWrong("--net conv is not for tokens", 2, "--problem", "characters", "--net", "conv");
        assertWrong("the first word must be embed:WIDTH", 2, "--problem", "characters", "--layers", "lstm:4");
        assertWrong("names have steps of their own", 2, "--problem", "characters", "--length", "30");
        assertWrong("--text needs 1300 to", 2, "--text", text.toString());
    }

    @Test
    void trainsAConvolutionalNetInWords() throws IOException {
        String[] command =
                tiny("--layers", "conv:4,5,2", "pool", "dense:16", "--gradients", "0.01", "--optimizer", "kfac");
        assertThat(ravine(command)).as(err::toString).isZero();
        assertThat(out.toString()).contains("net conv:4,5,2 pool dense:16 (2,594 parameters)");
        assertWrong("there is no layer 'conf:4,5'", 2, "--layers", "conf:4,5");
        assertWrong("--hidden is for nets of dense layers", 2, "--net", "lstm", "--hidden", "8");
        assertWrong("autoencode has its own net", 2, "--problem", "autoencode", "--net", "conv");
    }

    @Test
    void averagedParametersAreMeasuredBesideTheLast() throws IOException {
        String averaging = "adam:average=ema:0.9";
        String[] command = tiny(
                "--gradients",
                "1",
                "--hidden",
                "8",
                "--optimizer",
                averaging,
                "--optimizer",
                "adam:sam=0.05",
                "--optimizer",
                "adam");
        assertThat(ravine(command)).as(err::toString).isZero();
        List<CSVRecord> rows = csv("averaged");
        assertThat(rows)
                .extracting(r -> r.get("optimizer"))
                .containsExactly("Adam, average ema:0.9", "Adam, average ema:0.9");
        assertThat(rows).extracting(r -> r.get("parameters")).containsExactly("last", "averaged");
        List<CSVRecord> results = csv("results");
        assertThat(results)
                .extracting(r -> r.get("optimizer"))
                .containsExactly("Adam, average ema:0.9", "Adam, sam 0.05", "Adam");
        for (String figure : List.of("training objective", "test accuracy %")) {
            // The steps are those of plain Adam, whose figures are those of the last point.
            assertThat(rows.get(0).get(figure))
                    .isEqualTo(results.get(0).get(figure))
                    .isEqualTo(results.get(2).get(figure));
            assertThat(Double.parseDouble(rows.get(1).get(figure)))
                    .isNotEqualTo(Double.parseDouble(rows.get(0).get(figure)));
        }
        // Two gradients a step: half as many steps for the same work.
        assertThat(results).extracting(r -> r.get("steps")).containsExactly("80.0", "40.0", "80.0");
        assertThat(folder.resolve("out/averages.csv")).content().contains("Adam, average ema:0.9, averaged");
    }

    @Test
    void anAverageIsChecked() {
        assertWrong("found 'ema:2': the decay of an average", 2, "--optimizer", "adam:average=ema:2");
        assertWrong("sam and sam-adaptive of adam belong together", 2, "--optimizer", "adam:sam-adaptive=on");
    }

    @Test
    void budgetsCanBeEpochs() {
        assertThat(printed(tiny("--epochs", "1", "--hidden", "8", "--optimizer", "adam")))
                .contains("1 epoch each")
                .containsPattern("epochs +1\nsteps +80\n")
                .contains("no other to compare it with");
    }

    @Test
    void secondsCountAfterWarmingUp() {
        assertThat(printed(tiny("--problem", "regress", "--seconds", "0.2", "--optimizer", "adam")))
                .contains("0.2 seconds each");
    }

    /** Every optimizer there is, on a problem whose minimum is known. */
    @Test
    void everyOptimizerWorksOnAConditionedProblem() throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("--problem", "conditioned", "--condition", "10", "--gradients", "60"));
        OptimizerSpec.names()
                .forEach(name -> arguments.addAll(
                        List.of("--optimizer", name.equals("newton") ? "newton:treatment=shift" : name)));
        assertThat(printed(tiny(arguments.toArray(String[]::new))))
                .contains("condition number 10, net linear (100 parameters), 100 training examples, 60 gradients each");
        double start = Double.parseDouble(csv("objective").get(0).get("loss above minimum"));
        for (CSVRecord row : csv("results")) {
            double loss = Double.parseDouble(row.get("loss above minimum"));
            assertThat(loss).as(row.get("optimizer")).isBetween(0.0, start);
            if (List.of("L-BFGS", "Newton-CG", "Trust-region Newton", "Newton", "Levenberg-Marquardt")
                    .contains(row.get("optimizer"))) {
                assertThat(loss).as(row.get("optimizer")).isLessThan(1e-8);
            }
        }
    }

    @Test
    void theConditionNumberIsExact() throws IOException {
        Task task = Problems.of("conditioned")
                .task(new Problem.Choices(
                        null, null, Csv.reader(), List.of(), 0, 1e6, NetChoice.NONE, null, null, List.of()));
        task.net().initialize(DType.FLOAT64, 1);
        try (var objective = SupervisedObjective.of(
                        task.net(), task.loss(), task.set().train());
                var at = objective.linearize(objective.theta(), Scope.all())) {
            double[][] hessian = new double[100][];
            INDArray unit = Arena.create(DType.FLOAT64, Shape.of(100));
            INDArray column = Arena.create(DType.FLOAT64, Shape.of(100));
            for (int i = 0; i < 100; i++) {
                Vectors.fill(unit, 0);
                Elements.of(unit).set(i, 1);
                at.hessian(unit, column);
                hessian[i] = Arena.toDoubles(column);
            }
            // The quadratic's own directions diagonalize it.
            double[] roots = Arrays.stream(Quadratic.logSpectrum(100, 1e6))
                    .map(v -> Math.sqrt(v / 1e6))
                    .toArray();
            double[] q = Arena.toDoubles(Quadratic.withSpectrum(roots, 1).eigenvectors());
            for (int k : new int[] {0, 50, 99}) {
                double value = 0;
                for (int i = 0; i < 100; i++) {
                    for (int j = 0; j < 100; j++) {
                        value += q[i * 100 + k] * hessian[i][j] * q[j * 100 + k];
                    }
                }
                assertThat(value).isCloseTo(roots[k] * roots[k], withinPercentage(1e-6));
            }
        }
    }

    @Test
    void severalStartsAreTheSameForAllAndShowTheirRange() throws IOException {
        assertThat(printed(tiny(
                        "--problem",
                        "regress",
                        "--gradients",
                        "2",
                        "--seeds",
                        "3",
                        "--seed",
                        "5",
                        "--optimizer",
                        "sgd",
                        "--optimizer",
                        "hf")))
                .contains("seeds 5 to 7")
                .containsPattern("training objective +\\S+ \\(\\S+ to \\S+\\)")
                .contains("over 3 starts");
        assertThat(csv("steps").stream().map(r -> r.get("seed")).distinct()).containsExactly("5", "6", "7");
        assertThat(folder.resolve("out/objective.csv"))
                .content()
                .contains("training objective low,training objective high");
        List<String> runs = Files.readAllLines(folder.resolve("out/runs.csv"));
        assertThat(runs).hasSize(1 + 6);
        assertThat(firstFigures("SGD")).isEqualTo(firstFigures("Hessian-free"));
    }

    /** Mean, lowest and highest objective before any step. */
    private List<String> firstFigures(String optimizer) throws IOException {
        CSVRecord first = csv("objective").stream()
                .filter(r -> r.get("line").equals(optimizer))
                .findFirst()
                .orElseThrow();
        return List.of(
                first.get("training objective"),
                first.get("training objective low"),
                first.get("training objective high"));
    }

    @Test
    void aRunThatDivergesIsANoteAndDoesNotSetTheAxes() throws IOException {
        assertThat(printed(tiny(
                        "--problem",
                        "conditioned",
                        "--gradients",
                        "30",
                        "--optimizer",
                        "newton-cg",
                        "--optimizer",
                        "sgd:lr=1e20")))
                .containsPattern("\nSGD, rate 1e20 ended early: \\S");
        String page = Files.readString(folder.resolve("out/index.html"));
        assertThat(page).contains("<p class=\"note\">SGD, rate 1e20 ended early: ");
        double start = Double.parseDouble(csv("objective").get(0).get("loss above minimum"));
        Matcher most = Pattern.compile("\"label\":\"loss above minimum\",\"isLog\":true,\"most\":([^}]+)}")
                .matcher(page);
        assertThat(most.find()).isTrue();
        assertThat(Double.parseDouble(most.group(1)) / start).isCloseTo(1000, within(1e-6));
        assertThat(csv("results"))
                .hasSize(2)
                .allSatisfy(r -> assertThat(r.isMapped("note")).isFalse());
    }

    @Test
    void tuningTriesValuesWithEqualBudgetsAndTakesTheBest() throws IOException {
        assertThat(ravine(tiny(
                        "--problem",
                        "regress",
                        "--gradients",
                        "5",
                        "--tune",
                        "--optimizer",
                        "sgd:lr=0.5",
                        "--optimizer",
                        "newton-cg")))
                .as(err::toString)
                .isZero();
        List<CSVRecord> trials = csv("tuning");
        List<CSVRecord> rates =
                trials.stream().filter(r -> r.get("setting").equals("lr")).toList();
        assertThat(rates).extracting(r -> r.get("value")).containsExactly("0.005", "0.05", "0.5", "5", "50");
        assertThat(rates)
                .allSatisfy(
                        r -> assertThat(Double.parseDouble(r.get("gradients"))).isLessThan(1.01));
        CSVRecord chosen = rates.stream()
                .filter(r -> r.get("choice").equals("chosen"))
                .findFirst()
                .orElseThrow();
        double best = Double.parseDouble(chosen.get("training objective"));
        assertThat(rates)
                .filteredOn(r -> !r.get("training objective").isEmpty())
                .allSatisfy(r -> assertThat(Double.parseDouble(r.get("training objective")))
                        .isGreaterThanOrEqualTo(best));
        assertThat(csv("steps").get(0).get("optimizer")).isEqualTo(chosen.get("optimizer"));
        assertThat(trials).extracting(r -> r.get("setting")).contains("forcing");
    }

    /** A step of Hessian-free on all examples costs tens of gradients: its trials must not cost five times that. */
    @Test
    void longStepsDoNotOverrunWhatTuningMaySpend() throws IOException {
        assertThat(ravine(tiny("--problem", "regress", "--gradients", "8", "--tune", "--optimizer", "hf")))
                .as(err::toString)
                .isZero();
        assertThat(csv("tuning"))
                .as("a second trial would overrun the budget, too")
                .hasSize(1);
        assertThat(folder.resolve("out/index.html")).content().contains("not tried for lack of time");
    }

    @Test
    void jsonIsAllThatIsPrinted() throws IOException {
        assertThat(ravine(tiny("--problem", "regress", "--gradients", "1", "--json")))
                .as(err::toString)
                .isZero();
        assertThat(err.toString()).contains("regress: Friedman's function");
        String text = out.toString();
        try (JsonParser json = new JsonFactory().createParser(text)) {
            int depth = 0;
            int documents = 0;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                documents += depth == 0 ? 1 : 0;
            }
            assertThat(documents).isEqualTo(1);
        }
        assertThat(text).contains("\"verdict\"", "\"name\":\"results\"", "\"test RMSE\"", "\"command\"");
    }

    @Test
    void quietIsQuiet() {
        assertThat(ravine(tiny("--problem", "regress", "--gradients", "1", "--quiet", "--optimizer", "adam")))
                .isZero();
        assertThat(out.toString()).doesNotContain("seed 1").contains("Adam").contains("report: ");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void numbersOfATableAreRegression() throws IOException {
        StringBuilder table = new StringBuilder("a,constant,y\n");
        for (int i = 0; i < 50; i++) {
            table.append(i).append(",3,").append(2.5 * i + 1000).append('\n');
        }
        Path file = Files.writeString(folder.resolve("line.csv"), table);
        int exit = ravine(tiny(
                "--data", file.toString(), "--target", "y", "--gradients", "40", "--hidden", "3", "--optimizer", "lm"));
        assertThat(exit).as(err::toString).isZero();
        assertThat(out.toString())
                .contains("regress: " + file + ", net 2-3-1 (13 parameters), 40 training and 10 test");
        assertThat(Double.parseDouble(csv("results").get(0).get("test R2"))).isBetween(0.9, 1.0);
    }

    @Test
    void namesInATableAreClasses() throws IOException {
        StringBuilder table = new StringBuilder("a,b,kind\n");
        for (int i = 0; i < 60; i++) {
            table.append(i % 3 + 0.01 * i)
                    .append(',')
                    .append(i % 2)
                    .append(",kind")
                    .append(i % 3)
                    .append('\n');
        }
        Path file = Files.writeString(folder.resolve("kinds.csv"), table);
        int exit = ravine(tiny("--data", file.toString(), "--target", "kind", "--epochs", "2", "--optimizer", "hf"));
        assertThat(exit).as(err::toString).isZero();
        assertThat(out.toString()).contains("classify: " + file + ", net 2-32-16-3", "48 training and 12 test");
        assertThat(Double.parseDouble(csv("results").get(0).get("training accuracy %")))
                .isGreaterThan(50);
    }

    @Test
    void saysWhereATableIsWrong() throws IOException {
        Path file = Files.writeString(folder.resolve("bad.csv"), "a,y\n1,2.5\nx,3\n");
        assertThat(ravine(tiny("--data", file.toString(), "--target", "y"))).isEqualTo(1);
        assertThat(err.toString())
                .contains("bad.csv", "line 3, column 'a'", "'x'")
                .doesNotContain("\tat ");
        assertWrong("no column 'z'; found the columns 'a', 'y'", 1, "--data", file.toString(), "--target", "z");
        assertWrong("name the one to be learned with --target", 2, "--data", file.toString());
        assertWrong("no such file or folder", 1, "--data", folder + "/none.csv", "--target", "y");
        Files.writeString(file, "a,y\n1,2.5\n3,4\n");
        assertWrong("found 2 rows; expected at least 10", 2, "--data", file.toString(), "--target", "y");
    }

    /** The mark stands before the target's name, so a reader that keeps it does not find the column. */
    @Test
    void aByteOrderMarkBeforeTheTargetDoesNotMakeNamesNumbers() throws IOException {
        StringBuilder table = new StringBuilder("\uFEFFkind,a\n");
        for (int i = 0; i < 20; i++) {
            table.append("kind")
                    .append(i % 2)
                    .append(',')
                    .append(i % 2 + 0.01 * i)
                    .append('\n');
        }
        Path file = Files.writeString(folder.resolve("mark.csv"), table);
        int exit = ravine(tiny("--data", file.toString(), "--target", "kind", "--epochs", "1", "--optimizer", "sgd"));
        assertThat(exit).as(err::toString).isZero();
        assertThat(out.toString()).contains("classify: " + file, "16 training and 4 test");
    }

    @Test
    void aTableIsReadAsTheOptionsDescribeIt() throws IOException {
        StringBuilder table = new StringBuilder("id;colour;size;y\n");
        for (int i = 0; i < 40; i++) {
            String size = i == 3 ? "NA" : i == 4 ? "" : i + ",5";
            table.append("row").append(i).append(';').append(i % 2 == 0 ? "red" : "blue");
            table.append(';').append(size).append(';').append(i).append(",25\n");
        }
        String file = Files.writeString(folder.resolve("semicolons.csv"), table).toString();
        String[] options = {
            "--data",
            file,
            "--target",
            "y",
            "--decimal-comma",
            "--ignore",
            "id",
            "--categories",
            "colour",
            "--missing-cells",
            "NA",
            "--gradients",
            "1",
            "--optimizer",
            "sgd",
            "--hidden",
            "2"
        };
        assertWrong("line 5, column 'size' (index 2)", 1, options);
        assertThat(ravine(tiny(with(options, "--missing", "mean"))))
                .as(err::toString)
                .isZero();
        assertThat(out.toString()).contains("regress: " + file + ", net 3-2-1", "32 training and 8 test");
        assertThat(ravine(tiny(with(options, "--missing", "drop"))))
                .as(err::toString)
                .isZero();
        assertThat(out.toString()).contains("30 training and 8 test");
        assertThat(ravine(tiny(with(options, "--missing", "-1.5e1", "--features", "size"))))
                .as("a column of categories that is no feature")
                .isEqualTo(1);
        assertWrong(
                "--missing must be refuse, drop, mean or a finite number, found '0x1p3'",
                2,
                with(options, "--missing", "0x1p3"));
        assertWrong("--separator must be one character", 2, with(options, "--separator", ";;"));
        assertWrong("--missing-cells are for a CSV file", 2, "--separator", ";");
    }

    private static String[] with(String[] options, String... more) {
        return Stream.concat(Stream.of(options), Stream.of(more)).toArray(String[]::new);
    }

    private void assertWrong(String message, int exit, String... arguments) {
        err.getBuffer().setLength(0);
        assertThat(ravine(tiny(arguments))).as(err::toString).isEqualTo(exit);
        assertThat(err.toString()).contains(message).doesNotContain("\tat ");
        assertThat(err.toString().lines()).as("the error, and where help is").hasSizeLessThanOrEqualTo(3);
        assertThat(err.toString()).startsWith("ravine: ");
    }

    /** Its weights are so large that the loss drowns in L2, from which it must not be computed. */
    @Test
    void theLossOfARunThatDivergedIsNotZero() throws IOException {
        assertThat(ravine(tiny("--gradients", "0.1", "--optimizer", "sgd:lr=1e5", "--hidden", "4")))
                .as(err::toString)
                .isZero();
        CSVRecord last = csv("results").get(0);
        assertThat(Double.parseDouble(last.get("training loss"))).isGreaterThan(1e3);
        assertThat(Double.parseDouble(last.get("training objective")))
                .isGreaterThan(Double.parseDouble(last.get("training loss")));
    }

    @Test
    void theShellIsPartOfTheHelpAndSentToTheLauncher() {
        assertThat(ravine("--help")).isZero();
        assertThat(out.toString()).contains("JShell");
        assertThat(ravine("shell", "x.jsh")).isEqualTo(2);
        assertThat(err.toString()).contains("./ravine shell x.jsh");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(ravine("compare", "--out", file.resolve("x").toString())).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("ravine: ")
                .contains(file.toString())
                .matches("(?s).*[a-z]: .+");
    }

    @Test
    void listsWhatOptimizersSettingsAndProblemsThereAre() {
        assertWrong("there is no optimizer 'sdg', but sgd, momentum, nesterov", 2, "--optimizer", "sdg");
        assertWrong("'lamda=1' is not a setting of hf; settings are lambda=, chunk=", 2, "--optimizer", "hf:lamda=1");
        assertWrong("the setting lr of adam must be a number, found 'fast'", 2, "--optimizer", "adam:lr=fast");
        assertWrong("learning rate must be positive and finite, found -1.0", 2, "--optimizer", "adam:lr=-1");
        assertWrong(
                "must be one of shift, absolute-eigenvalues, trust-region, found 'none'",
                2,
                "--hidden",
                "4",
                "--optimizer",
                "newton:treatment=none");
        assertWrong("must be one of conjugate-gradients, normal-equations", 2, "--optimizer", "lm:solver=qr");
        assertWrong(
                "first-iterations and iteration-growth of hf belong together",
                2,
                "--optimizer",
                "hf:first-iterations=3");
        assertWrong("the limit is 4096: raise it with the setting limit=", 2, "--optimizer", "newton");
        assertWrong("there is no problem 'sort', but classify, autoencode, regress", 2, "--problem", "sort");
    }

    private void writeIdxFiles(int trainImages, int trainLabels) throws IOException {
        write("train-images-idx3-ubyte", images(trainImages));
        write("train-labels-idx1-ubyte", labels(trainLabels));
        write("t10k-images-idx3-ubyte", images(20));
        write("t10k-labels-idx1-ubyte", labels(20));
    }

    @Test
    void readsAFolderOfIdxFiles() throws IOException {
        writeIdxFiles(60, 60);
        int exit = ravine(tiny("--data", folder.toString(), "--gradients", "2"));
        assertThat(exit).as(err::toString).isZero();
        assertThat(out.toString()).contains("60 training and 20 test examples").contains("net 4-32-16-3");
    }

    @Test
    void saysInOneLineWhatIsWrongWithTheData() throws IOException {
        writeIdxFiles(60, 59);
        assertThat(ravine("compare", "--data", folder.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("59").contains("60").doesNotContain("\tat ");
    }

    @Test
    void aFileInPlaceOfTheFolderIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("out"), "");
        assertThat(ravine(tiny("--gradients", "1", "--hidden", "2", "--optimizer", "sgd")))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains(file + " is a file where a folder is needed; name another folder with --out");
        assertThat(commandLine().execute("compare", "--out", file + "/inside", "--gradients", "1", "--hidden", "2"))
                .isEqualTo(1);
        assertThat(err.toString()).contains(file + "/inside: ").doesNotContain("\tat ");
    }

    @Test
    void refusesBadOptions() {
        assertWrong("--seconds must be positive, found -1.0", 2, "--seconds", "-1");
        assertWrong("only one of --seconds, --gradients and --epochs", 2, "--seconds", "1", "--epochs", "1");
        assertWrong("--gradients must be below 1e9, found 1.0E10", 2, "--gradients", "1e10");
        assertWrong("--l2 must be below 1e6, found 1.0E7", 2, "--l2", "1e7");
        assertWrong("'1f'", 2, "--l2", "1f");
        assertWrong("'0x1p3'", 2, "--seconds", "0x1p3");
        assertWrong("'5 '", 2, "--epochs", "5 ");
        assertWrong("must be a number, found '0x1p-3'", 2, "--optimizer", "adam:lr=0x1p-3");
        assertWrong("none", 2, "--hidden", "none");
        for (String widths : List.of(",", "", "3,", ",3", "3,,2", "0", "3,-1", "2.5")) {
            assertWrong("with commas between them, such as 32,16, found '" + widths + "'", 2, "--hidden", widths);
        }
        assertWrong("--speed", 2, "--speed", "9");
        assertWrong("--seeds must be from 1 to 1000, found 0", 2, "--seeds", "0");
        assertWrong("--condition is for the problem conditioned, not for classify", 2, "--condition", "9");
        assertWrong("--condition must be from 1", 2, "--problem", "conditioned", "--condition", "0.5");
        assertWrong("L2 would change the condition number", 2, "--problem", "conditioned", "--l2", "1");
        assertWrong("every --optimizer can be given once", 2, "--optimizer", "sgd", "--optimizer", "sgd");
        assertWrong("autoencode takes images", 2, "--problem", "autoencode", "--data", "x.csv");
        assertThat(ravine("--help")).isZero();
        assertThat(ravine("compare", "--help")).isZero();
        assertThat(out.toString()).contains("newton-cg", "conditioned", "new one in runs/");
    }

    @Test
    void knowsItsVersion() {
        assertThat(ravine("--version")).isZero();
        assertThat(out.toString().strip()).matches("ravine \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    }

    @Test
    void completionKnowsTheOptions() {
        assertThat(ravine("generate-completion")).isZero();
        assertThat(out.toString()).contains("--optimizer", "block-newton", "autoencode");
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name), bytes);
    }

    private static byte[] images(int n) {
        byte[] file = new byte[16 + 4 * n];
        System.arraycopy(new byte[] {0, 0, 8, 3, 0, 0, 0, (byte) n, 0, 0, 0, 2, 0, 0, 0, 2}, 0, file, 0, 16);
        for (int i = 0; i < n; i++) {
            file[16 + 4 * i + i % 3] = (byte) 200;
        }
        return file;
    }

    private static byte[] labels(int n) {
        byte[] file = new byte[8 + n];
        System.arraycopy(new byte[] {0, 0, 8, 1, 0, 0, 0, (byte) n}, 0, file, 0, 8);
        for (int i = 0; i < n; i++) {
            file[8 + i] = (byte) (i % 3);
        }
        return file;
    }

    @Test
    void trainingImagesAreAugmented() throws IOException {
        String[] words = {
            "compare", "--hidden", "8", "--gradients", "0.1", "--optimizer", "adam", "--quiet", "--json", "--out", ""
        };
        words[words.length - 1] = folder.resolve("plain").toString();
        assertThat(ravine(words)).isZero();
        String plain = out.toString();
        List<String> more = new ArrayList<>(List.of(words));
        more.addAll(List.of("--augment", "shift:2,noise:0.1"));
        more.set(words.length - 1, folder.resolve("augmented").toString());
        out.getBuffer().setLength(0);
        assertThat(ravine(more.toArray(new String[0]))).isZero();
        assertThat(out.toString()).isNotEqualTo(plain).contains("augmented by shift:2,noise:0.1");
        assertThat(ravine("compare", "--problem", "curves", "--augment", "flip"))
                .isEqualTo(2);
        assertThat(ravine("compare", "--augment", "turn")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--augment is for images of classify, not for curves")
                .contains("there is no augmentation 'turn'");
    }
}
