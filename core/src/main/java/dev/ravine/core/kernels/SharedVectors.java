package dev.ravine.core.kernels;

import dev.ravine.core.Check;
import dev.ravine.core.Elements;
import dev.ravine.core.Hold;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Workers;
import java.lang.ref.Reference;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arithmetic on long flat vectors by several threads, with the same bits for any number of them. Short vectors are left
 * to one thread, as {@link Vectors} would do it.
 */
public final class SharedVectors {
    /** The fewest elements per thread for which waking another thread pays. */
    private static final int WORTH_SHARING = 16_384;

    private SharedVectors() {}

    /**
     * The Euclidean norm of an opened array.
     *
     * @param x a dense array
     * @param workers threads that share the elements
     * @return its length, accumulated in double precision
     */
    public static double norm(Elements x, Workers workers) {
        int chunks = chunks(x.size());
        if (workers.count() == 1 || x.size() < 2 * WORTH_SHARING) {
            return Vectors.norm(x);
        }
        double[] sums = new double[chunks];
        Hold.enter(x, x);
        try {
            onRanges(x.size(), workers, chunks, (begin, end) -> {
                for (int i = begin; i < end; i++) {
                    int from = i * Scratch.CHUNK;
                    sums[i] = VectorLoops.sumOfProducts(x, x, from, Math.min(x.size(), from + Scratch.CHUNK));
                }
            });
            double sum = 0;
            for (double part : sums) {
                sum += part;
            }
            return ScaledSums.norm(x, sum);
        } finally {
            Hold.exit(x, x);
        }
    }

    /**
     * y += a x.
     *
     * @param a the factor
     * @param x a dense array
     * @param y changed in place, of the same length and dtype
     * @param workers threads that share the elements
     * @throws ShapeException if length or dtype differ
     */
    public static void axpy(double a, INDArray x, INDArray y, Workers workers) {
        Vectors.sameKind("axpy", x, y);
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        // BLAS rounds the last few elements of a range otherwise than the others, so only whole chunks are shared out.
        int size = to.size();
        onRanges(size, workers, chunks(size), (begin, end) -> {
            int first = begin * Scratch.CHUNK;
            Vectors.axpy(a, from, to, first, Math.min(size, end * Scratch.CHUNK));
        });
    }

    /**
     * x *= a.
     *
     * @param a the factor
     * @param x changed in place
     * @param workers threads that share the elements
     */
    public static void scale(double a, INDArray x, Workers workers) {
        Elements all = Elements.of(x);
        int size = all.size();
        onRanges(size, workers, chunks(size), (begin, end) -> {
            int first = begin * Scratch.CHUNK;
            Vectors.scale(a, all, first, Math.min(size, end * Scratch.CHUNK));
        });
    }

    /**
     * Looks for elements that are infinite or NaN.
     *
     * @param x a dense array
     * @param workers threads that share the elements
     * @return whether there are none
     */
    public static boolean isFinite(INDArray x, Workers workers) {
        Elements all = Elements.of(x);
        AtomicBoolean isFinite = new AtomicBoolean(true);
        Hold.enter(all, all);
        try {
            onRanges(all.size(), workers, (begin, end) -> {
                if (Vectors.firstNonFinite(all, begin, end) >= 0) {
                    isFinite.set(false);
                }
            });
        } finally {
            Hold.exit(all, all);
        }
        return isFinite.get();
    }

    /**
     * y = x.
     *
     * @param x a dense array
     * @param y overwritten, of the same length and dtype
     * @param workers threads that share the elements
     * @throws ShapeException if length or dtype differ
     */
    public static void copy(INDArray x, INDArray y, Workers workers) {
        Vectors.sameKind("copy", x, y);
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        Hold.enter(from, to);
        try {
            onRanges(from.size(), workers, (begin, end) -> Vectors.copy(from, to, begin, end - begin));
        } finally {
            Hold.exit(from, to);
        }
    }

    /**
     * y = a x1 + a x2 + ..., added in this order.
     *
     * @param a the factor
     * @param xs at least one, dense, of y's length and dtype
     * @param isFirst whether to overwrite y; else the sum is added to what it holds
     * @param y changed in place
     * @param workers threads that share the elements
     * @throws ShapeException if length or dtype differ, or there is no vector
     */
    public static void sum(double a, List<Elements> xs, boolean isFirst, INDArray y, Workers workers) {
        if (Check.noNulls("sum: the vectors", xs).isEmpty()) {
            throw new ShapeException("sum: needs at least one vector of " + y.length() + " elements, found none");
        }
        Elements to = Elements.of(y);
        for (Elements x : xs) {
            if (x.size() != to.size() || x.dtype() != to.dtype()) {
                throw new ShapeException("sum: needs vectors of one length and dtype, found " + x.dtype() + " of "
                        + x.size() + " and " + to.dtype() + " of " + to.size() + " elements");
            }
        }
        Hold hold = Hold.ofElements(Stream.concat(xs.stream(), Stream.of(to)).toList());
        hold.enter();
        try {
            onRanges(to.size(), workers, (begin, end) -> VectorLoops.sum(a, xs, isFirst, to, begin, end));
        } finally {
            hold.exit();
            Reference.reachabilityFence(xs);
            Reference.reachabilityFence(y);
        }
    }

    private static int chunks(int size) {
        return (size + Scratch.CHUNK - 1) / Scratch.CHUNK;
    }

    /** Works on the elements from begin to before end. */
    @FunctionalInterface
    private interface Range {
        void run(int begin, int end);
    }

    private static void onRanges(int size, Workers workers, Range range) {
        onRanges(size, workers, size, range);
    }

    /** Divides some parts, which have as many elements together, among as many threads as that pays for. */
    private static void onRanges(int size, Workers workers, int parts, Range range) {
        int tasks = Math.min(workers.count(), size / WORTH_SHARING);
        if (tasks < 2) {
            range.run(0, parts);
        } else {
            workers.run(
                    tasks, i -> range.run((int) ((long) parts * i / tasks), (int) ((long) parts * (i + 1) / tasks)));
        }
    }
}
