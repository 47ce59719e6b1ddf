package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A test that runs commands in this process and looks at what they print and write. */
abstract class RunsCommands {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    CommandLine commandLine() {
        CommandLine command = Ravine.commandLine(folder.resolve("runs"));
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        return command;
    }

    int ravine(String... args) {
        return commandLine().execute(args);
    }

    /** What a command that succeeds has printed, after what others printed before. */
    String printed(String... args) {
        assertThat(ravine(args)).as(err::toString).isZero();
        return out.toString();
    }

    /** The rows of a file in the folder, by the names in its first line. */
    List<CSVRecord> records(String name) throws IOException {
        return CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(Files.newBufferedReader(folder.resolve(name + ".csv")))
                .getRecords();
    }
}
