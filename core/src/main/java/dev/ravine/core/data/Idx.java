package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.io.FileRows;
import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads the IDX format of MNIST and of similar data sets, plain or compressed by gzip. The first bytes decide which;
 * the file's name does not matter.
 *
 * <p>A file begins with the magic number (two zero bytes, the element type, the number of axes) and the size of each
 * axis as a big-endian 32-bit integer. The elements follow in row-major order. Unsigned bytes (type 0x08) in three axes
 * are images, in one axis labels. The format: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten
 * digits".
 *
 * <p>Compressed data may unpack to 4 MiB, or to 100 times their own size, whichever is more. A file that claims more,
 * as a bomb does, is refused before it is unpacked; unpack it with gunzip if it can be trusted.
 *
 * <p>Every method throws {@link MalformedFileException} for contents that break the format. Byte offsets in messages
 * count decompressed bytes.
 */
public final class Idx {
    private static final int UNSIGNED_BYTE = 0x08;
    private static final String IMAGES = "images (idx3)";
    private static final String LABELS = "labels (idx1)";
    private static final String[] IMAGE_AXES = {"images", "rows", "columns"};
    private static final String[] LABEL_AXES = {"labels"};

    /** The most bytes of a file whose rows are streamed: more would be a damaged header. */
    private static final long MOST_STREAMED = 1L << 32;

    private Idx() {}

    /**
     * Reads images.
     *
     * @param file an IDX file of three axes
     * @return pixels from 0 to 1 (the byte over 255), FLOAT32 [count, rows * columns]
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the contents break the format
     * @throws IOException if reading fails
     */
    public static INDArray images(Path file) throws IOException {
        return read(file, IMAGES, Idx::decodeImages);
    }

    /**
     * Reads images.
     *
     * @param stream an IDX file of three axes; read to its end and left open
     * @param name names the stream in errors
     * @return pixels from 0 to 1 (the byte over 255), FLOAT32 [count, rows * columns]
     * @throws NoSuchFileException if the stream is null, which is how Java reports a missing resource
     * @throws MalformedFileException if the contents break the format
     * @throws IOException if reading fails
     */
    public static INDArray images(InputStream stream, String name) throws IOException {
        return read(stream, name, IMAGES, Idx::decodeImages);
    }

    /** The images of a plain file as rows of pixels. */
    static FileRows imageRows(Path file) throws IOException {
        return rows(file, IMAGES, IMAGE_AXES, DType.FLOAT32);
    }

    /** The labels of a plain file as rows. */
    static FileRows labelRows(Path file) throws IOException {
        return rows(file, LABELS, LABEL_AXES, DType.INT64);
    }

    private static FileRows rows(Path file, String content, String[] axes, DType dtype) throws IOException {
        long header = 4 + 4L * axes.length;
        int[] sizes = read(file, content, input -> {
            if (input.isCompressed()) {
                throw new MalformedFileException(
                        file + ": expected a plain file, whose rows can be read at any place, but"
                                + " found one compressed by gzip; unpack it with gunzip");
            }
            return header(input, content, axes, MOST_STREAMED);
        });
        Shape shape = sizes.length == 1 ? Shape.of(sizes[0]) : Shape.of(sizes[0], (long) sizes[1] * sizes[2]);
        return FileRows.bytes(file, header, shape, dtype);
    }

    private static INDArray decodeImages(IdxInput input) throws IOException {
        // One float for each byte: the array that holds them sets the limit.
        int[] sizes = header(input, IMAGES, IMAGE_AXES, Integer.MAX_VALUE / DType.FLOAT32.bytes());
        byte[] pixels = input.payload(sizes[0] * sizes[1] * sizes[2]);
        INDArray images = Arena.create(DType.FLOAT32, Shape.of(sizes[0], (long) sizes[1] * sizes[2]));
        Elements out = Elements.of(images);
        for (int i = 0; i < pixels.length; i++) {
            out.set(i, (pixels[i] & 0xff) / 255f);
        }
        return images;
    }

    /**
     * Reads labels.
     *
     * @param file an IDX file of one axis
     * @return INT64 [count]
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the contents break the format
     * @throws IOException if reading fails
     */
    public static INDArray labels(Path file) throws IOException {
        return read(file, LABELS, Idx::decodeLabels);
    }

    /**
     * Reads labels.
     *
     * @param stream an IDX file of one axis; read to its end and left open
     * @param name names the stream in errors
     * @return INT64 [count]
     * @throws NoSuchFileException if the stream is null, which is how Java reports a missing resource
     * @throws MalformedFileException if the contents break the format
     * @throws IOException if reading fails
     */
    public static INDArray labels(InputStream stream, String name) throws IOException {
        return read(stream, name, LABELS, Idx::decodeLabels);
    }

    private static INDArray decodeLabels(IdxInput input) throws IOException {
        int[] sizes = header(input, LABELS, LABEL_AXES, Integer.MAX_VALUE / DType.INT64.bytes());
        byte[] bytes = input.payload(sizes[0]);
        long[] labels = new long[bytes.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = bytes[i] & 0xff;
        }
        return Arena.ofIntegers(labels);
    }

    /**
     * Reads labelled images.
     *
     * @param imagesFile an IDX file of three axes
     * @param labelsFile an IDX file of one axis
     * @return the images in FLOAT32 with their labels
     * @throws NoSuchFileException if a file is missing
     * @throws MalformedFileException if the contents break the format, or the counts differ
     * @throws IOException if reading fails
     */
    public static DataSet read(Path imagesFile, Path labelsFile) throws IOException {
        INDArray images = images(imagesFile);
        INDArray labels = labels(labelsFile);
        if (images.size(0) != labels.size(0)) {
            throw new MalformedFileException(imagesFile + " holds " + images.size(0) + " images, but " + labelsFile
                    + " holds " + labels.size(0) + " labels; expected one label for each image: take both files from"
                    + " the same part of the same data set");
        }
        return DataSet.of(images, labels);
    }

    /**
     * Reads a folder of four files under the names that MNIST uses: train-images-idx3-ubyte, train-labels-idx1-ubyte,
     * t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each also with a dot before "idx", each also with ".gz".
     *
     * @param folder the folder of the files
     * @return training and test set, with the same classes: as many as occur in either of them
     * @throws NotDirectoryException if there is no such folder
     * @throws NoSuchFileException naming all files that are missing
     * @throws MalformedFileException if the contents of a file break the format, or the files do not fit together
     * @throws IOException if reading fails
     */
    public static TrainTest folder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder + ": not a folder; looked for one that holds the IDX files of a data"
                    + " set, such as " + names("train-images", 3).get(0));
        }
        List<String> missing = new ArrayList<>();
        Path trainImages = find(folder, names("train-images", 3), missing);
        Path trainLabels = find(folder, names("train-labels", 1), missing);
        Path testImages = find(folder, names("t10k-images", 3), missing);
        Path testLabels = find(folder, names("t10k-labels", 1), missing);
        if (!missing.isEmpty()) {
            throw new NoSuchFileException(
                    folder.toString(),
                    null,
                    "missing " + String.join(", ", missing)
                            + "; looked for each also with '.idx' in place of '-idx' and"
                            + " with '.gz' at the end; put the files of the data set into this folder");
        }
        DataSet train = read(trainImages, trainLabels);
        DataSet test = read(testImages, testLabels);
        if (!train.featureShape().equals(test.featureShape())) {
            throw new MalformedFileException(testImages + " holds images of "
                    + test.featureShape().count() + " pixels, expected "
                    + train.featureShape().count() + " as in " + trainImages
                    + "; take all four files from the same data set");
        }
        int classes = Math.max(train.classes(), test.classes());
        return new TrainTest(
                DataSet.withClasses(train.features(), train.targets(), classes),
                DataSet.withClasses(test.features(), test.targets(), classes));
    }

    private static List<String> names(String part, int axes) {
        String dashed = part + "-idx" + axes + "-ubyte";
        String dotted = part + ".idx" + axes + "-ubyte";
        return List.of(dashed, dashed + ".gz", dotted, dotted + ".gz");
    }

    private static Path find(Path folder, List<String> names, List<String> missing) {
        for (String name : names) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        missing.add(names.get(0));
        return null;
    }

    @FunctionalInterface
    private interface Decoder<T> {
        T decode(IdxInput input) throws IOException;
    }

    private static <T> T read(Path file, String content, Decoder<T> decoder) throws IOException {
        try (InputStream stream = open(file, content);
                IdxInput input = new IdxInput(stream, file.toString(), Files.size(file))) {
            return decoder.decode(input);
        }
    }

    private static <T> T read(InputStream stream, String name, String content, Decoder<T> decoder) throws IOException {
        try (IdxInput input = new IdxInput(checkFound(stream, name, content), name, IdxInput.UNKNOWN_SIZE)) {
            return decoder.decode(input);
        }
    }

    private static InputStream open(Path file, String content) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(
                    file.toString(), null, "no such file; looked for " + content + " in the IDX format, plain or gzip");
        }
        if (Files.isDirectory(file)) {
            throw new NoSuchFileException(
                    file.toString(),
                    null,
                    "a folder; looked for a file of " + content + " in the IDX format: name the file, or use"
                            + " Idx.folder");
        }
        return Files.newInputStream(file);
    }

    private static InputStream checkFound(InputStream stream, String name, String content) throws NoSuchFileException {
        if (stream == null) {
            throw new NoSuchFileException(
                    name, null, "no such resource; looked for " + content + " in the IDX format on the class path");
        }
        return stream;
    }

    /** The sizes of the axes. Checks that each is at least 1 and that their product is within a limit, at most 2^32. */
    private static int[] header(IdxInput input, String content, String[] axes, long limit) throws IOException {
        String advice = "this is not an IDX file of " + content + ": check that the right file is given, and download"
                + " it again if so";
        for (int i = 0; i < 2; i++) {
            input.expect(0, "a zero byte, as the first two bytes of an IDX file are", advice);
        }
        input.expect(UNSIGNED_BYTE, "element type 0x08 (unsigned byte)", advice);
        input.expect(axes.length, axes.length + " as the number of axes of " + content, advice);
        int[] sizes = new int[axes.length];
        long product = 1;
        for (int i = 0; i < axes.length; i++) {
            long at = input.offset();
            sizes[i] = input.bigEndianInt("the number of " + axes[i]);
            if (sizes[i] < 1) {
                throw input.malformed(
                        at, "a number of " + axes[i] + " of at least 1", String.valueOf(sizes[i]), IdxInput.DAMAGED);
            }
            product *= sizes[i];
            if (product > limit) {
                throw input.malformed(
                        at,
                        "sizes whose product is at most " + limit + " elements",
                        sizes[i] + " " + axes[i] + ", which makes " + product,
                        IdxInput.DAMAGED + "; split it if it is as large as it says");
            }
        }
        return sizes;
    }
}
