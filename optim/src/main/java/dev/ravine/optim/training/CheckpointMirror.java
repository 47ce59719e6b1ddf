package dev.ravine.optim.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A place that holds copies of a {@link CheckpointFolder}'s files, such as a distributed file system, so that a run goes
 * on although its machine is lost. Nothing locks it: one run at a time uses it.
 */
public interface CheckpointMirror {
    /**
     * {@return the names of all files there, in any order; none if the place does not exist yet}
     *
     * @throws IOException if the place cannot be read
     */
    List<String> names() throws IOException;

    /**
     * Copies a file there, whole or not at all. A copy under this name is replaced.
     *
     * @param file on this machine
     * @throws IOException if that fails
     */
    void put(Path file) throws IOException;

    /**
     * Copies a file back.
     *
     * @param name one of {@link #names}
     * @param to a new file on this machine
     * @throws IOException if that fails
     */
    void get(String name, Path to) throws IOException;

    /**
     * Deletes a copy, if it is there.
     *
     * @param name of the file
     * @throws IOException if that fails
     */
    void delete(String name) throws IOException;
}
