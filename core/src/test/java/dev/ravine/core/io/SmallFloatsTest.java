package dev.ravine.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Floats of 16 bits, against NumPy, exact fractions (halves.py) and the formulas of the formats. */
class SmallFloatsTest {
    @TempDir
    Path folder;

    @Test
    void everyPatternOf16BitsIsItsFormulaAndComesBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            double sign = bits < 0x8000 ? 1 : -1;
            double half = SmallFloats.fromHalf((short) bits);
            assertThat(half).isEqualTo((Double) formula(sign, bits >> 10 & 31, bits & 1023, 31, 10, 15));
            // The processor makes every NaN a quiet one, which sets its first bit.
            assertThat((int) SmallFloats.toHalf(half) & 0xffff).isEqualTo(Double.isNaN(half) ? bits | 0x200 : bits);
            double brain = SmallFloats.fromBrain((short) bits);
            assertThat(brain).isEqualTo((Double) formula(sign, bits >> 7 & 255, bits & 127, 255, 7, 127));
            assertThat((int) SmallFloats.toBrain(brain) & 0xffff).isEqualTo(Double.isNaN(brain) ? bits | 0x40 : bits);
        }
    }

    private static double formula(double sign, int exponent, int mantissa, int largest, int bits, int bias) {
        if (exponent == largest) {
            return mantissa == 0 ? sign / 0.0 : Double.NaN;
        }
        double fraction = mantissa * Math.pow(2, -bits) + (exponent == 0 ? 0 : 1);
        return sign * fraction * Math.pow(2, Math.max(exponent, 1) - bias);
    }

    @Test
    void narrowingRoundsToTheNearest() throws IOException {
        double[] values = Arena.toDoubles(Npy.read(Goldens.file("halves.npy")));
        double[] halves = Arena.toDoubles(Npy.read(Goldens.file("halves-f16.npy")));
        double[] brains = Arena.toDoubles(Npy.read(Goldens.file("halves-bf16.npy")));
        assertThat(values).hasSizeGreaterThan(400);
        for (int i = 0; i < values.length; i++) {
            assertThat((int) SmallFloats.toHalf(values[i]) & 0xffff)
                    .as("%s", values[i])
                    .isEqualTo((int) halves[i]);
            assertThat((int) SmallFloats.toBrain(values[i]) & 0xffff)
                    .as("%s", values[i])
                    .isEqualTo((int) brains[i]);
        }
    }

    @Test
    void filesOfOtherProgramsAreRead() throws IOException {
        INDArray half =
                Safetensors.read(Goldens.file("f16.safetensors")).arrays().get("half");
        assertThat(DType.of(half)).isEqualTo(DType.FLOAT32);
        assertThat(Arena.toDoubles(half)).containsExactly(1);
        INDArray brain =
                Safetensors.read(Goldens.file("bf16.safetensors")).arrays().get("brain");
        assertThat(DType.of(brain)).isEqualTo(DType.FLOAT32);
        assertThat(Arena.toDoubles(brain)).containsExactly(1);
        assertThat(Arena.toDoubles(Npy.read(Goldens.file("f2.npy")))).containsExactly(1);
        Map<String, INDArray> archive = Npz.read(Goldens.file("half.npz"));
        assertThat(DType.of(archive.get("a"))).isEqualTo(DType.FLOAT32);
        assertThat(Arena.toDoubles(archive.get("a")))
                .containsExactly(1.5, -2.25, 503 * 0x1p-24, 0.0999755859375, Double.POSITIVE_INFINITY, -7);
    }

    @Test
    void anArchiveInHalfPrecisionHasTheBytesOfNumPy() throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put("a", Goldens.matrix(DType.FLOAT64));
        arrays.put("b", Goldens.integers());
        Path file = folder.resolve("half.npz");
        Npz.write(file, arrays, FloatFormat.F16);
        Map<String, INDArray> own = Npz.read(file);
        Map<String, INDArray> numpy = Npz.read(Goldens.file("half.npz"));
        numpy.forEach((name, array) ->
                assertThat(Goldens.bits(own.get(name))).as(name).isEqualTo(Goldens.bits(array)));
        assertThat(Files.size(file)).isLessThan(800);
        assertThatThrownBy(() -> Npz.write(file, arrays, FloatFormat.BF16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("NumPy has no type for BF16", "safetensors");
    }

    @Test
    void safetensorsAreWrittenInEveryFormat() throws IOException {
        Map<String, INDArray> arrays = Map.of(
                "single", Arena.of(DType.FLOAT32, Shape.of(3), 1, 1.0009765625 + 0x1p-11, -0.1),
                "double", Arena.of(DType.FLOAT64, Shape.of(1, 1), 1e-40),
                "step", Arena.ofIntegers(7));
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, arrays, Map.of(), FloatFormat.F16);
        Map<String, INDArray> half = Safetensors.read(file).arrays();
        assertThat(Arena.toDoubles(half.get("single"))).containsExactly(1, 1.001953125, -0.0999755859375);
        assertThat(Arena.toDoubles(half.get("double"))).containsExactly(0);
        assertThat(Arena.toDoubles(half.get("step"))).containsExactly(7);
        assertThat(DType.of(half.get("step"))).isEqualTo(DType.INT64);
        Safetensors.write(file, arrays, Map.of(), FloatFormat.BF16);
        assertThat(Arena.toDoubles(Safetensors.read(file).arrays().get("single")))
                .containsExactly(1, 1, -0.10009765625);
        Safetensors.write(file, arrays, Map.of(), FloatFormat.F64);
        assertThat(Arena.toDoubles(Safetensors.read(file).arrays().get("single")))
                .containsExactly(Arena.toDoubles(arrays.get("single")));
        assertThat(DType.of(Safetensors.read(file).arrays().get("single"))).isEqualTo(DType.FLOAT64);
    }

    @Test
    void numbersThatAreTooLargeAreNamed() {
        Path file = folder.resolve("a.safetensors");
        for (double value : new double[] {65520, -1e300}) {
            Map<String, INDArray> arrays = Map.of("w", Arena.of(DType.FLOAT64, Shape.of(2), 1, value));
            assertThatThrownBy(() -> Safetensors.write(file, arrays, Map.of(), FloatFormat.F16))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("array 'w': element 1 is", "too large for F16");
        }
        Map<String, INDArray> large = Map.of("w", Arena.of(DType.FLOAT64, Shape.of(1), 1e39));
        assertThatThrownBy(() -> Safetensors.write(file, large, Map.of(), FloatFormat.F32))
                .hasMessageContaining("too large for F32");
        assertThatThrownBy(() -> Safetensors.write(file, large, Map.of(), FloatFormat.BF16))
                .hasMessageContaining("too large for BF16");
        assertThat(file).doesNotExist();
    }
}
