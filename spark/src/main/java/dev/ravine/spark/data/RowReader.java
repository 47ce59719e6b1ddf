package dev.ravine.spark.data;

import dev.ravine.core.DType;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;

/**
 * Reads rows of a data frame.
 *
 * @param features the column's name, for messages
 * @param target likewise
 * @param weight likewise; null if all count alike
 * @param dtype of numbers
 * @param areLabels whether targets are class numbers
 * @param own whether examples are their own targets
 * @param width of the features in row 0; -1 if that is being found out
 * @param targets the width of targets in row 0, or the number of classes, 0 if that is not known; -1 likewise
 */
record RowReader(
        String features,
        String target,
        String weight,
        DType dtype,
        boolean areLabels,
        boolean own,
        int width,
        int targets)
        implements Serializable {
    Example read(Row row, long number) {
        Object x = numbers(row.get(0), number, features, width);
        Object y = own ? x : areLabels ? label(row.get(1), number) : numbers(row.get(1), number, target, targets);
        return new Example(x, y, weight == null ? 1 : weight(row.get(2), number));
    }

    private Object numbers(Object value, long number, String column, int expected) {
        double[] all = doubles(value, number, column);
        if (all.length == 0 || (expected >= 0 && all.length != expected)) {
            throw new BadRowException(
                    number,
                    column,
                    "has " + all.length + " numbers; expected "
                            + (expected < 0 ? "at least one" : expected + ", as in row 0")
                            + "; pad, cut or drop such rows in Spark");
        }
        Object kept = Numbers.array(dtype, all.length);
        for (int i = 0; i < all.length; i++) {
            if (!Double.isFinite(all[i])) {
                throw notFinite(number, column, "element " + i, all[i]);
            }
            if (kept instanceof float[] floats) {
                floats[i] = (float) all[i];
                if (!Float.isFinite(floats[i])) {
                    throw new BadRowException(
                            number,
                            column,
                            "element " + i + " is " + all[i]
                                    + ", beyond FLOAT32; use FLOAT64, or scale the column in Spark");
                }
            } else {
                ((double[]) kept)[i] = all[i];
            }
        }
        return kept;
    }

    private static BadRowException notFinite(long number, String column, String where, double found) {
        return new BadRowException(
                number, column, where + " is " + found + "; expected a finite number; fill or drop it in Spark");
    }

    private static double[] doubles(Object value, long number, String column) {
        if (value instanceof Number one) {
            return new double[] {one.doubleValue()};
        } else if (value instanceof Vector vector) {
            return vector.toArray();
        } else if (value == null) {
            throw new BadRowException(number, column, "is null; expected numbers; fill or drop it in Spark");
        }
        List<?> list = scala.jdk.javaapi.CollectionConverters.asJava((scala.collection.Seq<?>) value);
        double[] all = new double[list.size()];
        for (int i = 0; i < all.length; i++) {
            if (!(list.get(i) instanceof Number element)) {
                throw new BadRowException(
                        number, column, "element " + i + " is null; expected a number; fill or drop it in Spark");
            }
            all[i] = element.doubleValue();
        }
        return all;
    }

    private Object label(Object value, long number) {
        double found = doubles(value, number, target)[0];
        boolean isWhole = found == Math.rint(found) && found >= 0 && found < Integer.MAX_VALUE;
        if (!isWhole || (targets > 0 && found >= targets)) {
            throw new BadRowException(
                    number,
                    target,
                    "is " + found + "; expected a class number "
                            + (targets > 0 ? "from 0 to " + (targets - 1) : "from 0 on")
                            + "; number the classes from 0, for example with StringIndexer");
        }
        return new long[] {(long) found};
    }

    private double weight(Object value, long number) {
        double found = doubles(value, number, weight)[0];
        if (!(found >= 0 && Double.isFinite(found))) {
            throw new BadRowException(
                    number, weight, "is " + found + "; expected a weight that is finite and not negative");
        }
        double kept = dtype == DType.FLOAT32 ? (float) found : found;
        if (!Double.isFinite(kept) || (kept == 0 && found != 0)) {
            throw new BadRowException(
                    number,
                    weight,
                    "is " + found + ", beyond FLOAT32; use FLOAT64, or multiply all weights by one number");
        }
        return found;
    }
}
