package dev.ravine.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompareTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int ravine(String... args) {
        CommandLine command = Ravine.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        return command.execute(args);
    }

    @Test
    void comparesThreeOptimizersAndRecordsEveryStep() throws IOException {
        Path csv = folder.resolve("deep/compare.csv");
        assertThat(ravine("compare", "--seconds", "0.3", "--hidden", "16", "--csv", csv.toString()))
                .as(err::toString)
                .isZero();
        assertThat(out.toString())
                .contains("net 784-16-10 (12,730 parameters), 8,000 training and 2,000 test examples")
                .contains("training loss")
                .contains("momentum:lr")
                .contains("adam:lr")
                .contains("hf:lambda");
        List<CSVRecord> steps = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(Files.newBufferedReader(csv))
                .getRecords();
        assertThat(steps).hasSizeGreaterThan(5);
        for (String optimizer : List.of("momentum", "adam", "hf")) {
            List<CSVRecord> own = steps.stream()
                    .filter(r -> r.get("optimizer").startsWith(optimizer))
                    .toList();
            assertThat(own).as(optimizer).isNotEmpty();
            for (int i = 0; i < own.size(); i++) {
                assertThat(own.get(i).get("step")).isEqualTo(Integer.toString(i + 1));
                assertThat(Double.parseDouble(own.get(i).get("loss"))).isPositive();
            }
            // All begin at the same parameters; their first losses differ by the batch only.
            assertThat(Double.parseDouble(own.get(0).get("loss"))).isBetween(2.0, 2.8);
            assertThat(own.get(0).get("iterations").isEmpty()).isEqualTo(!optimizer.equals("hf"));
        }
    }

    @Test
    void trainsAnAutoencoderWithChosenOptimizers() throws IOException {
        Path csv = folder.resolve("steps.csv");
        int exit = ravine(
                "compare",
                "--problem",
                "autoencode",
                "--hidden",
                "20,5",
                "--seconds",
                "0.3",
                "--optimizer",
                "nesterov:lr=0.01,mu=0.99,schedule=on,batch=200",
                "--optimizer",
                "lbfgs:memory=5",
                "--optimizer",
                "block-newton:lambda=1,exact=200,chunk=100,data=500",
                "--csv",
                csv.toString());
        assertThat(exit).as(err::toString).isZero();
        assertThat(out.toString())
                .contains("autoencode: MNIST subset, net 784-20-5-20-784 (32,389 parameters)")
                .contains("nesterov:lr=0.01")
                .contains("lbfgs:memory=5")
                .contains("block-newton:lambda=1")
                .contains("test error");
        assertThat(Files.readString(csv)).contains("'2' EXACT SOLVED");
    }

    @Test
    void budgetsCanBeWorkOrEpochs() {
        String[] net = {
            "--hidden", "8", "--optimizer", "adam", "--optimizer", "hf:chunk=500", "--csv", folder + "/a.csv"
        };
        assertThat(ravine(Stream.concat(Stream.of("compare", "--gradients", "3"), Stream.of(net))
                        .toArray(String[]::new)))
                .as(err::toString)
                .isZero();
        assertThat(out.toString()).contains("3 gradients each");
        assertThat(ravine(Stream.concat(Stream.of("compare", "--epochs", "1"), Stream.of(net))
                        .toArray(String[]::new)))
                .as(err::toString)
                .isZero();
        assertThat(out.toString()).contains("1 epochs each").containsPattern("adam .* +1\\.0 +1\\.0\n");
    }

    @Test
    void listsWhatOptimizersAndSettingsThereAre() {
        assertThat(ravine("compare", "--optimizer", "sdg")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no optimizer 'sdg', but sgd, momentum, nesterov");
        assertThat(ravine("compare", "--optimizer", "hf:lamda=1")).isEqualTo(2);
        assertThat(err.toString()).contains("'lamda=1' is not a setting of hf; settings are lambda=, chunk=");
        assertThat(ravine("compare", "--optimizer", "adam:lr=fast")).isEqualTo(1);
        assertThat(err.toString()).contains("the setting lr of adam must be a number, found 'fast'");
        assertThat(ravine("compare", "--optimizer", "newton:treatment=none")).isEqualTo(1);
        assertThat(err.toString()).contains("must be one of shift, absolute-eigenvalues, trust-region, found 'none'");
    }

    @Test
    void readsAFolderOfIdxFiles() throws IOException {
        write("train-images-idx3-ubyte", images(60));
        write("train-labels-idx1-ubyte", labels(60));
        write("t10k-images-idx3-ubyte", images(20));
        write("t10k-labels-idx1-ubyte", labels(20));
        int exit = ravine("compare", "--data", folder.toString(), "--seconds", "0.05", "--csv", folder + "/steps.csv");
        assertThat(exit).as(err::toString).isZero();
        assertThat(out.toString()).contains("60 training and 20 test examples").contains("net 4-32-16-3");
    }

    @Test
    void saysInOneLineWhatIsWrongWithTheData() throws IOException {
        assertThat(ravine("compare", "--data", folder.resolve("nothing").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).startsWith("ravine: ").contains("nothing").doesNotContain("\tat ");
        write("train-images-idx3-ubyte", images(60));
        write("train-labels-idx1-ubyte", labels(59));
        write("t10k-images-idx3-ubyte", images(20));
        write("t10k-labels-idx1-ubyte", labels(20));
        err.getBuffer().setLength(0);
        assertThat(ravine("compare", "--data", folder.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("59").contains("60").doesNotContain("\tat ");
    }

    @Test
    void refusesBadOptions() {
        assertThat(ravine("compare", "--seconds", "-1")).isEqualTo(2);
        assertThat(err.toString()).contains("--seconds must be positive, found -1.0");
        assertThat(ravine("compare", "--seconds", "1", "--epochs", "1")).isEqualTo(2);
        assertThat(err.toString()).contains("only one of --seconds, --gradients and --epochs");
        assertThat(ravine("compare", "--hidden", "none")).isEqualTo(2);
        assertThat(ravine("compare", "--speed", "9")).isEqualTo(2);
        assertThat(ravine("--help")).isZero();
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name), bytes);
    }

    private static byte[] images(int n) {
        byte[] file = new byte[16 + 4 * n];
        System.arraycopy(new byte[] {0, 0, 8, 3, 0, 0, 0, (byte) n, 0, 0, 0, 2, 0, 0, 0, 2}, 0, file, 0, 16);
        for (int i = 0; i < n; i++) {
            file[16 + 4 * i + i % 3] = (byte) 200;
        }
        return file;
    }

    private static byte[] labels(int n) {
        byte[] file = new byte[8 + n];
        System.arraycopy(new byte[] {0, 0, 8, 1, 0, 0, 0, (byte) n}, 0, file, 0, 8);
        for (int i = 0; i < n; i++) {
            file[8 + i] = (byte) (i % 3);
        }
        return file;
    }
}
