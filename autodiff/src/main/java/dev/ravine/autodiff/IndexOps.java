package dev.ravine.autodiff;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.AlongAxisKernels;
import dev.ravine.core.kernels.IndexKernels;
import dev.ravine.core.kernels.Kernel;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rows chosen by integer indices. Indices are checked when the kernel runs, and have no derivative. */
final class IndexOps {
    private IndexOps() {}

    private static void requireIntegers(String op, Tensor rows) {
        if (rows.dtype() != DType.INT64) {
            throw new ShapeException(op + ": indices must be INT64, found " + rows.dtype() + " " + rows.shape());
        }
    }

    private static Shape followedBy(Shape first, Shape table) {
        return Shape.of(LongStream.concat(
                        LongStream.of(first.toArray()),
                        LongStream.of(table.toArray()).skip(1))
                .toArray());
    }

    /** Slices along any axis: the axis is moved to the front, and what was chosen is moved back. */
    static Tensor gather(Tensor x, int axis, Tensor indices) {
        int rank = x.shape().rank();
        int added = indices.shape().rank();
        int[] front = IntStream.concat(
                        IntStream.of(axis), IntStream.range(0, rank).filter(a -> a != axis))
                .toArray();
        int[] back = IntStream.concat(
                        IntStream.range(added, added + axis),
                        IntStream.concat(IntStream.range(0, added), IntStream.range(added + axis, added + rank - 1)))
                .toArray();
        return axis == 0 ? x.gather(indices) : x.permute(front).gather(indices).permute(back);
    }

    /** An op that is linear in its first operand and has indices as its second. */
    private interface LinearByIndex extends Op {
        /** The op of the same kind that maps a cotangent to one of the first operand, whose shape is given. */
        Op transpose(Shape first);

        @Override
        default DType dtype(Tensor... in) {
            return in[0].dtype();
        }

        @Override
        default Tensor jvp(Tensor y, int i, Tensor tangent) {
            return i == 0 ? Tensor.of(this, tangent, y.operand(1)) : null;
        }

        @Override
        default Tensor vjp(Tensor y, int i, Tensor cotangent) {
            return i == 0 ? Tensor.of(transpose(y.operand(0).shape()), cotangent, y.operand(1)) : null;
        }
    }

    /** Where examples are after rows were chosen or added, if they count along an axis behind those of the rows. */
    private static Examples moved(Tensor y, Examples in) {
        Shape from = y.operand(0).shape();
        int own = in.isApart() ? in.axis(from) : -1;
        int behind = from.rank() - own;
        boolean isBehind = own > 0 && behind < y.shape().rank();
        return isBehind ? in.at(y.shape(), y.shape().rank() - behind) : in.mixed();
    }

    /** y[i] = table[rows[i]]; linear in the table. */
    record Gather() implements LinearByIndex {
        @Override
        public Shape infer(Tensor... in) {
            requireIntegers("gather", in[1]);
            if (in[0].shape().rank() == 0) {
                throw new ShapeException("gather: a scalar has no rows");
            }
            return followedBy(in[1].shape(), in[0].shape());
        }

        /** A row of the table is the product of a row that is 1 at one place and the table. */
        @Override
        public Rows rows(Tensor y, int i, Tensor cotangent) {
            Shape table = y.operand(0).shape();
            long positions = y.operand(1).shape().count();
            long width = table.count() / Math.max(1, table.size(0));
            Tensor ones = y.operand(1).oneHot(Math.toIntExact(table.size(0)), y.dtype());
            return new Rows(
                    ones.reshape(Shape.of(positions, table.size(0))),
                    cotangent.reshape(Shape.of(positions, width)),
                    false);
        }

        /** Rows that are chosen from a table of examples may be of any example; other axes stay as they are. */
        @Override
        public Examples examples(Tensor y, int i, Examples in) {
            return i == 1 || in.count() == 1 ? in : moved(y, in);
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return IndexKernels.gatherRows(in[0], in[1], out);
        }

        @Override
        public Op transpose(Shape table) {
            return new ScatterAdd(table.size(0));
        }
    }

    /** y = zeros with a given number of rows, then y[rows[i]] += x[i]; linear in x. */
    record ScatterAdd(long count) implements LinearByIndex {
        @Override
        public Shape infer(Tensor... in) {
            requireIntegers("scatterAdd", in[1]);
            long[] x = in[0].shape().toArray();
            long[] rows = in[1].shape().toArray();
            boolean fits = x.length >= rows.length;
            for (int i = 0; fits && i < rows.length; i++) {
                fits = x[i] == rows[i];
            }
            if (!fits) {
                throw new ShapeException(
                        "scatterAdd: the shape of the values must begin with that of the indices, found "
                                + in[0].shape() + " and " + in[1].shape());
            }
            return Shape.of(
                    LongStream.concat(LongStream.of(count), LongStream.of(x).skip(rows.length))
                            .toArray());
        }

        @Override
        public Examples examples(Tensor y, int i, Examples in) {
            return in.count() == 1 ? in : i == 1 ? in.mixed() : moved(y, in);
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return IndexKernels.scatterAddRows(in[0], in[1], out);
        }

        @Override
        public Op transpose(Shape x) {
            return new Gather();
        }
    }

    /** Examples that count along the axis of the places may be mixed; other axes stay as they are. */
    private static Examples along(Tensor y, int axis, Examples in) {
        return in.resized(y.operand(0).shape(), axis, y.shape());
    }

    private static void requirePlaces(String op, Shape values, Shape places, int axis) {
        boolean fits = values.rank() == places.rank() && values.keeping(axis).equals(places.keeping(axis));
        if (!fits) {
            throw new ShapeException(
                    op + " along axis " + axis + ": values and places must have the same sizes along all"
                            + " other axes, found " + values + " and " + places);
        }
    }

    /** y[o, j, i] = x[o, places[o, j, i], i], where j counts along the axis; linear in x. */
    record GatherAlong(int axis) implements LinearByIndex {
        @Override
        public Shape infer(Tensor... in) {
            requireIntegers("gatherAlong", in[1]);
            requirePlaces("gatherAlong", in[0].shape(), in[1].shape(), axis);
            return in[1].shape();
        }

        @Override
        public Examples examples(Tensor y, int i, Examples in) {
            return along(y, axis, in);
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return AlongAxisKernels.gather(in[0], in[1], axis, out);
        }

        @Override
        public Op transpose(Shape x) {
            return new ScatterAddAlong(axis, x.size(axis));
        }
    }

    /** y = zeros with a given size along the axis, then y[o, places[o, j, i], i] += x[o, j, i]; linear in x. */
    record ScatterAddAlong(int axis, long size) implements LinearByIndex {
        @Override
        public Shape infer(Tensor... in) {
            requireIntegers("scatterAddAlong", in[1]);
            Shape x = in[0].shape();
            if (!x.equals(in[1].shape())) {
                throw new ShapeException(
                        "scatterAddAlong: values and places must have one shape, found " + x + " and " + in[1].shape());
            }
            long[] dims = x.toArray();
            dims[axis] = size;
            return Shape.of(dims);
        }

        @Override
        public Examples examples(Tensor y, int i, Examples in) {
            return along(y, axis, in);
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return AlongAxisKernels.scatterAdd(in[0], in[1], axis, out);
        }

        @Override
        public Op transpose(Shape x) {
            return new GatherAlong(axis);
        }
    }

    /** 1 at each label's index along a new last axis, 0 elsewhere. */
    record OneHot(int classes, DType type) implements ZeroDerivative {
        @Override
        public Shape infer(Tensor... in) {
            requireIntegers("oneHot", in[0]);
            return Shape.of(LongStream.concat(LongStream.of(in[0].shape().toArray()), LongStream.of(classes))
                    .toArray());
        }

        @Override
        public DType dtype(Tensor... in) {
            return type;
        }

        @Override
        public Examples examples(Tensor y, int i, Examples in) {
            return in;
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return IndexKernels.oneHot(in[0], out);
        }
    }
}
