package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.optim.catalogue.OptimizerCatalogue;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.Setting;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest extends RunsCommands {
    @Test
    void withoutACommandThereIsHelp() {
        assertThat(printed()).contains("Usage: ravine", "compare", "runs", "help", "ravine compare --open");
    }

    @Test
    void helpKnowsCommands() {
        assertThat(printed("help", "spectrum")).contains("Usage: ravine spectrum", "--density-probes");
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
