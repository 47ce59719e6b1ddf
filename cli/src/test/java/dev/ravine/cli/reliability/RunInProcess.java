package dev.ravine.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.optim.training.Checkpoint;
import dev.ravine.optim.training.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A training run in a process of its own, which can be killed; it saves to a folder and prints to a file beside it. */
final class RunInProcess {
    private final Path folder;
    private final Process process;

    private RunInProcess(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /**
     * Starts a run.
     *
     * @param wrapper a command that runs what follows it, or nothing
     * @param main whose main method takes the number of steps and the folder
     */
    static RunInProcess start(List<String> wrapper, Class<?> main, int steps, Path folder) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String name : List.of("user.language", "user.country", "user.timezone")) {
            command.add("-D" + name + "=" + System.getProperty(name, ""));
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                main.getName(),
                Integer.toString(steps),
                folder.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(printed(folder).toFile())
                .start();
        return new RunInProcess(folder, process);
    }

    static RunInProcess start(Class<?> main, int steps, Path folder) throws IOException {
        return start(List.of(), main, steps, folder);
    }

    private static Path printed(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".txt");
    }

    String printed() throws IOException {
        return Files.readString(printed(folder));
    }

    long id() {
        return process.pid();
    }

    /** The exit code, once it has ended. */
    int finish(int withinSeconds) throws InterruptedException {
        assertThat(process.waitFor(withinSeconds, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Kills it with SIGKILL. */
    void kill() throws IOException, InterruptedException {
        assertThat(process.isAlive()).as("still running: %s", printed()).isTrue();
        process.destroyForcibly();
        assertThat(finish(60)).isNotZero();
    }

    /** Waits for a checkpoint after one, by the names of their files, or for the end of the process. */
    void awaitCheckpointAfter(String file) throws IOException, InterruptedException {
        while (process.isAlive() && newest(folder).compareTo(file) <= 0) {
            Thread.sleep(1);
        }
    }

    /** The name of the last file there is, though it may be gone before it could be read. */
    static String newest(Path folder) throws IOException {
        List<Path> files = new CheckpointFolder(folder, 3).files();
        return files.isEmpty() ? "" : files.get(files.size() - 1).getFileName().toString();
    }

    static Checkpoint latest(Path folder) throws IOException {
        return new CheckpointFolder(folder, 3).latest().orElseThrow();
    }

    /** Whether two runs ended with the same bits. */
    static void assertSameEnd(Path found, Path expected) throws IOException {
        Checkpoint one = latest(found);
        Checkpoint other = latest(expected);
        assertThat(one.state().steps()).isEqualTo(other.state().steps());
        assertThat(one.model()).isEqualTo(other.model());
        assertThat(one.state().vectors()).isEqualTo(other.state().vectors());
        assertThat(one.state().numbers()).isEqualTo(other.state().numbers());
        assertThat(one.arrays()).isEqualTo(other.arrays());
    }
}
