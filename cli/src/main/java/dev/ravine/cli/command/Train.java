package dev.ravine.cli.command;

import dev.ravine.cli.compare.OptimizerSpec;
import dev.ravine.cli.report.Lines;
import dev.ravine.core.DType;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.CsvParts;
import dev.ravine.core.data.CsvPreview;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.model.Model;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ravine train}: learns a column of a table and keeps the model in a file. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description =
                "Learns a column of a CSV file, says how well on rows that were held back, and keeps the model in a"
                        + " file for 'ravine predict' and Model.load.",
        footer = {
            "",
            "A column of features holds numbers, or categories if its first cell with a value is text.",
            "Missing cells are refused unless --missing says what takes their place; --missing-cells NA takes NA as missing.",
            "",
            "Examples:",
            "  ravine train --data wine.csv --target quality --separator ';'",
            "  ravine train --data iris.csv --target species --optimizer hf --out iris.model"
        })
final class Train implements Callable<Integer> {
    private static final String SUFFIX = ".safetensors";
    private static final int LEAST_ROWS = 10;

    private final Interruption interruption;

    @Spec
    private CommandSpec spec;

    @Mixin
    private TableOptions table;

    @Mixin
    private TensorBoardOptions tensorBoard;

    @Option(names = "--data", paramLabel = "FILE", required = true, description = "A CSV file.")
    private Path data;

    @Option(
            names = "--target",
            paramLabel = "COLUMN",
            required = true,
            description = "The column to learn: its name, or its index from 0 with --no-header.")
    private String target;

    @Option(
            names = "--classes",
            description = "The target names classes, also if it holds numbers (default: it does if its first cell is"
                    + " text).")
    private boolean isClasses;

    @Option(
            names = "--layers",
            arity = "1..*",
            paramLabel = "LAYER",
            description = "The hidden layers one after the other, such as relu dense:50 dense:20, or none (default:"
                    + " dense:12 for numbers, dense:32 dense:16 for classes).")
    private List<String> layers;

    @Option(
            names = "--optimizer",
            paramLabel = "SPEC",
            defaultValue = "lbfgs",
            completionCandidates = Compare.OptimizerNames.class,
            description = "A name, then settings after a colon, such as adam:lr=1e-3 (default: ${DEFAULT-VALUE}); "
                    + "'ravine help NAME' explains one.")
    private String optimizer;

    @Option(
            names = "--l2",
            paramLabel = "W",
            description = "Weight of L2 (default: 1e-4 for numbers, 5e-4 for classes).")
    private Double l2;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = "Time to train (default: ${DEFAULT-VALUE}); it ends earlier where nothing gets better.")
    private double seconds;

    @Option(names = "--epochs", paramLabel = "E", description = "Instead of seconds: passes over the rows.")
    private Double epochs;

    @Option(
            names = "--test",
            paramLabel = "FRACTION",
            defaultValue = "0.2",
            description = "The part of the rows that is held back to judge the model (default: ${DEFAULT-VALUE}).")
    private double test;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the parts, of the start and of all else that is random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "model.safetensors",
            description = "The file of the model; an earlier one is replaced (default: ${DEFAULT-VALUE}).")
    private Path out;

    Train(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() throws IOException {
        UsageErrors errors = new UsageErrors(spec);
        requireRanges(errors);
        OptimizerSpec chosen = errors.checked(() -> OptimizerSpec.parse(optimizer));
        Csv reader = table.reader(errors).dtype(DType.FLOAT64);
        boolean isNumbers = !isClasses && CsvPreview.isNumericTarget(reader.targets(target), data);
        CsvParts parts = errors.checked(() -> parts(reader, isNumbers));
        requireRows(parts, errors);
        String words = words(isNumbers);
        PrintWriter print = spec.commandLine().getOut();
        try (Model model = errors.checked(() -> Model.of(parts, words))) {
            model.net().initialize(DType.FLOAT64, seed);
            double weight = l2 != null ? l2 : isNumbers ? 1e-4 : 5e-4;
            print.println(Lines.fitted(subject(parts, model, words, chosen)));
            print.flush();
            TrainingResult result = train(model, parts, chosen, weight, errors);
            print.printf(
                    Locale.ROOT,
                    "trained for %,d steps in %.1f s (%s)%n",
                    result.progress().steps(),
                    result.progress().seconds(),
                    result.end().reason());
            ModelScore score = ModelScore.of(model, parts);
            print.println(Lines.fitted(score.text()));
            Model kept = model.withNote("data", data.getFileName().toString())
                    .withNote("optimizer", chosen.text())
                    .withNote("loss", isNumbers ? "mean squared error" : "softmax cross-entropy")
                    .withNote("l2", Double.toString(weight))
                    .withNote("seed", Long.toString(seed))
                    .withNote("score", score.note());
            kept.save(out);
            kept.close();
            print.println("model: " + out);
            print.println("predictions: ravine predict " + out + " NEW.csv");
            print.flush();
        }
        return interruption.isRequested() ? Interruption.EXIT_CODE : 0;
    }

    private void requireRanges(UsageErrors errors) {
        errors.require(test > 0 && test < 1, "--test must be between 0 and 1, found " + test);
        errors.require(seconds > 0 && seconds < 1e9, "--seconds must be positive and below 1e9, found " + seconds);
        errors.require(
                epochs == null || (epochs > 0 && epochs < 1e9),
                "--epochs must be positive and below 1e9, found " + epochs);
        errors.require(l2 == null || (l2 >= 0 && l2 < 1e6), "--l2 must be from 0 to 1e6, found " + l2);
        errors.require(
                String.valueOf(out.getFileName()).endsWith(SUFFIX),
                "--out names the file of the model, which ends with " + SUFFIX + ", found " + out);
        Path folder = out.toAbsolutePath().getParent();
        errors.require(Files.isDirectory(folder), "--out: there is no folder " + folder + "; make it first");
    }

    private CsvParts parts(Csv reader, boolean isNumbers) throws IOException {
        Csv csv = CsvPreview.textAsCategories(isNumbers ? reader.targets(target) : reader.classNames(target), data);
        return isNumbers ? CsvParts.of(csv, data, test, seed) : CsvParts.stratified(csv, data, test, seed);
    }

    private void requireRows(CsvParts parts, UsageErrors errors) {
        int rows = parts.table().data().size();
        errors.require(
                rows >= LEAST_ROWS,
                data + ": found " + rows + " rows; expected at least " + LEAST_ROWS + " to train on and to test");
        errors.require(
                !parts.table().data().hasLabels() || parts.table().data().classes() >= 2,
                data + ": column '" + target + "' names one class only; expected at least 2");
    }

    private String words(boolean isNumbers) {
        if (layers == null) {
            return isNumbers ? "dense:12" : "dense:32 dense:16";
        }
        String words = String.join(" ", layers).strip();
        return words.equals("none") ? "" : words;
    }

    /** Data, net and optimizer in two lines. */
    private String subject(CsvParts parts, Model model, String words, OptimizerSpec chosen) {
        String what = model.isClassifier() ? model.names().size() + " classes of " + target : target;
        return String.format(
                Locale.ROOT,
                "%s: %,d features to %s; %,d rows to train on, %,d held back%nnet %s, %,d parameters; %s, %s",
                data,
                model.features().size(),
                what,
                parts.data().train().size(),
                parts.data().test().size(),
                words.isEmpty() ? "without hidden layers" : words,
                model.net().parameterVector().size(),
                chosen.text(),
                budget());
    }

    private Budget budget() {
        return epochs == null ? Budget.seconds(seconds) : new Budget(Budget.Unit.EPOCHS, epochs);
    }

    private TrainingResult train(Model model, CsvParts parts, OptimizerSpec chosen, double weight, UsageErrors errors)
            throws IOException {
        TrainTest scaled = model.scaled(parts.data());
        Loss loss = model.isClassifier() ? Loss.softmaxCrossEntropy() : Loss.meanSquaredError();
        TrainingLines lines = new TrainingLines(spec.commandLine().getOut(), interruption);
        try (Optimizer built = errors.checked(() -> chosen.build(model.net(), seed));
                SupervisedObjective objective = SupervisedObjective.builder(model.net(), loss, scaled.train())
                        .l2(weight)
                        .build()) {
            Trainer trainer = Trainer.builder(model.net(), objective)
                    .optimizer(built)
                    .budget(budget())
                    .listener(lines)
                    .listener(tensorBoard.begin("train").apply(chosen.text()))
                    .build();
            lines.stopOnInterruption(trainer);
            return trainer.train();
        }
    }
}
