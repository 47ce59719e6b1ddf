package dev.ravine.core.io;

import dev.ravine.core.DType;
import java.nio.charset.StandardCharsets;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks of names, and of arrays that are written under a name. */
final class Names {
    private Names() {}

    /** The dtype of an array; the error names the array. */
    static DType dtype(String name, INDArray array) {
        try {
            return DType.of(array);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("array " + Quoted.of(name) + ": " + e.getMessage(), e);
        }
    }

    /** Whether UTF-8 can encode a text: it cannot encode half of a surrogate pair. */
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
