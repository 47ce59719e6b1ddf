package dev.ravine.spark;

import dev.ravine.nn.ModuleSetup;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The state of the net that decides its graphs.
 *
 * @param version rises with every change
 * @param module modes, frozen parameters and buffers
 * @param graph a checksum of the graph as text
 */
record Setup(long version, ModuleSetup module, long graph) implements Serializable {
    static long checksum(String graph) {
        CRC32C crc = new CRC32C();
        crc.update(graph.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }
}
