package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RunsTest extends RunsCommands {
    private void conditioned(String... more) {
        List<String> all = Stream.concat(
                        Stream.of("compare", "--problem", "conditioned", "--gradients", "2", "--optimizer", "sgd"),
                        Stream.of(more))
                .toList();
        assertThat(ravine(all.toArray(String[]::new))).as(err::toString).isZero();
    }

    private List<Path> made() throws IOException {
        try (Stream<Path> inside = Files.list(folder.resolve("runs"))) {
            return inside.filter(f -> Files.isDirectory(f) && !Files.isSymbolicLink(f))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void eachRunHasADatedFolderOfItsOwnAndLatestLeadsToTheLastOne() throws IOException {
        conditioned();
        List<Path> first = made();
        assertThat(first).hasSize(1);
        assertThat(first.get(0).getFileName().toString())
                .matches("20[0-9]{2}-[01][0-9]-[0-3][0-9]-[0-2][0-9][0-5][0-9]-compare-conditioned");
        byte[] page = Files.readAllBytes(first.get(0).resolve("index.html"));
        conditioned();
        assertThat(made()).hasSize(2);
        assertThat(first.get(0).resolve("index.html")).hasBinaryContent(page);
        Path latest = folder.resolve("runs/latest");
        assertThat(latest).isSymbolicLink();
        assertThat(latest.toRealPath()).isNotEqualTo(first.get(0).toRealPath());
        assertThat(Files.readString(folder.resolve("runs/index.html")))
                .contains("2 runs", "conditioned", first.get(0).getFileName() + "/index.html");
    }

    @Test
    void runsAreListedShownAndDeleted() throws IOException {
        assertThat(printed("runs")).contains("no runs yet");
        conditioned();
        conditioned();
        Path killed = Files.createDirectory(folder.resolve("runs/2026-01-01-0000-compare-killed"));
        Path user = Files.writeString(folder.resolve("runs/notes.txt"), "mine");
        out.getBuffer().setLength(0);
        assertThat(printed("runs"))
                .contains("-compare-conditioned\n", "-compare-conditioned-2 (latest)\n    SGD")
                .endsWith("2026-01-01-0000-compare-killed\n    It has not ended, or was killed.\n");
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
        out.getBuffer().setLength(0);
        assertThat(printed("runs", "show", "latest")).contains("compare --problem conditioned", "report: ");
        String newest = made().get(2).getFileName().toString();
        assertThat(printed("runs", "delete", "--yes", "conditioned-2")).endsWith("deleted " + newest + "\n");
        assertThat(made()).hasSize(2);
        assertThat(folder.resolve("runs/latest").toRealPath())
                .isEqualTo(made().get(1).toRealPath());
        printed("runs", "delete", "--yes", "killed", "latest");
        assertThat(killed).doesNotExist();
        assertThat(made()).isEmpty();
        assertThat(folder.resolve("runs/latest")).doesNotExist();
        assertThat(user).hasContent("mine");
    }

    @Test
    void aNameThatMeansNoRunOrSeveralIsRefused() throws IOException {
        conditioned();
        conditioned();
        assertThat(ravine("runs", "show", "compare")).isEqualTo(1);
        assertThat(err.toString()).contains("'compare' could be", " or ", "write more of the name");
        assertThat(ravine("runs", "show", "spectrum")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no such run");
        Path outside = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(outside.resolve("thesis.txt"), "years");
        assertThat(ravine("runs", "delete", "--yes", outside.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("is not a run in");
        assertThat(outside.resolve("thesis.txt")).hasContent("years");
        assertThat(ravine("runs", "delete", "latest")).isEqualTo(1);
        assertThat(err.toString()).contains("add --yes");
        assertThat(made()).hasSize(2);
    }

    @Test
    void nothingOfAnEarlierReportIsLeftOverInAChosenFolder() throws IOException {
        Path chosen = folder.resolve("chosen");
        conditioned("--out", chosen.toString());
        assertThat(chosen.resolve("steps.csv")).exists();
        Files.writeString(chosen.resolve("my-notes.csv"), "mine");
        assertThat(ravine("spectrum", "--problem", "regress", "--hidden", "2", "--out", chosen.toString()))
                .as(err::toString)
                .isZero();
        assertThat(chosen.resolve("steps.csv")).doesNotExist();
        assertThat(chosen.resolve("results.csv")).doesNotExist();
        assertThat(chosen.resolve("my-notes.csv")).hasContent("mine");
        assertThat(chosen.resolve("index.html")).exists();
        assertThat(folder.resolve("runs")).doesNotExist();
    }
}
