package dev.ravine.cli.command;

import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.net.URI;

/** Shows a page in a browser. */
final class Browser {
    private Browser() {}

    /** Opens a page with the desktop's browser, or else with {@code xdg-open}. */
    static void open(URI page) throws IOException {
        if (!GraphicsEnvironment.isHeadless()
                && Desktop.isDesktopSupported()
                && Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)) {
            Desktop.getDesktop().browse(page);
            return;
        }
        try {
            new ProcessBuilder("xdg-open", page.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new IOException(
                    "--open found no browser: this machine has no desktop and no xdg-open; open " + page + " by hand",
                    e);
        }
    }
}
