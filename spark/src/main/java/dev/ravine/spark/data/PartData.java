package dev.ravine.spark.data;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.data.DataSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;

/** Examples that executors read part by part. */
final class PartData<P> extends SparkData {
    private final JavaRDD<P> parts;
    private final Reader<P> reader;

    PartData(JavaRDD<P> parts, Reader<P> reader) {
        this.parts = Objects.requireNonNull(parts, "parts");
        this.reader = Objects.requireNonNull(reader, "reader");
    }

    @Override
    Numbered examples(DType dtype) {
        Reader<P> read = reader;
        List<RowFormat> formats =
                parts.map(part -> format(read(read, part, dtype), dtype)).collect();
        if (formats.isEmpty()) {
            throw new IllegalArgumentException(
                    "there are no parts to read, so there is nothing to minimise; expected" + " at least one");
        }
        RowFormat format = formats.get(0);
        for (int i = 1; i < formats.size(); i++) {
            if (!isAlike(format, formats.get(i))) {
                throw new IllegalArgumentException("part " + i + " of the data has examples like "
                        + text(formats.get(i)) + "; expected " + text(format) + ", as in part 0");
            }
        }
        int classes = formats.stream().mapToInt(RowFormat::classes).max().orElse(0);
        JavaRDD<Example> rows = parts.flatMap(part -> finite(part, examples(read(read, part, dtype))));
        return new Numbered(rows, format.withClasses(classes), classes > 0 ? Optional.of(classes) : Optional.empty());
    }

    private static <P> DataSet read(Reader<P> reader, P part, DType dtype) {
        DataSet read;
        try {
            read = reader.read(part);
            if (read != null) {
                return read.as(dtype);
            }
        } catch (LinkageError e) { // Spark would end the executor, and say nothing
            throw MissingClasses.of(e);
        } catch (Exception | AssertionError e) { // whatever a reader of the caller throws
            String why = e.getMessage() == null ? e.toString() : e.getMessage();
            throw new IllegalStateException("part " + part + " of the data cannot be read: " + why, e);
        }
        throw new IllegalStateException(
                "part " + part + " of the data: the reader returned null; expected a DataSet; leave parts without"
                        + " examples out of the parts");
    }

    /** The same examples, whose numbers are checked on the way. */
    private static Iterator<Example> finite(Object part, Iterator<Example> examples) {
        return new Iterator<>() {
            private int row;

            @Override
            public boolean hasNext() {
                return examples.hasNext();
            }

            @Override
            public Example next() {
                Example example = examples.next();
                requireFinite(part, row, "features", example.features);
                requireFinite(part, row, "targets", example.targets);
                row++;
                return example;
            }
        };
    }

    private static void requireFinite(Object part, int row, String what, Object numbers) {
        for (int i = 0; i < Numbers.length(numbers); i++) {
            double found = Numbers.get(numbers, i);
            if (!Double.isFinite(found)) {
                throw new BadRowException(
                        "row " + row + " of part " + part + " of the data: element " + i + " of the " + what + " is "
                                + found + "; expected a finite number; fill or drop it in the reader",
                        null);
            }
        }
    }

    static RowFormat format(DataSet of, DType dtype) {
        return new RowFormat(
                dtype,
                of.featureType(),
                of.featureShape().toArray(),
                of.targetType(),
                of.targetShape().toArray(),
                of.hasLabels() ? of.classes() : 0,
                of.weights().isPresent());
    }

    private static boolean isAlike(RowFormat a, RowFormat b) {
        return a.featureType() == b.featureType()
                && a.targetType() == b.targetType()
                && Arrays.equals(a.featureShape(), b.featureShape())
                && Arrays.equals(a.targetShape(), b.targetShape())
                && (a.classes() > 0) == (b.classes() > 0)
                && a.isWeighted() == b.isWeighted();
    }

    private static String text(RowFormat format) {
        return format.featureType() + " " + Arrays.toString(format.featureShape()) + " with "
                + (format.classes() > 0
                        ? "labels"
                        : "targets " + format.targetType() + " " + Arrays.toString(format.targetShape()))
                + (format.isWeighted() ? ", weighted" : "");
    }

    static Iterator<Example> examples(DataSet data) {
        Elements features = Elements.of(data.features());
        Elements targets = Elements.of(data.targets());
        int size = data.size();
        return IntStream.range(0, size)
                .mapToObj(i -> {
                    Object x = row(features, i, features.size() / size);
                    return new Example(x, row(targets, i, targets.size() / size), data.weight(i));
                })
                .iterator();
    }

    private static Object row(Elements all, int i, int width) {
        Object row = Numbers.array(all.dtype(), width);
        for (int k = 0; k < width; k++) {
            Numbers.set(row, k, all.get(i * width + k));
        }
        return row;
    }
}
