package dev.ravine.spark.data;

/**
 * The CRC-32C of parts one after the other, from the parts' own. A CRC is linear: the remainder of the first part,
 * moved up by the length of the second one, plus the remainder of the second one. Moving by a bit is a 32 by 32 matrix
 * of bits, which is squared for each binary digit of the length.
 */
final class JoinedCrc {
    /** The polynomial of CRC-32C (Castagnoli), with the highest power in the lowest bit. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private long value;

    long value() {
        return value;
    }

    /** Adds a part with so many bytes. */
    void add(long crc, long bytes) {
        value = moved(value, bytes) ^ crc;
    }

    private static long moved(long crc, long bytes) {
        int[] matrix = new int[32];
        matrix[0] = POLYNOMIAL;
        for (int i = 1; i < 32; i++) {
            matrix[i] = 1 << (i - 1);
        }
        int moved = (int) crc;
        // A byte is 2^3 bits.
        matrix = squared(squared(squared(matrix)));
        for (long rest = bytes; rest > 0; rest >>= 1) {
            if ((rest & 1) == 1) {
                moved = times(matrix, moved);
            }
            matrix = squared(matrix);
        }
        return Integer.toUnsignedLong(moved);
    }

    private static int times(int[] matrix, int vector) {
        int sum = 0;
        for (int i = 0; i < 32; i++) {
            if ((vector >>> i & 1) == 1) {
                sum ^= matrix[i];
            }
        }
        return sum;
    }

    private static int[] squared(int[] matrix) {
        int[] square = new int[32];
        for (int i = 0; i < 32; i++) {
            square[i] = times(matrix, matrix[i]);
        }
        return square;
    }
}
