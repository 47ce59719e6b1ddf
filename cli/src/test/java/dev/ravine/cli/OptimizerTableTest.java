package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.optim.catalogue.OptimizerCatalogue;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/optimizers.md lists every optimizer of the command with its settings, defaults and ranges. */
class OptimizerTableTest {
    @Test
    void theTableIsTheCatalogue() throws IOException {
        assertThat(Path.of("../docs/optimizers.md"))
                .content()
                .as("to be copied into the page when the catalogue changes:%n%s", table())
                .contains(table());
        assertThat(Files.readString(Path.of("../docs/optimizers.md"))).containsOnlyOnce("| name | setting |");
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| name | setting | default | values | meaning |\n");
        table.append("| --- | --- | --- | --- | --- |\n");
        for (OptimizerKind kind : OptimizerCatalogue.load().kinds()) {
            table.append("| `" + kind.name() + "` | | | | **" + kind.help() + "** |\n");
            for (Setting<?> setting : kind.settings()) {
                String isMain = setting == kind.main().setting() ? "; tuned" : "";
                table.append("| | `" + setting.key() + "` | " + setting.initialText() + " | " + setting.range() + " | "
                        + setting.help() + isMain + " |\n");
            }
        }
        return table.toString();
    }
}
