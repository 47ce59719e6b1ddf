package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.ravine.cli.problem.Mlp;
import dev.ravine.core.DType;
import dev.ravine.core.io.Safetensors;
import dev.ravine.nn.Module;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpectrumTest extends RunsCommands {
    /** 784-1-10: 805 parameters, which are written out. */
    private static final String[] SMALL = {
        "--hidden", "1", "--examples", "50", "--count", "3", "--steps", "20", "--probes", "6", "--density-probes", "2"
    };

    private int spectrum(String[] shared, String... args) {
        List<String> all = new ArrayList<>(List.of("spectrum", "--out", folder.toString()));
        all.addAll(Arrays.asList(shared));
        all.addAll(Arrays.asList(args));
        return ravine(all.toArray(new String[0]));
    }

    /** Blocks of at most 20 elements are exhausted by 20 steps; the others' nodes lie within the whole spectrum. */
    @Test
    void comparesTheSpectraOfBlocks() throws IOException {
        assertThat(spectrum(SMALL, "--blocks", "--double", "--matrix", "gauss-newton", "--l2", "0"))
                .as(err::toString)
                .isZero();
        assertThat(out.toString()).contains("blocks of the Gauss-Newton matrix, fresh", "Jensen-Shannon distance");
        List<CSVRecord> blocks = records("gauss-newton-matrix-fresh-blocks");
        assertThat(blocks)
                .extracting(r -> r.get("parameter"))
                .containsExactly("0.weight", "0.bias", "2.weight", "2.bias");
        double whole =
                Double.parseDouble(records("gauss-newton-eigenvalues").get(0).get("eigenvalue"));
        double trace = 0;
        for (CSVRecord block : blocks) {
            assertThat(Double.parseDouble(block.get("largest"))).isPositive().isLessThan(whole * (1 + 1e-9));
            assertThat(Double.parseDouble(block.get("smallest"))).isGreaterThan(-1e-9 * whole);
            assertThat(Double.parseDouble(block.get("distance"))).isBetween(0.0, 1.0);
            trace += Double.parseDouble(block.get("trace"));
        }
        // The block of one element is its own eigenvalue, and its trace.
        assertThat(blocks.get(1).get("largest")).isEqualTo(blocks.get(1).get("trace"));
        assertThat(trace).isGreaterThan(whole);
        List<CSVRecord> distances = records("gauss-newton-matrix-fresh-blocks-distances");
        assertThat(distances.get(1).get("2.bias")).isEqualTo(distances.get(3).get("0.bias"));
        assertThat(Double.parseDouble(distances.get(2).get("2.weight"))).isZero();
    }

    @Test
    void studiesAFreshAndATrainedNetAndWritesAReport() throws IOException {
        assertThat(spectrum(SMALL, "--gradients", "3", "--optimizer", "adam:lr=1e-2", "--double"))
                .as(err::toString)
                .isZero();
        assertThat(out.toString())
                .contains("net 784-1-10 (805 parameters), curvature over 50 of 8,000 training examples, L2 0.0005")
                .contains("Hessian, fresh (written out, LAPACK")
                .contains("Gauss-Newton matrix, trained")
                .contains("0.weight")
                .contains("trained with adam:lr=1e-2");
        assertThat(folder.resolve("index.html")).exists();
        List<CSVRecord> values = records("gauss-newton-eigenvalues");
        assertThat(values).hasSize(2 * 2 * 3);
        for (CSVRecord r : values) {
            double value = Double.parseDouble(r.get("eigenvalue"));
            // L2 is the smallest eigenvalue of a singular matrix with it.
            assertThat(value).isGreaterThan(4.9999e-4);
            assertThat(r.get("complete")).isEqualTo("yes");
        }
        assertThat(records("hessian-diagonal")).hasSize(2 * 4);
        CSVRecord largest = records("hessian-figures").get(0);
        assertThat(largest.get("figure")).isEqualTo("largest eigenvalue");
        assertThat(Double.parseDouble(largest.get("fresh"))).isPositive();
        assertThat(Double.parseDouble(largest.get("trained"))).isPositive();
        assertThat(records("hessian-density")).isNotEmpty();
    }

    @Test
    void lanczosAndTheMatrixWrittenOutAgree() throws IOException {
        // 784-3-10 has 2,395 parameters, too many to be written out.
        String[] lanczos = {"--hidden", "3", "--examples", "60", "--count", "2", "--steps", "60", "--probes", "6"};
        assertThat(spectrum(lanczos, "--matrix", "hessian", "--double", "--density-probes", "1"))
                .as(err::toString)
                .isZero();
        assertThat(out.toString()).contains("Hessian, fresh (Lanczos,").doesNotContain("Gauss-Newton matrix, fresh");
        double nodes = records("hessian-nodes").stream()
                .mapToDouble(r -> Double.parseDouble(r.get("node")))
                .max()
                .getAsDouble();
        double largest =
                Double.parseDouble(records("hessian-eigenvalues").get(0).get("eigenvalue"));
        // Another start, the same end.
        assertThat(nodes / largest).isBetween(1 - 1e-9, 1 + 1e-9);
    }

    /** Far fewer steps than the zero eigenvalues of a net need. */
    @Test
    void whatIsNotConvergedIsABoundOnly() throws IOException {
        String[] few = {"--hidden", "3", "--examples", "60", "--count", "2", "--steps", "8", "--probes", "6"};
        assertThat(spectrum(few, "--matrix", "gauss-newton", "--density-probes", "1"))
                .as(err::toString)
                .isZero();
        assertThat(out.toString())
                .containsPattern("eigenvalues from at most \\S+ \\(not converged\\) to ")
                .contains("error: the standard error of one element");
        CSVRecord row = records("gauss-newton-figures").get(3);
        assertThat(row.get("figure")).isEqualTo("smallest: converged");
        assertThat(row.get("fresh")).startsWith("no");
    }

    @Test
    void helpListsTheMatrices() {
        String[] none = {};
        assertThat(spectrum(none, "--help")).isZero();
        assertThat(out.toString().replaceAll("\\s+", " ")).contains("hessian, gauss-newton, both (default: both)");
    }

    @Test
    void beginsWithGivenWeights() throws IOException {
        Module net = Mlp.of(List.of(784, 1, 10));
        net.initialize(DType.FLOAT32, 99);
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, net.stateDict(), Map.of());
        assertThat(spectrum(SMALL, "--weights", file.toString(), "--matrix", "hessian"))
                .as(err::toString)
                .isZero();
        String given = records("hessian-eigenvalues").get(0).get("eigenvalue");
        assertThat(spectrum(SMALL, "--seed", "99", "--matrix", "hessian")).isZero();
        // The same start by its seed.
        assertThat(records("hessian-eigenvalues").get(0).get("eigenvalue")).isEqualTo(given);
        assertThat(spectrum(SMALL, "--weights", file.toString(), "--hidden", "2"))
                .isEqualTo(2);
    }

    /** Every eigenvalue of the problem is known: 1 down to a thousandth. */
    @Test
    void findsTheSpectrumOfTheConditionedProblem() throws IOException {
        String[] conditioned = {"--problem", "conditioned", "--condition", "1e3", "--count", "4", "--probes", "6"};
        assertThat(spectrum(conditioned, "--double", "--density-probes", "1"))
                .as(err::toString)
                .isZero();
        for (String matrix : List.of("hessian", "gauss-newton")) {
            List<CSVRecord> values = records(matrix + "-eigenvalues");
            for (int i = 0; i < 4; i++) {
                double step = Math.pow(1e-3, i / 99.0);
                assertThat(Double.parseDouble(values.get(i).get("eigenvalue"))).isCloseTo(step, withinPercentage(1e-8));
                assertThat(Double.parseDouble(values.get(4 + i).get("eigenvalue")))
                        .isCloseTo(1e-3 / step, withinPercentage(1e-6));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"regress, 3", "autoencode, 2"})
    void takesTheOtherProblemsToo(String problem, String width) throws IOException {
        String[] rest = Arrays.copyOfRange(SMALL, 2, SMALL.length);
        assertThat(spectrum(rest, "--problem", problem, "--hidden", width, "--gradients", "2"))
                .as(err::toString)
                .isZero();
        assertThat(out.toString()).contains(problem + ": ").contains("Gauss-Newton matrix, trained");
        assertThat(records("gauss-newton-eigenvalues")).hasSize(2 * 2 * 3);
    }

    @Test
    void saysWhatIsWrong() {
        String[] none = {};
        assertThat(spectrum(none, "--matrix", "fisher")).isEqualTo(2);
        assertThat(err.toString()).contains("--matrix must be one of [hessian, gauss-newton, both], found 'fisher'");
        assertThat(spectrum(none, "--count", "200")).isEqualTo(2);
        assertThat(err.toString()).contains("--count must be from 1 to --steps 100, found 200");
        assertThat(spectrum(none, "--train", "1", "--gradients", "1")).isEqualTo(2);
        assertThat(spectrum(none, "--examples", "9000")).isEqualTo(2);
        assertThat(err.toString()).contains("--examples must be from 1 to 8000, found 9000");
        assertThat(spectrum(none, "--optimizer", "sdg")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no optimizer 'sdg'");
        assertThat(spectrum(none, "--weights", folder.resolve("missing").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("ravine: ").contains("missing").doesNotContain("\tat ");
        assertThat(spectrum(none, "--problem", "classfy")).isEqualTo(2);
        assertThat(err.toString()).contains("classify, autoencode, regress, conditioned");
    }
}
