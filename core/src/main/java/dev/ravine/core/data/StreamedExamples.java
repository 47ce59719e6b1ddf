package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Hold;
import dev.ravine.core.Shape;
import dev.ravine.core.io.FileRows;
import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Examples in files that may be larger than memory. Whatever is computed reads the rows it needs; memory is that of the
 * rows in work, and of an int for each block of rows. An objective gives the same bits as with a {@link DataSet} of the
 * same numbers, apart from the order of mini-batches: blocks of {@link #block()} neighbouring rows are visited in a
 * random order, and the rows of {@value BlockOrder#WINDOW} successive blocks are mixed, so that a disk reads stretches.
 * The order depends on the seed and the epoch only, so that a resumed run sees the same batches. A file sorted by class
 * should be mixed beforehand, or get small blocks.
 *
 * <p>The files must not change while they are open. Close it to close them.
 */
public final class StreamedExamples implements ExampleSource, AutoCloseable {
    /** Rows of a block unless {@link #withBlocks} says another number. */
    public static final int BLOCK = 256;

    private final FileRows features;
    private final FileRows targets;
    private final int classes;
    private final int block;

    private StreamedExamples(FileRows features, FileRows targets, int classes, int block) {
        this.features = features;
        this.targets = targets;
        this.classes = classes;
        this.block = block;
    }

    /**
     * {@return labelled images in two plain IDX files, as {@link Idx#read(Path, Path)} has them in memory} Labels are
     * read once.
     *
     * @param images an IDX file of three axes, not compressed
     * @param labels an IDX file of one axis, not compressed
     * @throws NoSuchFileException if a file is missing
     * @throws MalformedFileException if the contents break the format, a file is compressed, or the counts differ
     * @throws IOException if reading fails
     */
    public static StreamedExamples idx(Path images, Path labels) throws IOException {
        return of(() -> Idx.imageRows(images), () -> Idx.labelRows(labels), 0);
    }

    /**
     * {@return examples in two npy files} Integer targets of one axis are labels, which are read once.
     *
     * @param features [N, ...] of f4 or f8, or integers for tokens
     * @param targets [N, ...] of the features' dtype, labels [N] or tokens [N, ...]
     * @throws NoSuchFileException if a file is missing
     * @throws MalformedFileException if the contents break the format, the counts or types do not fit, or a label is
     *     negative
     * @throws IOException if reading fails
     */
    public static StreamedExamples npy(Path features, Path targets) throws IOException {
        return npy(features, targets, 0);
    }

    private static StreamedExamples npy(Path features, Path targets, int classes) throws IOException {
        return of(() -> FileRows.npy(features), () -> FileRows.npy(targets), classes);
    }

    /**
     * {@return the examples of a CSV file, which is read twice, line by line, and written as two npy files} The first
     * time tells categories, classes and means, which are those of {@link Csv#table(Path)}, the second one numbers.
     * Later runs can take {@link #npy} of these files.
     *
     * @param csv says what the columns are
     * @param table the CSV file
     * @param features the npy file of the features, created or replaced
     * @param targets the npy file of the targets, created or replaced
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException naming line and column, if the contents do not match the settings
     * @throws IOException if reading or writing fails
     * @throws IllegalStateException if neither labels nor targets are set
     */
    public static StreamedExamples csv(Csv csv, Path table, Path features, Path targets) throws IOException {
        return npy(features, targets, csv.convert(table, features, targets));
    }

    /** Opens a file. */
    @FunctionalInterface
    private interface Opener {
        FileRows open() throws IOException;
    }

    /** Closes what it opened if anything is wrong. */
    private static StreamedExamples of(Opener features, Opener targets, int classes) throws IOException {
        FileRows first = features.open();
        FileRows second = null;
        try {
            second = targets.open();
            requireFit(first, second);
            boolean areLabels = !second.dtype().isFloating() && second.row().rank() == 0;
            return new StreamedExamples(first, second, areLabels ? classes(second, classes) : 0, BLOCK);
        } catch (IOException | RuntimeException e) {
            first.close();
            if (second != null) {
                second.close();
            }
            throw e;
        }
    }

    private static void requireFit(FileRows features, FileRows targets) throws MalformedFileException {
        if (features.count() != targets.count()) {
            throw new MalformedFileException(
                    features + " and " + targets + ": expected one target for each example; take"
                            + " both files from the same part of the same data set");
        }
        DType ofTargets = targets.dtype();
        if (features.dtype().isFloating() && ofTargets.isFloating() && ofTargets != features.dtype()) {
            throw new MalformedFileException(features + " and " + targets
                    + ": expected numbers of one type; convert one" + " file to the other's");
        }
    }

    /** The largest label plus 1, or the number of classes that is known. */
    private static int classes(FileRows labels, int known) throws MalformedFileException {
        int chunk = 1 << 12;
        long[] numbers = new long[chunk];
        INDArray memory = Arena.create(DType.INT64, Shape.of(chunk));
        Elements elements = Elements.of(memory);
        FileRows.Reader reader = labels.reader(elements);
        long most = 0;
        for (int from = 0; from < labels.count(); from += chunk) {
            int some = Math.min(chunk, labels.count() - from);
            reader.read(IntStream.range(from, from + some).toArray(), 0, some);
            ((Elements.Longs) elements).buffer().get(0, numbers, 0, some);
            for (int i = 0; i < some; i++) {
                if (numbers[i] < 0 || numbers[i] >= (known == 0 ? Integer.MAX_VALUE : known)) {
                    throw new MalformedFileException(labels + ": row " + (from + i) + ": expected a label from 0 to "
                            + ((known == 0 ? Integer.MAX_VALUE : known) - 1) + " but found " + numbers[i]
                            + "; number the classes from 0");
                }
                most = Math.max(most, numbers[i]);
            }
        }
        return known == 0 ? (int) most + 1 : known;
    }

    /**
     * {@return these examples with another size of blocks, on the same open files}
     *
     * @param rows neighbouring rows that are visited close to one another, at least 1; 1 for a random order of all rows
     * @throws IllegalArgumentException if it is less than 1
     */
    public StreamedExamples withBlocks(int rows) {
        return new StreamedExamples(features, targets, classes, Check.atLeastOne("rows of a block", rows));
    }

    /**
     * {@return some rows in memory, for a look or for validation}
     *
     * @param rows their numbers, at least one
     * @throws IndexOutOfBoundsException if there is none or one does not exist
     */
    public DataSet take(int... rows) {
        if (rows.length == 0) {
            throw new IndexOutOfBoundsException("no rows to take; a data set has at least one example");
        }
        INDArray some = Arena.create(featureType(), RowCopier.rowsOf(rows.length, featureShape()));
        INDArray their = Arena.create(targetType(), RowCopier.rowsOf(rows.length, targetShape()));
        rowCopy(rows.length, some, their).run(rows, 0);
        return hasLabels() ? DataSet.withClasses(some, their, classes) : DataSet.ofSequences(some, their);
    }

    @Override
    public int block() {
        return block;
    }

    @Override
    public int size() {
        return features.count();
    }

    @Override
    public DType dtype() {
        DType first = featureType();
        return first.isFloating() ? first : targetType().isFloating() ? targetType() : DType.FLOAT32;
    }

    @Override
    public DType featureType() {
        return features.dtype();
    }

    @Override
    public DType targetType() {
        return targets.dtype();
    }

    @Override
    public Shape featureShape() {
        return features.row();
    }

    @Override
    public Shape targetShape() {
        return targets.row();
    }

    @Override
    public boolean hasLabels() {
        return classes > 0;
    }

    @Override
    public int classes() {
        requireLabels();
        return classes;
    }

    @Override
    public Optional<ExampleWeights> weights() {
        return Optional.empty();
    }

    /** {@inheritDoc} It reads both files. */
    @Override
    public long checksum() {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(features.checksum())
                .putLong(targets.checksum())
                .flip());
        return crc.getValue();
    }

    /**
     * {@inheritDoc}
     *
     * @throws UncheckedIOException from its runs, if reading fails
     */
    @Override
    public RowCopy rowCopy(int count, INDArray featuresOut, INDArray targetsOut) {
        Elements first = RowCopier.target("features", featureType(), featureShape(), featuresOut, count);
        Elements second = RowCopier.target("targets", targetType(), targetShape(), targetsOut, count);
        FileRows.Reader readFeatures = features.reader(first);
        FileRows.Reader readTargets = targets.reader(second);
        Hold hold = Hold.ofElements(List.of(first, second));
        return (rows, from) -> hold.during(() -> {
            RowCopier.check(size(), rows, from, count);
            readFeatures.read(rows, from, count);
            readTargets.read(rows, from, count);
        });
    }

    @Override
    public RowCopy weightCopy(int count, INDArray weights) {
        throw new IllegalStateException("the examples of these files have no weights; ask weights() first");
    }

    @Override
    public void close() {
        features.close();
        targets.close();
    }

    @Override
    public String toString() {
        return "StreamedExamples[" + features + ", " + targets + "]";
    }
}
