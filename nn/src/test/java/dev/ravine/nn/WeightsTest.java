package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Npy;
import dev.ravine.core.io.Npz;
import dev.ravine.core.io.Safetensors;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class WeightsTest {
    @TempDir
    Path folder;

    private static Sequential net(DType dtype, long seed) {
        var net = new Sequential(new Linear(2, 3), Activation.tanh(), new Linear(3, 1));
        net.initialize(dtype, seed);
        return net;
    }

    /** A file that weights.py made. */
    private static Path golden(String name) throws URISyntaxException {
        return Path.of(WeightsTest.class.getResource(name).toURI());
    }

    private static double[] parameters(Module net) {
        return Arena.toDoubles(net.parameterVector().array());
    }

    @ParameterizedTest
    @ValueSource(strings = {"weights.npz", "weights-fortran.npz", "weights.safetensors"})
    void weightsMadeInPythonGiveTheOutputsOfPython(String file) throws Exception {
        Sequential net = net(DType.FLOAT32, 1);
        Weights.load(net, golden(file));
        assertThat(parameters(net))
                .containsExactly(-0.25, -0.125, 0, 0.125, 0.25, 0.375, 0.5, -0.5, 0.25, 1, -2, 3, 0.125);
        INDArray x = Arena.of(DType.FLOAT32, Shape.of(2, 2), 1, 2, -1, 0.5);
        INDArray expected = Npy.read(golden("outputs.npy"));
        INDArray found = net.apply(Tensor.constant(x)).value();
        for (int i = 0; i < 2; i++) {
            assertThat(found.getDouble(i)).isCloseTo(expected.getDouble(i), within(1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.npz", "a.safetensors"})
    void whatWasSavedIsLoadedBitForBit(String name) throws IOException {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            Sequential net = net(dtype, 1);
            Weights.save(net, folder.resolve(name));
            Sequential other = net(dtype, 2);
            assertThat(parameters(other)).isNotEqualTo(parameters(net));
            Weights.load(other, folder.resolve(name));
            assertThat(parameters(other)).isEqualTo(parameters(net));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.npz", "a.safetensors"})
    void allThatDoesNotFitIsNamedAtOnce(String name) throws IOException {
        Sequential net = net(DType.FLOAT32, 1);
        double[] before = parameters(net);
        Map<String, INDArray> state = new LinkedHashMap<>(net(DType.FLOAT32, 2).stateDict());
        state.put("0.weight", Arena.create(DType.FLOAT32, Shape.of(3, 2)));
        state.put("2.weight", Arena.create(DType.FLOAT64, Shape.of(3, 1)));
        Path file = folder.resolve(name);
        write(file, state);
        assertThatThrownBy(() -> Weights.load(net, file))
                .isInstanceOf(ShapeException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining("parameter '0.weight' is FLOAT32 [2, 3], the state has FLOAT32 [3, 2]")
                .hasMessageContaining("parameter '2.weight' is FLOAT32 [3, 1], the state has FLOAT64 [3, 1]");
        state.remove("0.bias");
        state.remove("2.bias");
        state.put("4.weight", Arena.create(DType.FLOAT32, Shape.of(1)));
        write(file, state);
        assertThatThrownBy(() -> Weights.load(net, file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining("missing [0.bias, 2.bias], unknown [4.weight], and parameter '0.weight' is")
                .hasMessageContaining("parameter '2.weight' is")
                .hasMessageContaining("the model has [0.weight, 0.bias, 2.weight, 2.bias]");
        assertThat(parameters(net)).isEqualTo(before);
    }

    private static void write(Path file, Map<String, INDArray> state) throws IOException {
        if (file.toString().endsWith(".npz")) {
            Npz.write(file, state);
        } else {
            Safetensors.write(file, state, Map.of());
        }
    }

    @Test
    void filesOfOtherKindsAreRefused() throws IOException {
        Sequential net = net(DType.FLOAT32, 1);
        assertThatThrownBy(() -> Weights.save(net, folder.resolve("a.bin")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("end with .safetensors or .npz");
        Path damaged = Files.write(folder.resolve("a.npz"), new byte[100]);
        assertThatThrownBy(() -> Weights.load(net, damaged)).isInstanceOf(MalformedFileException.class);
    }
}
