package dev.ravine.core.io;

import dev.ravine.core.DType;
import java.nio.charset.StandardCharsets;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks on what a caller gives to be written under a name. */
final class Names {
    private Names() {}

    /** The dtype of an array, which the error names. */
    static DType dtype(String name, INDArray array) {
        try {
            return DType.of(array);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("array " + Quoted.of(name) + ": " + e.getMessage(), e);
        }
    }

    /** Whether UTF-8 has bytes for a text: half of a surrogate pair has none. */
    static boolean isEncodable(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    static void checkEncodable(String kind, String text) {
        if (!isEncodable(text)) {
            throw new IllegalArgumentException(
                    kind + " " + Quoted.of(text) + " has half of a surrogate pair, which UTF-8 cannot encode");
        }
    }
}
