package dev.ravine.spark;

import dev.ravine.optim.training.CheckpointFolder;
import dev.ravine.optim.training.CheckpointMirror;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;

/**
 * Checkpoints on a file system of Hadoop, such as {@code hdfs://}, {@code s3a://} or {@code file:}, so that a run goes on
 * although the driver's machine is lost. One run at a time uses a folder; no lock keeps others out.
 */
public final class HadoopCheckpoints implements CheckpointMirror {
    private final FileSystem files;
    private final Path folder;

    private HadoopCheckpoints(FileSystem files, Path folder) {
        this.files = files;
        this.folder = folder;
    }

    /**
     * {@return a folder for a trainer} Checkpoints are written to a temporary folder of the driver, which stays
     * there, and copied.
     *
     * @param spark whose configuration of Hadoop is used
     * @param folder an address, such as {@code hdfs://HOST/runs/digits}; made when the first checkpoint is written
     * @param keep how many of the latest to keep, at least 1
     * @throws IOException if there is no such file system, or it cannot be reached
     */
    public static CheckpointFolder at(SparkContext spark, String folder, int keep) throws IOException {
        HadoopCheckpoints copies = of(spark.hadoopConfiguration(), folder);
        return new CheckpointFolder(Files.createTempDirectory("ravine-checkpoints"), keep, copies);
    }

    /**
     * {@return the copies of a {@link CheckpointFolder} of the caller's}
     *
     * @param configuration of Hadoop
     * @param folder an address
     * @throws IOException if there is no such file system, or it cannot be reached
     */
    public static HadoopCheckpoints of(Configuration configuration, String folder) throws IOException {
        Path path = new Path(folder);
        try {
            return new HadoopCheckpoints(path.getFileSystem(configuration), path);
        } catch (IOException e) {
            throw new IOException(
                    folder + ": no file system of Hadoop there (" + e.getMessage()
                            + "); expected an address such as hdfs://HOST/runs/digits or file:/runs/digits",
                    e);
        }
    }

    @Override
    public List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        try {
            for (FileStatus file : files.listStatus(folder)) {
                names.add(file.getPath().getName());
            }
        } catch (FileNotFoundException e) {
            return List.of();
        }
        return names;
    }

    /** {@inheritDoc} The copy has another name until it is whole. */
    @Override
    public void put(java.nio.file.Path file) throws IOException {
        String name = file.getFileName().toString();
        Path part = new Path(folder, ".part");
        Path copy = new Path(folder, name);
        files.mkdirs(folder);
        files.copyFromLocalFile(false, true, local(file), part);
        // Not every file system renames over another file.
        files.delete(copy, false);
        if (!files.rename(part, copy)) {
            throw new IOException("cannot rename " + part + " to " + copy);
        }
    }

    @Override
    public void get(String name, java.nio.file.Path to) throws IOException {
        files.copyToLocalFile(false, new Path(folder, name), local(to), true);
    }

    private static Path local(java.nio.file.Path file) {
        return new Path(file.toUri());
    }

    @Override
    public void delete(String name) throws IOException {
        files.delete(new Path(folder, name), false);
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
