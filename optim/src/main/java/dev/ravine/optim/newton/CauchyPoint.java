package dev.ravine.optim.newton;

import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.secondorder.Bounds;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The generalized Cauchy point (Byrd, Lu, Nocedal and Zhu, SIAM Journal on Scientific Computing 16, 1995, algorithm
 * CP): the first minimum of a quadratic model along the path of steepest descent, which bends wherever a parameter
 * meets its bound and stays there.
 *
 * @param x the point
 * @param coordinates W'(x - start) in the model's compact form
 * @param isFree which parameters have not met a bound
 */
@SuppressWarnings("ArrayRecordComponent")
record CauchyPoint(double[] x, double[] coordinates, boolean[] isFree) {
    /** One walk along the path. */
    private static final class Walk {
        private final Bounds box;
        private final CompactHessian matrix;
        private final double[] start;
        private final double[] g;
        private final double[] x;
        private final double[] d;
        private final double[] breaks;
        private final double[] c;
        private double[] p;
        private double slope;
        private double curvature;
        private double least;

        private Walk(Bounds box, CompactHessian matrix, double[] start, double[] g) {
            this.box = box;
            this.matrix = matrix;
            this.start = start;
            this.g = g;
            this.x = start.clone();
            this.d = new double[g.length];
            this.breaks = new double[g.length];
            for (int i = 0; i < g.length; i++) {
                double way = g[i] < 0 ? start[i] - box.upper(i) : start[i] - box.lower(i);
                breaks[i] = g[i] == 0 ? Double.POSITIVE_INFINITY : way / g[i];
                d[i] = breaks[i] > 0 ? -g[i] : 0;
            }
            this.p = matrix.coordinates(d);
            this.c = new double[p.length];
            double square = DenseMatrix.dot(d, d);
            slope = -square;
            curvature = matrix.scale() * square - DenseMatrix.dot(p, matrix.solve(p));
            least = Math.ulp(1.0) * matrix.scale() * square;
        }

        private CauchyPoint end() {
            int[] order = IntStream.range(0, g.length)
                    .filter(i -> d[i] != 0 && Double.isFinite(breaks[i]))
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> breaks[i]))
                    .mapToInt(i -> i)
                    .toArray();
            double time = 0;
            boolean[] isFree = new boolean[g.length];
            for (int i = 0; i < g.length; i++) {
                isFree[i] = d[i] != 0 || box.isFree(i, start[i]);
            }
            for (int b : order) {
                double length = breaks[b] - time;
                if (toMinimum() < length) {
                    break;
                }
                time = breaks[b];
                advance(length);
                fix(b);
                isFree[b] = false;
            }
            double rest = Math.max(0, toMinimum());
            if (slope < 0) {
                advance(rest);
                time += rest;
            }
            for (int i = 0; i < x.length; i++) {
                if (d[i] != 0) {
                    x[i] = box.clip(i, start[i] + time * d[i]);
                }
            }
            return new CauchyPoint(x, c, isFree);
        }

        private double toMinimum() {
            return -slope / Math.max(curvature, least);
        }

        private void advance(double length) {
            for (int j = 0; j < c.length; j++) {
                c[j] += length * p[j];
            }
            slope += length * curvature;
        }

        /** A parameter meets its bound: the path bends. */
        private void fix(int b) {
            x[b] = d[b] > 0 ? box.upper(b) : box.lower(b);
            double[] w = matrix.row(b);
            double[] solved = matrix.solve(w);
            double square = g[b] * g[b];
            slope += square + matrix.scale() * g[b] * (x[b] - start[b]) - g[b] * DenseMatrix.dot(solved, c);
            curvature -= matrix.scale() * square
                    + 2 * g[b] * DenseMatrix.dot(solved, p)
                    + square * DenseMatrix.dot(solved, w);
            for (int j = 0; j < p.length; j++) {
                p[j] += g[b] * w[j];
            }
            d[b] = 0;
        }
    }

    /**
     * Walks from a point.
     *
     * @param box the bounds
     * @param matrix of the model
     * @param start within the bounds
     * @param g the gradient there
     * @return the first minimum of the model along the path
     */
    static CauchyPoint from(Bounds box, CompactHessian matrix, double[] start, double[] g) {
        return new Walk(box, matrix, start, g).end();
    }
}
