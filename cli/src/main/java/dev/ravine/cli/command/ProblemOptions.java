package dev.ravine.cli.command;

import dev.ravine.cli.problem.AutoencodeProblem;
import dev.ravine.cli.problem.NetChoice;
import dev.ravine.cli.problem.Problem;
import dev.ravine.cli.problem.Problems;
import dev.ravine.cli.problem.TableData;
import dev.ravine.core.data.Augmentation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options for the problem, its net and its start: a mixin. */
final class ProblemOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Mixin
    private TableOptions table;

    @Option(
            names = "--problem",
            paramLabel = "NAME",
            completionCandidates = ProblemNames.class,
            description = "${COMPLETION-CANDIDATES} (default: autoencode for a comparison without options of data or"
                    + " net; else classify, or regress for a CSV file whose first target is a number).")
    private String name;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = "A CSV file, or a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte,"
                    + " t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each plain or .gz.")
    private Path data;

    @Option(
            names = "--target",
            paramLabel = "COLUMN",
            description =
                    "The column of the CSV file to predict; all others are features, unless --features or --ignore"
                            + " says otherwise.")
    private String target;

    @Option(
            names = "--condition",
            paramLabel = "K",
            description = "Condition number of the problem conditioned (default: 1e4).")
    private Double condition;

    @Option(
            names = "--hidden",
            paramLabel = "N",
            description =
                    "Widths of the hidden layers; of an autoencoder those that lead to the code (default: 32,16 for"
                            + " classify, 250,100,30 for autoencode, 400,200,100,50,25,6 for curves, 12 for regress).")
    private String hidden;

    @Option(
            names = "--length",
            paramLabel = "T",
            description =
                    "Steps of the sequences of addition and temporal-order (default: 50), and of the parts of --text"
                            + " (default: 64), from 20 on.")
    private Integer length;

    @Option(
            names = "--text",
            paramLabel = "FILE",
            description = "A text in UTF-8 for the problem characters, whose last tenth is for the test (default: names"
                    + " that are included).")
    private Path text;

    @Option(
            names = "--augment",
            paramLabel = "LIST",
            description = "Random changes of training images, anew at each step: shift:PIXELS, flip, crop:LEAST,"
                    + " noise:DEVIATION, joined by commas.")
    private String augment;

    @Option(
            names = "--net",
            paramLabel = "KIND",
            description = "The kind of net: ${COMPLETION-CANDIDATES} (default: mlp for classify and regress).")
    private NetChoice.Kind net;

    @Option(
            names = "--layers",
            arity = "1..*",
            paramLabel = "LAYER",
            description = "The hidden layers of the net one after the other, such as conv:32,5 pool conv:64,5 pool"
                    + " dense:500. A wrong word lists the right ones.")
    private List<String> layers = List.of();

    @Option(
            names = "--l2",
            paramLabel = "W",
            description = "Weight of L2, the same for all (default: 5e-4 for classify, 1e-4 for regress, else 0).")
    private Double l2;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the first start and of all else that is random (default: ${DEFAULT-VALUE}).")
    private long seed;

    /** For help and completion. */
    static final class ProblemNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Problems.names().iterator();
        }
    }

    /** The problem that was named, or the one that fits the data. */
    Problem problem() throws IOException {
        UsageErrors calls = new UsageErrors(spec);
        if (name != null) {
            return calls.checked(() -> Problems.of(name));
        }
        if (text != null) {
            return Problems.of("characters");
        }
        boolean isRegression = isTable() && calls.checked(() -> TableData.isNumeric(data, target, table.reader(calls)));
        return Problems.of(isRegression ? "regress" : "classify");
    }

    /** The same for a comparison: a deep autoencoder for a minute, if nothing is said of problem, data and net. */
    Problem compared() throws IOException {
        boolean isChosen = Stream.of(name, data, target, condition, hidden, length, text, augment, net, l2)
                        .anyMatch(Objects::nonNull)
                || !layers.isEmpty()
                || table.isGiven();
        return isChosen ? problem() : AutoencodeProblem.brief();
    }

    private boolean isTable() {
        return data != null && !Files.isDirectory(data);
    }

    /** The user's choices, with the problem's defaults for the rest. */
    Problem.Choices choices(Problem problem) {
        List<Integer> widths = hidden == null ? problem.hidden() : widths();
        double weight = l2 == null ? problem.l2() : l2;
        UsageErrors calls = new UsageErrors(spec);
        calls.require(weight >= 0, "--l2 must not be negative, found " + weight);
        calls.require(weight < 1e6, "--l2 must be below 1e6, found " + weight);
        calls.require(
                length == null || (length >= 20 && length <= 10_000),
                "--length must be from 20 to 10000 steps, found " + length);
        table.requireTable(isTable(), calls);
        return new Problem.Choices(
                data,
                target,
                table.reader(calls),
                widths,
                weight,
                condition,
                net(calls),
                length,
                text,
                augmentations(problem, calls));
    }

    private List<Augmentation> augmentations(Problem problem, UsageErrors calls) {
        if (augment == null) {
            return List.of();
        }
        calls.require(
                problem.name().equals("classify"), "--augment is for images of classify, not for " + problem.name());
        try {
            return List.of(Augmentation.parse(augment));
        } catch (IllegalArgumentException e) {
            throw calls.wrong("--augment: " + e.getMessage(), e);
        }
    }

    private NetChoice net(UsageErrors calls) {
        String words = String.join(" ", layers).strip();
        calls.require(layers.isEmpty() || !words.isEmpty(), "--layers needs at least one layer, such as dense:100");
        NetChoice choice =
                new NetChoice(Optional.ofNullable(net), words.isEmpty() ? Optional.empty() : Optional.of(words));
        calls.require(
                hidden == null || choice.words().isEmpty(),
                "--hidden is for nets of dense layers; --layers describes all others");
        return choice;
    }

    private List<Integer> widths() {
        try {
            List<Integer> widths =
                    Stream.of(hidden.split(",", -1)).map(Integer::parseInt).toList();
            if (widths.stream().allMatch(n -> n >= 1)) {
                return widths;
            }
        } catch (NumberFormatException e) {
            throw new UsageErrors(spec).wrong(wrongWidths(), e);
        }
        throw new UsageErrors(spec).wrong(wrongWidths(), null);
    }

    private String wrongWidths() {
        return "--hidden widths must be whole numbers of at least 1 with commas between them, such as 32,16, found '"
                + hidden + "'";
    }

    /** The problem and the name of its data, for the folder of a run. */
    String label(Problem problem) {
        if (data == null) {
            return problem.name();
        }
        String file = data.toAbsolutePath().normalize().getFileName().toString();
        return problem.name() + "-" + file.replaceFirst("\\.[A-Za-z]+$", "");
    }

    /** The seed. */
    long seed() {
        return seed;
    }
}
