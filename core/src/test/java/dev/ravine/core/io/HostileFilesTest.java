package dev.ravine.core.io;

import dev.ravine.core.DType;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Idx;
import dev.ravine.core.data.Missing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Whatever bytes a file holds, a reader gives a value or a {@link MalformedFileException}, within a second, and takes
 * memory for no more than the file can fill. {@code mvn -pl core -am verify -Dtest=HostileFilesTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dravine.fuzz=200000} tries as many files as said, minutes in all.
 */
class HostileFilesTest {
    @TempDir
    Path folder;

    /** A reader with good files of its format. */
    private enum Reader implements HostileFiles.Reader {
        IDX(1 << 18, 128) {
            @Override
            public List<byte[]> corpus() {
                return List.of(
                        ByteBuffer.allocate(16 + 12)
                                .putInt(0x803)
                                .putInt(2)
                                .putInt(2)
                                .putInt(3)
                                .array(),
                        ByteBuffer.allocate(16 + 784)
                                .putInt(0x803)
                                .putInt(1)
                                .putInt(28)
                                .putInt(28)
                                .array(),
                        ByteBuffer.allocate(8 + 5).putInt(0x801).putInt(5).array(),
                        gzip(ByteBuffer.allocate(8 + 300)
                                .putInt(0x801)
                                .putInt(300)
                                .array()));
            }

            @Override
            public byte[] wrapped(byte[] bytes) {
                return gzip(bytes);
            }

            @Override
            public Collection<INDArray> read(Path file, int variant) throws IOException {
                return List.of(variant % 2 == 0 ? Idx.images(file) : Idx.labels(file));
            }
        },

        CSV(1 << 18, 128) {
            @Override
            public List<byte[]> corpus() {
                return Stream.of(
                                "length,width,species\n1.5,2,0\n-3,4e1,2\n",
                                "\uFEFF\"length\", \"width\" ,\"a \"\"quoted\"\", one\",species\r\n1,2,3,0\r\n\r\n4,5,\"6\",1\r\n",
                                "1,2,0\n3,4,1\n",
                                "0.1;2;3\n4;5;6\n",
                                "1,0\n".repeat(200))
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .toList();
            }

            @Override
            public Collection<INDArray> read(Path file, int variant) throws IOException {
                Csv csv = switch (variant % 6) {
                    case 0 -> Csv.reader().labels("species");
                    case 1 -> Csv.reader().targets("width").dtype(DType.FLOAT64);
                    case 2 -> Csv.reader().withoutHeader().labels(-1);
                    case 3 -> Csv.reader().withoutHeader().separator(';').targets(0);
                    case 4 -> Csv.reader().missing(Missing.mean()).classNames("species");
                    default ->
                        Csv.reader()
                                .withoutHeader()
                                .missing(Missing.dropRow())
                                .categories(0)
                                .labels(-1);
                };
                DataSet data = csv.read(file);
                return List.of(data.features(), data.targets());
            }
        },

        SAFETENSORS(1 << 18, 128) {
            @Override
            public List<byte[]> corpus() {
                Stream<byte[]> goldens =
                        Stream.of("mixed", "nothing", "f16", "bf16").map(name -> Goldens.bytes(name + ".safetensors"));
                String many = IntStream.range(0, 300)
                        .mapToObj(i -> "\"" + i + "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}")
                        .collect(Collectors.joining(",", "{", "}"));
                return Stream.concat(goldens, Stream.of(SafetensorsTest.file(many, new byte[0])))
                        .toList();
            }

            @Override
            public Collection<INDArray> read(Path file, int variant) throws IOException {
                return Safetensors.read(file).arrays().values();
            }
        },

        NPY(1 << 18, 128) {
            @Override
            public List<byte[]> corpus() {
                return Stream.of(
                                "f4",
                                "f8",
                                "i8",
                                "scalar",
                                "empty",
                                "rank4",
                                "fortran",
                                "fortran3",
                                "version2",
                                "version3",
                                "big_f4",
                                "big_f8_fortran",
                                "u1_fortran",
                                "i2",
                                "b1",
                                "record",
                                "object")
                        .map(name -> Goldens.bytes(name + ".npy"))
                        .toList();
            }

            @Override
            public Collection<INDArray> read(Path file, int variant) throws IOException {
                return List.of(Npy.read(file));
            }
        },

        /** The JDK's reader of archives makes a table for as many entries, 65535 at most, as the file announces. */
        NPZ(1 << 20, 128) {
            @Override
            public List<byte[]> corpus() {
                return List.of(Goldens.bytes("stored.npz"), Goldens.bytes("deflated.npz"));
            }

            @Override
            public List<byte[]> innerCorpus() {
                return NPY.corpus();
            }

            @Override
            public byte[] wrapped(byte[] bytes) {
                return zip(bytes);
            }

            @Override
            public Collection<INDArray> read(Path file, int variant) throws IOException {
                return Npz.read(file).values();
            }
        },

        TORCH(1 << 20, 128) {
            @Override
            public List<byte[]> corpus() {
                return Stream.of("types", "views", "checkpoint", "libtorch", "evil")
                        .map(name -> Goldens.bytes(name + ".pt"))
                        .toList();
            }

            /** The pickle of views.pt, whose tensors share a storage. */
            @Override
            public List<byte[]> innerCorpus() {
                return List.of(Goldens.entry("views.pt", "views/data.pkl"));
            }

            @Override
            public byte[] wrapped(byte[] bytes) throws IOException {
                Map<String, byte[]> entries = new LinkedHashMap<>();
                entries.put("views/data.pkl", bytes);
                entries.put("views/data/0", Goldens.entry("views.pt", "views/data/0"));
                return PyTorchTest.stored(entries);
            }

            @Override
            public Collection<INDArray> read(Path file, int variant) throws IOException {
                return PyTorch.read(file).values();
            }
        };

        private final int constantBytes;

        private final int bytesPerByte;

        Reader(int constantBytes, int bytesPerByte) {
            this.constantBytes = constantBytes;
            this.bytesPerByte = bytesPerByte;
        }

        @Override
        public int constantBytes() {
            return constantBytes;
        }

        @Override
        public int bytesPerByte() {
            return bytesPerByte;
        }

        @Override
        public abstract List<byte[]> corpus();

        @Override
        public List<byte[]> innerCorpus() {
            return corpus();
        }

        @Override
        public byte[] wrapped(byte[] bytes) throws IOException {
            return bytes;
        }
    }

    @ParameterizedTest
    @EnumSource
    void hostileFilesAreReadOrRefused(Reader reader) throws IOException {
        HostileFiles.check(reader, HostileFiles.mutations(1), folder);
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static byte[] zip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(packed)) {
            out.putNextEntry(new ZipEntry("a.npy"));
            out.write(bytes);
            out.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
