package dev.ravine.core.io;

import dev.ravine.core.Rng;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Makes hostile files out of good ones, the same from the same seed: flipped bits, cuts, insertions, extreme numbers in
 * place of lengths (as bytes and as digits), splices of two files, and JSON that repeats itself or nests deeply.
 */
final class Mutator {
    private static final long[] EXTREMES = {
        0,
        1,
        2,
        7,
        127,
        128,
        255,
        256,
        65535,
        65536,
        Integer.MAX_VALUE,
        1L << 31,
        0xffff_ffffL,
        1L << 32,
        100_000_000,
        100_000_001,
        1L << 53,
        1L << 61,
        1L << 62,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -2,
        -8
    };
    private static final String[] TOKENS = {
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ",",
        ":",
        "\"",
        "'",
        "\\",
        "\n",
        "\r",
        " ",
        "\0",
        "\u00ff",
        "null",
        "True",
        "-1",
        "0",
        "1e999",
        "NaN",
        "18446744073709551616",
        "99999999999999999999999999",
        "\\u0000",
        "\\ud800",
        "PK\1\2",
        "PK\3\4",
        "PK\5\6",
        "\u0093NUMPY\1\0",
        "\u001f\u008b\b",
        "__metadata__",
        "data_offsets",
        "shape",
        "descr",
        "fortran_order",
        "<f4",
        "|O",
        "F16",
        "../",
        "\u00ef\u00bb\u00bf"
    };
    private static final int LONGEST = 1 << 16;

    private final List<byte[]> corpus;
    private final Rng rng;

    Mutator(List<byte[]> corpus, long seed) {
        this.corpus = corpus;
        this.rng = new Rng(seed);
    }

    /** One more file: mostly a single change, at times several. */
    byte[] next() {
        byte[] bytes = pick();
        do {
            bytes = mutate(bytes);
        } while (rng.nextInt(3) == 0);
        return bytes.length > LONGEST ? Arrays.copyOf(bytes, LONGEST) : bytes;
    }

    private byte[] pick() {
        return corpus.get(rng.nextInt(corpus.size())).clone();
    }

    private byte[] mutate(byte[] bytes) {
        return switch (rng.nextInt(13)) {
            case 0, 1, 2 -> flipped(bytes);
            case 3 -> Arrays.copyOf(bytes, rng.nextInt(bytes.length + 1));
            case 4 -> Arrays.copyOf(bytes, bytes.length + 1 + rng.nextInt(16));
            case 5 -> replaced(bytes, place(bytes), 0, randomBytes());
            case 6 -> {
                int at = place(bytes);
                yield replaced(bytes, at, Math.min(bytes.length - at, 1 + rng.nextInt(16)), new byte[0]);
            }
            case 7 -> binaryNumber(bytes);
            case 8 -> digits(bytes);
            case 9 -> splice(bytes, pick());
            case 10 -> {
                byte[] token = latin1(TOKENS[rng.nextInt(TOKENS.length)]);
                int at = place(bytes);
                yield replaced(bytes, at, rng.nextBoolean() ? Math.min(token.length, bytes.length - at) : 0, token);
            }
            case 11 -> repeated(bytes);
            default -> nested(bytes);
        };
    }

    /** A place near the start, where headers are, as often as anywhere. */
    private int place(byte[] bytes) {
        return rng.nextInt(1 + (rng.nextBoolean() ? Math.min(bytes.length, 256) : bytes.length));
    }

    private byte[] flipped(byte[] bytes) {
        int flips = bytes.length == 0 ? 0 : 1 << rng.nextInt(4);
        for (int i = 0; i < flips; i++) {
            bytes[Math.min(place(bytes), bytes.length - 1)] ^= (byte) (1 << rng.nextInt(8));
        }
        return bytes;
    }

    private byte[] randomBytes() {
        byte[] random = new byte[1 + rng.nextInt(32)];
        rng.nextBytes(random);
        return random;
    }

    /** An extreme number in 1, 2, 4 or 8 bytes of either order. */
    private byte[] binaryNumber(byte[] bytes) {
        int width = 1 << rng.nextInt(4);
        ByteBuffer number = ByteBuffer.allocate(8);
        if (rng.nextBoolean()) {
            number.putLong(extreme() << (64 - 8 * width));
        } else {
            number.order(ByteOrder.LITTLE_ENDIAN).putLong(extreme());
        }
        int at = place(bytes);
        return replaced(bytes, at, Math.min(width, bytes.length - at), Arrays.copyOf(number.array(), width));
    }

    private long extreme() {
        return EXTREMES[rng.nextInt(EXTREMES.length)] + (rng.nextInt(4) == 0 ? rng.nextInt(3) - 1 : 0);
    }

    /** An extreme number in place of digits. */
    private byte[] digits(byte[] bytes) {
        int from = place(bytes);
        while (from < bytes.length && !isDigit(bytes[from])) {
            from++;
        }
        int to = from;
        while (to < bytes.length && isDigit(bytes[to])) {
            to++;
        }
        return replaced(bytes, from, to - from, latin1(String.valueOf(extreme())));
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private byte[] splice(byte[] bytes, byte[] other) {
        int at = place(bytes);
        int from = place(other);
        return replaced(bytes, at, bytes.length - at, Arrays.copyOfRange(other, from, other.length));
    }

    /** A stretch of the file over and over. */
    private byte[] repeated(byte[] bytes) {
        int from = place(bytes);
        int to = Math.min(bytes.length, from + 1 + rng.nextInt(64));
        ByteArrayOutputStream copies = new ByteArrayOutputStream();
        for (int i = 1 << rng.nextInt(9); i > 0; i--) {
            copies.write(bytes, from, to - from);
        }
        return replaced(bytes, from, 0, copies.toByteArray());
    }

    /** Many opening brackets, some followed by as many closing ones. */
    private byte[] nested(byte[] bytes) {
        int depth = 1 << rng.nextInt(14);
        String open = new String[] {"[", "{\"a\":", "(", "{'a': ", "\""}[rng.nextInt(5)];
        String close = new String[] {"]", "}", ")", "", "\","}[rng.nextInt(5)];
        String text = open.repeat(depth) + close.repeat(rng.nextBoolean() ? depth : 0);
        return replaced(bytes, place(bytes), 0, latin1(text));
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] replaced(byte[] bytes, int at, int removed, byte[] inserted) {
        byte[] result = new byte[bytes.length - removed + inserted.length];
        System.arraycopy(bytes, 0, result, 0, at);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(bytes, at + removed, result, at + inserted.length, bytes.length - at - removed);
        return result;
    }
}
