package dev.ravine.autodiff;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.IndexKernels;
import dev.ravine.core.kernels.Kernel;
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
