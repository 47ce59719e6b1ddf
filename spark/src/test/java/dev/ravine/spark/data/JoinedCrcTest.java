package dev.ravine.spark.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class JoinedCrcTest {
    /** Against the JDK's checksum of the whole. */
    @Test
    void checksumsOfPartsAreJoined() {
        byte[] bytes = new byte[1000];
        new Random(1).nextBytes(bytes);
        JoinedCrc joined = new JoinedCrc();
        for (int[] part : new int[][] {{0, 1}, {1, 1}, {1, 700}, {700, 1000}}) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, part[0], part[1] - part[0]);
            joined.add(crc.getValue(), part[1] - part[0]);
        }
        CRC32C whole = new CRC32C();
        whole.update(bytes);
        assertThat(joined.value()).isEqualTo(whole.getValue());
    }
}
