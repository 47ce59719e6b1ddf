package dev.ravine.cli.command;

import dev.ravine.cli.runs.RunFolders;
import dev.ravine.optim.training.TensorBoardListener;
import dev.ravine.optim.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** The option of commands that also write event files for TensorBoard: a mixin. */
final class TensorBoardOptions {
    private static final String NOT_IN_NAMES = "[^A-Za-z0-9.,=+-]+";

    @Option(
            names = "--tensorboard",
            paramLabel = "DIR",
            description = "Also writes all steps as event files, each run into a new folder in DIR, for 'tensorboard"
                    + " --logdir DIR'.")
    private Path folder;

    /**
     * Makes the folder of a command's runs, if event files are wanted.
     *
     * @param label of the command's work, for the name of the folder
     * @return makes the listener of each run from the run's name
     */
    Function<String, TrainingListener> begin(String label) throws IOException {
        if (folder == null) {
            return name -> new TrainingListener() {};
        }
        Path runs = new RunFolders(folder).create(label, LocalDateTime.now(ZoneOffset.UTC));
        return name -> new TensorBoardListener(runs.resolve(name.replaceAll(NOT_IN_NAMES, "_")));
    }
}
