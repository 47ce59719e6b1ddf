package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Examples in memory. Row i of the features belongs to row i of the targets; a row is everything at one index of the
 * first axis. Targets are class labels (integers) or numbers of the features' dtype; {@link #ofSequences sequences} may
 * have tokens (integers) as features and targets, too. Examples may have
 * {@link ExampleWeights weights}, which parts and copies of a data set keep.
 *
 * <p>A data set never writes to its arrays and may be read by several threads at once.
 */
public final class DataSet implements ExampleSource {
    private final INDArray features;
    private final INDArray targets;
    private final int classes;

    /** Whether the targets share the memory of the features; copies of the data set keep this. */
    private final boolean autoencoding;

    /** Null if all examples count alike. */
    private final ExampleWeights weights;

    /** Of all numbers that are not integers. */
    private final DType dtype;

    private final Shape featureShape;
    private final Shape targetShape;
    private final Elements featureRows;
    private final Elements targetRows;

    private DataSet(
            INDArray features,
            INDArray targets,
            int classes,
            boolean autoencoding,
            ExampleWeights weights,
            DType dtype) {
        this.features = features;
        this.targets = targets;
        this.classes = classes;
        this.autoencoding = autoencoding;
        this.weights = weights;
        this.dtype = dtype;
        this.featureShape = Shape.of(features).dropping(0);
        this.targetShape = Shape.of(targets).dropping(0);
        this.featureRows = Elements.of(features);
        this.targetRows = Elements.of(targets);
    }

    /**
     * Examples with targets.
     *
     * @param features [N, ...] of a floating-point dtype
     * @param targets labels [N] of dtype {@link DType#INT64}, none negative, or [N, ...] of the features' dtype
     * @return a data set on these arrays, which must not change any more; arrays that are not dense and row-major are
     *     copied
     * @throws ShapeException if dtypes or sizes do not fit, or there are no numbers
     * @throws IllegalArgumentException if a label is negative or is 2^31 - 1 or more
     */
    public static DataSet of(INDArray features, INDArray targets) {
        return of(features, targets, 0);
    }

    /**
     * Examples of a known number of classes, some of which may not occur.
     *
     * @param features [N, ...] of a floating-point dtype
     * @param labels [N] of dtype {@link DType#INT64}
     * @param classes their number, at least 1
     * @return a data set on these arrays, like {@link #of(INDArray, INDArray)}
     * @throws ShapeException if dtypes or sizes do not fit, or there are no numbers
     * @throws IllegalArgumentException if the targets are not labels, or one is outside of 0 to classes - 1
     */
    public static DataSet withClasses(INDArray features, INDArray labels, int classes) {
        if (classes < 1 || DType.of(labels).isFloating()) {
            throw new IllegalArgumentException("data set: " + classes + " classes of " + DType.of(labels)
                    + " targets; expected at least 1 class, and INT64 labels");
        }
        return of(features, labels, classes);
    }

    /**
     * Sequences, or other examples with integers in more than one place.
     *
     * @param features [N, ...], floating-point or INT64 tokens
     * @param targets labels [N], tokens [N, ...] of dtype INT64, or [N, ...] floating-point, of the features' dtype if
     *     these are floating-point, too
     * @return a data set like {@link #of(INDArray, INDArray)}; if nothing is floating-point, its {@link #dtype()} is
     *     FLOAT32, and {@link #as} changes it
     * @throws ShapeException if dtypes or sizes do not fit, or there are no numbers
     * @throws IllegalArgumentException if the targets are labels and one is negative
     */
    public static DataSet ofSequences(INDArray features, INDArray targets) {
        return DType.of(features).isFloating() && targets.rank() == 1
                ? of(features, targets, 0)
                : checked(features, targets, 0, true);
    }

    private static DataSet of(INDArray features, INDArray targets, int classes) {
        ExampleChecks.requireFloating(features);
        return checked(features, targets, classes, false);
    }

    private static DataSet checked(INDArray features, INDArray targets, int classes, boolean mayBeTokens) {
        ExampleChecks.requireFit(features, targets, mayBeTokens);
        DType ofTargets = DType.of(targets);
        DType ofFeatures = DType.of(features);
        INDArray dense = Arena.dense(targets);
        boolean areLabels = !ofTargets.isFloating() && targets.rank() == 1;
        int count = areLabels ? ExampleChecks.countClasses(dense, classes) : 0;
        DType floating = ofFeatures.isFloating() ? ofFeatures : ofTargets.isFloating() ? ofTargets : DType.FLOAT32;
        return new DataSet(Arena.dense(features), dense, count, false, null, floating);
    }

    /**
     * Examples that are their own targets.
     *
     * @param features [N, ...] of a floating-point dtype
     * @return a data set whose targets [N, d] are the same memory as the features, each example flattened
     * @throws ShapeException if the features are not floating-point or there are no numbers
     */
    public static DataSet autoencoding(INDArray features) {
        ExampleChecks.requireFloating(features);
        ExampleChecks.requireNumbers(features);
        return autoencodingDense(Arena.dense(features), null);
    }

    private static DataSet autoencodingDense(INDArray features, ExampleWeights weights) {
        long n = features.size(0);
        return new DataSet(
                features,
                Arena.view(features, 0, Shape.of(n, features.length() / n)),
                0,
                true,
                weights,
                DType.of(features));
    }

    /**
     * A checksum (CRC-32C) of all numbers, weights included, shapes and dtypes, to detect that data have changed. Reads
     * all data.
     *
     * @return at least 0 and less than 2^32
     */
    @Override
    public long checksum() {
        CRC32C crc = new CRC32C();
        add(crc, featureRows, features);
        add(crc, targetRows, targets);
        if (weights != null) {
            add(crc, weights.elements(), weights.array());
        }
        return crc.getValue();
    }

    private static void add(CRC32C crc, Elements elements, INDArray array) {
        crc.update((DType.of(array) + " " + Shape.of(array)).getBytes(StandardCharsets.UTF_8));
        double[] block = new double[4096];
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * block.length);
        for (int from = 0; from < elements.size(); from += block.length) {
            int count = Math.min(block.length, elements.size() - from);
            elements.read(from, count, block);
            bytes.clear();
            bytes.asDoubleBuffer().put(block, 0, count);
            crc.update(bytes.limit(Double.BYTES * count));
        }
    }

    /** {@return the number of examples, at least 1} */
    @Override
    public int size() {
        return (int) features.size(0);
    }

    /** {@return all features, in the data set's own array, which must not be changed} */
    public INDArray features() {
        return features;
    }

    /** {@return all targets, in the data set's own array, which must not be changed} */
    public INDArray targets() {
        return targets;
    }

    /** {@return {@link DType#FLOAT32} or {@link DType#FLOAT64}: that of all numbers that are not labels or tokens} */
    @Override
    public DType dtype() {
        return dtype;
    }

    /** {@return the shape of one example: the features' shape without its first axis} */
    @Override
    public Shape featureShape() {
        return featureShape;
    }

    /** {@return the shape of one target: the targets' shape without its first axis, so a scalar for labels} */
    @Override
    public Shape targetShape() {
        return targetShape;
    }

    /** {@return whether the targets are class labels: one integer for each example} */
    @Override
    public boolean hasLabels() {
        return classes > 0;
    }

    /**
     * The number of classes. A part of a data set has the classes of the whole.
     *
     * @return the largest label plus 1
     * @throws IllegalStateException if the targets are not labels
     */
    @Override
    public int classes() {
        requireLabels();
        return classes;
    }

    /**
     * These examples with other features; targets, number of classes and weights stay.
     *
     * @param other [N, ...] of this data set's dtype
     * @return a data set whose targets are no longer its features, if they were
     * @throws ShapeException if the dtype or the number of examples differs, or there are no numbers
     */
    public DataSet withFeatures(INDArray other) {
        DataSet fresh = checked(other, targets, classes, true);
        if (fresh.dtype() != dtype()) {
            throw new ShapeException(
                    "data set: other features must be " + dtype() + ", as the first ones, found " + fresh.dtype());
        }
        return new DataSet(fresh.features, targets, classes, false, weights, dtype);
    }

    /**
     * These examples with weights, on the same memory.
     *
     * @param each the weight of each example, not negative; rounded to the features' dtype
     * @return a data set with these weights instead of its own
     * @throws ShapeException if there is not one weight for each example
     * @throws IllegalArgumentException if a weight is negative, not finite, or too small or too large for means
     */
    public DataSet withWeights(double... each) {
        if (each.length != size()) {
            throw new ShapeException("data set: " + size() + " examples need as many weights, found " + each.length);
        }
        return new DataSet(features, targets, classes, autoencoding, ExampleWeights.of(dtype(), each), dtype);
    }

    /**
     * These examples with weights by class: each counts by the weight of its class, times its own weight if it has one.
     * The mean loss is then that of PyTorch's {@code CrossEntropyLoss(weight=...)}.
     *
     * @param byClass the weight of each class, not negative
     * @return a data set on the same memory
     * @throws IllegalStateException if the targets are not labels
     * @throws ShapeException if there is not one weight for each class
     * @throws IllegalArgumentException if a weight is negative, not finite, or too small or too large for means
     */
    public DataSet withClassWeights(double... byClass) {
        if (byClass.length != classes()) {
            throw new ShapeException(
                    "data set: " + classes() + " classes need as many weights, found " + byClass.length);
        }
        double[] each = new double[size()];
        for (int i = 0; i < each.length; i++) {
            each[i] = weight(i) * byClass[(int) targetRows.get(i)];
        }
        return withWeights(each);
    }

    /** {@return the weights of the examples; empty if all count alike} */
    @Override
    public Optional<ExampleWeights> weights() {
        return Optional.ofNullable(weights);
    }

    /**
     * {@return how often an example counts; 1 if the data set has no weights}
     *
     * @param example from 0 to {@link #size()} - 1
     */
    public double weight(int example) {
        return weights == null ? 1 : weights.get(example);
    }

    /**
     * Consecutive examples, without a copy.
     *
     * @param from the first one
     * @param to the one after the last
     * @return a data set on the same memory
     * @throws IndexOutOfBoundsException if the range is empty or not inside of this data set
     */
    public DataSet range(int from, int to) {
        if (from < 0 || to > size() || from >= to) {
            throw new IndexOutOfBoundsException("data set: range " + from + ".." + to + " is empty or not inside of 0.."
                    + size() + " (the end is excluded)");
        }
        INDArray part = rows(features, featureShape, from, to);
        ExampleWeights own = weights == null ? null : weights.range(from, to);
        return autoencoding
                ? autoencodingDense(part, own)
                : new DataSet(part, rows(targets, targetShape, from, to), classes, false, own, dtype);
    }

    private static INDArray rows(INDArray array, Shape row, int from, int to) {
        return Arena.view(array, from * row.count(), RowCopier.rowsOf(to - from, row));
    }

    /**
     * Chosen examples, copied.
     *
     * @param rows row indices, in the new order; an example may be repeated
     * @return a data set with its own memory
     * @throws IndexOutOfBoundsException if an index is out of range, or none is given
     */
    public DataSet take(int... rows) {
        if (rows.length == 0) {
            throw new IndexOutOfBoundsException("data set: no rows to take; a data set has at least one example");
        }
        RowCopier.check(size(), rows, 0, rows.length);
        INDArray part = Arena.create(DType.of(features), RowCopier.rowsOf(rows.length, featureShape));
        RowCopier.copy(size(), featureRows, Elements.of(part), rows, 0, rows.length);
        ExampleWeights own = weights == null ? null : weights.take(rows);
        if (autoencoding) {
            return autoencodingDense(part, own);
        }
        INDArray partTargets = Arena.create(DType.of(targets), RowCopier.rowsOf(rows.length, targetShape));
        RowCopier.copy(size(), targetRows, Elements.of(partTargets), rows, 0, rows.length);
        return new DataSet(part, partTargets, classes, false, own, dtype);
    }

    /**
     * These examples in another precision; labels and tokens stay integers.
     *
     * @param dtype {@link DType#FLOAT32} or {@link DType#FLOAT64}
     * @return this data set if it has that dtype, else a copy
     * @throws ShapeException if the dtype is not floating-point
     * @throws IllegalArgumentException if a number is beyond FLOAT32
     */
    public DataSet as(DType dtype) {
        if (!dtype.isFloating()) {
            throw new ShapeException("data set: features must be FLOAT32 or FLOAT64, found " + dtype);
        }
        if (dtype == dtype()) {
            return this;
        }
        INDArray converted = Precision.of(features, dtype);
        ExampleWeights own = weights == null ? null : weights.as(dtype);
        if (autoencoding) {
            return autoencodingDense(converted, own);
        }
        return new DataSet(converted, Precision.of(targets, dtype), classes, false, own, dtype);
    }

    /**
     * Copies some examples into the arrays that a program reads, without making another array.
     *
     * @param rows row indices
     * @param from the first of them to copy
     * @param count the number of rows to copy
     * @param featuresOut dense, [count, ...], of the features' dtype; overwritten
     * @param targetsOut dense, [count, ...], of the targets' dtype; overwritten
     * @throws IndexOutOfBoundsException if a row is out of range; then nothing is written
     * @throws ShapeException if an output's shape or dtype does not fit; then nothing is written
     */
    public void copyRows(int[] rows, int from, int count, INDArray featuresOut, INDArray targetsOut) {
        if (from < 0 || count < 0 || count > rows.length - from) {
            throw new IndexOutOfBoundsException("copyRows: " + count + " rows from position " + from
                    + " are not inside of " + rows.length + " row indices");
        }
        rowCopy(count, featuresOut, targetsOut).run(rows, from);
    }

    @Override
    public DType featureType() {
        return DType.of(features);
    }

    @Override
    public DType targetType() {
        return DType.of(targets);
    }

    @Override
    public RowCopy weightCopy(int count, INDArray out) {
        if (weights == null) {
            throw new IllegalStateException("the examples of this data set have no weights; ask weights() first");
        }
        Elements to = Elements.of(out);
        return (rows, from) -> weights.copy(rows, from, count, to);
    }

    /**
     * Binds {@link #copyRows} to its outputs, for repeated copies; a run allocates nothing.
     *
     * @param count the number of rows that a run copies
     * @param featuresOut dense, [count, ...], of the features' dtype
     * @param targetsOut dense, [count, ...], of the targets' dtype
     * @return the copy, to be run
     * @throws ShapeException if an output's shape or dtype does not fit
     */
    @Override
    public RowCopy rowCopy(int count, INDArray featuresOut, INDArray targetsOut) {
        return RowCopier.of(
                size(),
                count,
                RowCopier.Part.of("features", featureRows, featureShape, featuresOut, count),
                RowCopier.Part.of("targets", targetRows, targetShape, targetsOut, count));
    }

    @Override
    public String toString() {
        String what = hasLabels() ? classes + " classes" : "targets " + targetShape;
        String weighted = weights == null ? "" : ", weighted";
        return "DataSet[" + size() + " examples of " + DType.of(features) + " " + featureShape + ", " + what + weighted
                + "]";
    }
}
