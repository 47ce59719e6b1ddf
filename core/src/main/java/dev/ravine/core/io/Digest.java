package dev.ravine.core.io;

import dev.ravine.core.Check;
import dev.ravine.core.Elements;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A checksum of named arrays and texts, by which a file that was damaged is told from one that was not. */
public final class Digest {
    private Digest() {}

    /**
     * {@return the SHA-256 of names, dtypes, shapes and numbers of all arrays, and of all texts, each in the order of
     * names; 64 hexadecimal digits}
     *
     * @param arrays by name
     * @param metadata texts by name
     */
    public static String of(Map<String, INDArray> arrays, Map<String, String> metadata) {
        Check.noNullsIn("the arrays", arrays);
        Check.noNullsIn("the texts of the metadata", metadata);
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        new TreeMap<>(metadata).forEach((name, value) -> update(digest, name + "\0" + value + "\0"));
        double[] block = new double[4096];
        ByteBuffer bytes = ByteBuffer.allocate(8 * block.length);
        new TreeMap<>(arrays).forEach((name, array) -> {
            update(digest, name + "\0" + array.dataType() + Arrays.toString(array.shape()) + "\0");
            Elements elements = Elements.of(array);
            for (int from = 0; from < elements.size(); from += block.length) {
                int count = Math.min(block.length, elements.size() - from);
                elements.read(from, count, block);
                bytes.clear();
                for (int i = 0; i < count; i++) {
                    bytes.putLong(Double.doubleToRawLongBits(block[i]));
                }
                digest.update(bytes.flip());
            }
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }
}
