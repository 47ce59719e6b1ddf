package dev.ravine.examples;

import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Idx;
import dev.ravine.core.data.TrainTest;
import java.io.IOException;
import java.io.InputStream;

/**
 * 8,000 training and 2,000 test digits that come with the examples: the first 10,000 of MNIST's training set (Yann
 * LeCun, Corinna Cortes, Christopher Burges; CC BY-SA 3.0; see ORIGIN.md beside the files).
 */
public final class MnistSubset {
    private MnistSubset() {}

    /**
     * Reads both parts.
     *
     * @return FLOAT32 pixels in [0, 1] with labels 0 to 9
     * @throws IOException if the resource is missing or corrupt
     */
    public static TrainTest load() throws IOException {
        return new TrainTest(part("train"), part("t10k"));
    }

    private static DataSet part(String prefix) throws IOException {
        String images = "mnist-10k/" + prefix + "-images-idx3-ubyte.gz";
        String labels = "mnist-10k/" + prefix + "-labels-idx1-ubyte.gz";
        try (InputStream i = MnistSubset.class.getResourceAsStream(images);
                InputStream l = MnistSubset.class.getResourceAsStream(labels)) {
            return DataSet.of(Idx.images(i, images), Idx.labels(l, labels));
        }
    }
}
