package dev.ravine.cli.problem;

import dev.ravine.core.data.Idx;
import dev.ravine.core.data.TrainTest;
import dev.ravine.examples.MnistSubset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Images and their labels.
 *
 * @param name where they come from
 * @param set FLOAT32 pixels in [0, 1] with labels
 */
record ImageData(String name, TrainTest set) {
    /** Whether the data are images, included or in a folder, and not a table. */
    static boolean isMeant(Problem.Choices choices) {
        return choices.data() == null || Files.isDirectory(choices.data());
    }

    /** The images of a folder, or the digits included if none is given. */
    static ImageData of(Problem.Choices choices) throws IOException {
        Problem.Choices.require(
                choices.target() == null, "--target names a column of a CSV file, and needs --data FILE.csv");
        Path folder = choices.data();
        return folder == null
                ? new ImageData("MNIST subset", MnistSubset.load())
                : new ImageData(folder.toString(), Idx.folder(folder));
    }
}
