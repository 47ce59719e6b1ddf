package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NetSummaryTest extends RunsCommands {
    /** No layer is left out, not even one without parameters and work. */
    @Test
    void everyLayerOfANetHasItsRow() {
        List<String> names = printed("summary", "--net", "conv", "--examples", "2")
                .lines()
                .skip(2)
                .takeWhile(line -> !line.startsWith("all"))
                .map(line -> line.split(" ", 2)[0])
                .toList();
        assertThat(names)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(0, 10).mapToObj(Integer::toString).toList());
    }

    @Test
    void layersInsideAnotherStandBelowIt() {
        String text = printed("summary", "--net", "transformer", "--examples", "2");
        assertThat(text).containsPattern("\n4 +TransformerEncoderLayer.*\n  norm1 +LayerNorm +\\[28, 64\\] +128 ");
        assertThat(text).containsPattern("\n    out_proj +Linear +\\[28, 64\\] +4,160 ");
        assertThat(text.lines()).as("lines of a terminal").allMatch(line -> line.length() <= 80);
    }
}
