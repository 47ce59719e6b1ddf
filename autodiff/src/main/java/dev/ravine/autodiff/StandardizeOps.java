package dev.ravine.autodiff;

import dev.ravine.core.Check;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.StandardizeKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Standardization along the last axis, and the deviation that it divides by; each is part of the other's derivative. */
final class StandardizeOps {
    private StandardizeOps() {}

    private interface AlongLast extends Op {
        double epsilon();

        @Override
        default Shape infer(Tensor... in) {
            if (in[0].shape().rank() == 0) {
                throw new ShapeException("standardize: a scalar has no last axis");
            }
            return in[0].shape();
        }

        @Override
        default Examples examples(Tensor y, int i, Examples in) {
            Shape shape = y.operand(0).shape();
            Examples reduced = in.reduced(shape, shape.rank() - 1);
            return reduced.isApart() ? in : reduced;
        }

        @Override
        default long cost(Tensor y) {
            return 5 * y.operand(0).shape().count();
        }
    }

    /**
     * y = (x - mean) / d with the deviation d = sqrt(variance + epsilon). Its Jacobian, (I - 11'/n - y y'/n) / d, is
     * symmetric.
     */
    record Standardize(double epsilon) implements AlongLast, SymmetricDerivative {
        Standardize {
            Check.notNegative("standardize: epsilon", epsilon);
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return StandardizeKernels.standardize(in[0], epsilon, out);
        }

        @Override
        public boolean inPlace(int i) {
            return true;
        }

        @Override
        public Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            Tensor whole = t.broadcastTo(y.shape());
            Tensor along = y.mul(y.mul(whole).meanKeeping(-1));
            return whole.sub(whole.meanKeeping(-1)).sub(along).div(Tensor.of(new Deviation(epsilon), y.operand(0)));
        }
    }

    /** d = sqrt(variance + epsilon), with size 1 along the last axis; the derivative is the standardized x / n. */
    record Deviation(double epsilon) implements AlongLast {
        @Override
        public Shape infer(Tensor... in) {
            Shape shape = AlongLast.super.infer(in);
            return shape.keeping(shape.rank() - 1);
        }

        @Override
        public Examples examples(Tensor y, int i, Examples in) {
            Shape shape = y.operand(0).shape();
            return in.reduced(shape, shape.rank() - 1);
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return StandardizeKernels.deviation(in[0], epsilon, out);
        }

        @Override
        public Tensor jvp(Tensor y, int i, Tensor tangent) {
            return standardized(y).mul(tangent).meanKeeping(-1);
        }

        @Override
        public Tensor vjp(Tensor y, int i, Tensor cotangent) {
            long width = y.operand(0).shape().size(-1);
            return standardized(y).mul(cotangent.div((double) width));
        }

        private Tensor standardized(Tensor y) {
            return Tensor.of(new Standardize(epsilon), y.operand(0));
        }
    }
}
