package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.optim.catalogue.OptimizerCatalogue;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.Setting;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest extends RunsCommands {
    @Test
    void withoutACommandThereIsHelp() {
        assertThat(printed()).contains("Usage: ravine", "compare", "runs", "help", "ravine compare --open");
    }

    @Test
    void helpKnowsCommands() {
        assertThat(printed("help", "spectrum")).contains("Usage: ravine spectrum", "--density-probes");
    }

    /** No example breaks: each begins its line, and a line that begins without an indent is text. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "compare",
                "train",
                "predict",
                "export",
                "study",
                "spectrum",
                "summary",
                "runs",
                "report",
                "help",
                "shell"
            })
    void helpFitsATerminal(String command) {
        String text = printed("help", command);
        assertThat(text.lines()).as("lines of a terminal").allMatch(line -> line.length() <= 80);
        int examples = text.indexOf("\nExamples:\n");
        if (examples >= 0) {
            assertThat(text.substring(examples + 1).lines().skip(1)).allMatch(line -> line.startsWith("  "));
        }
    }

    @Test
    void helpOfACommandSaysWhatOptimizersAreAndWhereTheirSettingsAre() {
        assertThat(printed("help", "compare").replaceAll("\\s+", " "))
                .contains("hf Hessian-free: damped", "'ravine help NAME' explains one and its settings")
                .doesNotContain("first-iterations=none");
    }

    static Stream<OptimizerKind> kinds() {
        return OptimizerCatalogue.load().kinds().stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void helpKnowsEverySettingOfEveryOptimizer(OptimizerKind kind) {
        String text = printed("help", kind.name());
        assertThat(text).startsWith(kind.name() + ": ");
        for (Setting<?> setting : kind.settings()) {
            assertThat(text).contains("  " + setting.key() + "=" + setting.initialText() + " ");
        }
        assertThat(text).containsPattern("--tune\\s+varies\\s+it");
        assertThat(text.lines()).as("lines of a terminal").allMatch(line -> line.length() <= 80);
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        assertThat(ravine("help", "adma")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no command or optimizer 'adma'", "compare", "hf");
    }
}
