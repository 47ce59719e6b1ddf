package dev.ravine.optim.newton;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.PowerOfTwo;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.linear.StopRule;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Finds the step of one group of parameters: (B + shift I) p = -g with the group's block B, exactly or roughly. */
abstract class GroupSolver implements AutoCloseable {
    /**
     * How a group was solved.
     *
     * @param iterations factorizations, or products with the block
     * @param stopped why the solver ended
     * @param detail the method and how it ended, such as {@code EXACT SOLVED}
     * @param smallestCurvature the smallest p'(B + shift I) p / p'p that was met
     */
    record Report(int iterations, Stop stopped, String detail, double smallestCurvature) implements SolverReport {}

    /**
     * Solves.
     *
     * @param block B
     * @param shift L2 and damping
     * @param g the group's part of the gradient; not changed
     * @param p overwritten with the step
     * @param scratch overwritten, of the group's size
     * @param inverse an approximate inverse of B + shift I for solvers that iterate, or null
     * @return how it went
     */
    abstract Report solve(
            LinearOperator block, double shift, INDArray g, INDArray p, INDArray scratch, LinearOperator inverse);

    @Override
    public void close() {
        // Nothing is kept.
    }

    /** The block is written out and solved by Cholesky's method. */
    static final class Exact extends GroupSolver {
        private DenseMatrix matrix;

        @Override
        Report solve(
                LinearOperator block, double shift, INDArray g, INDArray p, INDArray scratch, LinearOperator inverse) {
            int n = (int) g.length();
            if (matrix == null) {
                matrix = new DenseMatrix(n);
            }
            matrix.assign(block, DType.of(g));
            if (!matrix.isFinite()) {
                Vectors.fill(p, 0);
                return new Report(0, Stop.NON_FINITE, "EXACT NON_FINITE", Double.NaN);
            }
            double used = shift;
            int factorizations = 1;
            while (!matrix.factorize(used)) {
                // Damping may have shrunk far below the rounding of the block.
                used = Math.max(2 * used, Math.max(n * Math.ulp(1.0) * largestOnDiagonal(), Double.MIN_NORMAL));
                factorizations++;
            }
            double[] x =
                    Arrays.stream(matrix.solve(Arena.toDoubles(g))).map(v -> -v).toArray();
            Elements.of(p).write(0, n, x);
            double along = matrix.curvatureAlong(x) + used;
            return used == shift
                    ? new Report(factorizations, Stop.SOLVED, "EXACT SOLVED", along)
                    : new Report(factorizations, Stop.SHIFTED, "EXACT SHIFTED by " + used, along);
        }

        private double largestOnDiagonal() {
            return IntStream.range(0, matrix.size())
                    .mapToDouble(k -> Math.abs(matrix.get(k, k)))
                    .max()
                    .orElseThrow();
        }

        @Override
        public void close() {
            if (matrix != null) {
                matrix.close();
            }
        }
    }

    /** Conjugate gradients on products with the block. */
    static final class Iterative extends GroupSolver {
        private final ConjugateGradient solver;

        Iterative(int maxIterations) {
            this.solver = new ConjugateGradient(maxIterations, StopRule.relativeProgress(5e-4));
        }

        @Override
        Report solve(
                LinearOperator block, double shift, INDArray g, INDArray p, INDArray scratch, LinearOperator inverse) {
            Vectors.fill(p, 0);
            ConjugateGradient.Result cg = solver.minimise(block.shifted(shift), g, p, inverse, Integer.MAX_VALUE);
            Vectors.copy(cg.x(), p);
            String detail = "CONJUGATE_GRADIENTS " + cg.stopped();
            return new Report(cg.iterations(), cg.stopped(), detail, cg.smallestCurvature());
        }

        @Override
        public void close() {
            solver.close();
        }
    }

    /** -g times the rate that minimises the block's model along it. */
    static final class SteepestDescent extends GroupSolver {
        @Override
        Report solve(
                LinearOperator block, double shift, INDArray g, INDArray p, INDArray scratch, LinearOperator inverse) {
            double unit = PowerOfTwo.unitOf(Vectors.norm(g), DType.of(g));
            Vectors.copy(g, p);
            Vectors.scale(1 / unit, p);
            block.shifted(shift).apply(p, scratch);
            double square = Vectors.dot(p, p);
            double along = Vectors.dot(p, scratch) / square;
            boolean isUsable = along > 0 && Double.isFinite(along);
            Vectors.scale(isUsable ? -unit / along : 0, p);
            if (square == 0) {
                return new Report(1, Stop.SOLVED, "STEEPEST_DESCENT NO_GRADIENT", Double.POSITIVE_INFINITY);
            }
            Stop stopped = isUsable ? Stop.MINIMUM_ALONG : Stop.NONPOSITIVE_CURVATURE;
            return new Report(1, stopped, "STEEPEST_DESCENT " + stopped, along);
        }
    }
}
