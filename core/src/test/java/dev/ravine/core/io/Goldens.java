package dev.ravine.core.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Named;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Files made by NumPy and by the safetensors package, see goldens.py beside them, in the layout of PyTorch, see
 * torch_files.py, and arrays to write.
 */
final class Goldens {
    private Goldens() {}

    static Path file(String name) {
        try {
            return Path.of(Goldens.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String name) {
        try (InputStream stream = Goldens.class.getResourceAsStream(name)) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An entry of a zip archive. */
    static byte[] entry(String archive, String name) {
        try (ZipFile zip = new ZipFile(file(archive).toFile());
                InputStream stream = zip.getInputStream(zip.getEntry(name))) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The matrix of goldens.py. */
    static INDArray matrix(DType dtype) {
        return Arena.of(dtype, Shape.of(2, 3), 1.5, -2.25, 3e-5, 0.1, Double.POSITIVE_INFINITY, -7);
    }

    static INDArray integers() {
        return Arena.ofIntegers(0, -1, (1L << 53) + 1, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    static INDArray counting(DType dtype, long... sizes) {
        INDArray array = Arena.create(dtype, Shape.of(sizes));
        for (int i = 0; i < array.length(); i++) {
            Elements.of(array).set(i, i);
        }
        return array;
    }

    /** Random bits of every dtype in ranks 0 to 4, with empty arrays. */
    static Stream<Named<INDArray>> randomArrays() {
        Shape[] shapes = {
            Shape.of(),
            Shape.of(1),
            Shape.of(7),
            Shape.of(0),
            Shape.of(3, 5),
            Shape.of(0, 3),
            Shape.of(2, 0),
            Shape.of(2, 3, 4),
            Shape.of(2, 0, 4),
            Shape.of(2, 1, 4, 3),
            Shape.of(1, 1, 1, 1),
            Shape.of(70_001)
        };
        return Stream.of(DType.values())
                .flatMap(dtype -> Stream.of(shapes).map(shape -> Named.of(dtype + " " + shape, random(dtype, shape))));
    }

    /** Random bits, so that floats are also NaN with payload, infinite and subnormal. */
    static INDArray random(DType dtype, Shape shape) {
        INDArray array = Arena.create(dtype, shape);
        Rng random = new Rng(shape.hashCode());
        Elements elements = Elements.of(array);
        for (int i = 0; i < array.length(); i++) {
            long bits = random.nextLong();
            if (elements instanceof Elements.Floats floats) {
                floats.buffer().put(i, Float.intBitsToFloat((int) bits));
            } else if (elements instanceof Elements.Doubles doubles) {
                doubles.buffer().put(i, Double.longBitsToDouble(bits));
            } else if (elements instanceof Elements.Longs longs) {
                longs.buffer().put(i, bits);
            }
        }
        return array;
    }

    /** Checks dtype, shape and bits. */
    static void assertSame(INDArray found, INDArray expected) {
        assertThat(DType.of(found)).isEqualTo(DType.of(expected));
        assertThat(Shape.of(found)).isEqualTo(Shape.of(expected));
        assertThat(bits(found)).containsExactly(bits(expected));
    }

    /** The bits of each element in row-major order: equal for NaNs, different for 0 and -0. */
    static long[] bits(INDArray array) {
        Elements elements = Elements.of(array);
        return IntStream.range(0, (int) array.length())
                .mapToLong(i -> {
                    if (elements instanceof Elements.Floats floats) {
                        return Float.floatToRawIntBits(floats.buffer().get(i));
                    }
                    return elements instanceof Elements.Doubles doubles
                            ? Double.doubleToRawLongBits(doubles.buffer().get(i))
                            : ((Elements.Longs) elements).buffer().get(i);
                })
                .toArray();
    }
}
