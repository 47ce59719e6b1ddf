package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import dev.ravine.core.kernels.BinaryKernels;
import dev.ravine.core.kernels.Kernel;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Functions of two numbers, elementwise with NumPy's broadcasting. The engine sums cotangents over broadcast axes. */
final class BinaryOps {
    private BinaryOps() {}

    private interface Broadcasting extends Op {
        @Override
        default Shape infer(Tensor... in) {
            return Shape.broadcast(name(), in[0].shape(), in[1].shape());
        }

        @Override
        default Examples examples(Tensor y, int i, Examples in) {
            return in.broadcast(y.operand(i).shape(), y.shape());
        }

        @Override
        default boolean inPlace(int i) {
            return true;
        }
    }

    /** y = a + b. */
    record Add() implements Broadcasting, SymmetricDerivative {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.add(in[0], in[1], out);
        }

        @Override
        public boolean isSum() {
            return true;
        }

        @Override
        public Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            return t;
        }
    }

    /** y = a - b. */
    record Sub() implements Broadcasting, SymmetricDerivative {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.sub(in[0], in[1], out);
        }

        @Override
        public Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            return i == 0 ? t : t.neg();
        }
    }

    /** y = a b. */
    record Mul() implements Broadcasting, Bilinear {
        @Override
        public Kernel kernel(INDArray a, INDArray b, INDArray y) {
            return BinaryKernels.mul(a, b, y);
        }

        @Override
        public OptionalDouble productFactor() {
            return OptionalDouble.of(1);
        }

        @Override
        public Tensor jvp(Tensor y, int i, Tensor tangent) {
            return tangent.mul(y.operand(1 - i));
        }

        @Override
        public Tensor transposeFirst(Tensor cotangent, Tensor a, Tensor b) {
            return cotangent.mul(b);
        }

        @Override
        public Tensor transposeSecond(Tensor cotangent, Tensor a, Tensor b) {
            return cotangent.mul(a);
        }
    }

    /** y = a / b. */
    record Div() implements Broadcasting, SymmetricDerivative {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.div(in[0], in[1], out);
        }

        @Override
        public Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            Tensor b = y.operand(1);
            return i == 0 ? t.div(b) : t.mul(y).div(b).neg();
        }
    }

    private interface Pointwise extends SameShape, SymmetricDerivative {
        /** The derivative of y with respect to operand i, at each element. */
        Tensor derivative(Tensor y, int i);

        @Override
        default Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            return t.mul(derivative(y, i));
        }
    }

    /**
     * y = a^b (ln a)^k, the k-th derivative of a^b with respect to b; for positive k it needs a >= 0. Where a factor b is
     * 0, the derivative with respect to a is 0, as that of the constant a^0 is; and a tangent of 0 stays 0 where the
     * derivative is infinite.
     */
    record Pow(int k) implements Pointwise {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return k == 0 ? BinaryKernels.pow(in[0], in[1], out) : BinaryKernels.powTimesLog(in[0], in[1], k, out);
        }

        @Override
        public Tensor derivative(Tensor y, int i) {
            Tensor a = y.operand(0);
            Tensor b = y.operand(1);
            if (i == 1) {
                return Tensor.of(new Pow(k + 1), a, b);
            }
            Tensor lower = b.sub(1);
            Tensor ofPower = Tensor.of(new MulUnlessZero(), b, Tensor.of(this, a, lower));
            return k == 0
                    ? ofPower
                    : ofPower.add(Tensor.of(new Pow(k - 1), a, lower).mul(k));
        }

        @Override
        public Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            return Tensor.of(new MulUnlessZero(), t.broadcastTo(y.shape()), derivative(y, i));
        }
    }

    /** y = a b, but 0 where a is 0, even if b is infinite. */
    record MulUnlessZero() implements Pointwise {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.mulUnlessZero(in[0], in[1], out);
        }

        @Override
        public Tensor derivative(Tensor y, int i) {
            return y.operand(1 - i);
        }

        @Override
        public Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            return i == 0
                    ? Pointwise.super.derivativeTimes(y, i, t)
                    : Tensor.of(this, y.operand(0), t.broadcastTo(y.shape()));
        }
    }

    /** y = the larger of a and b; where they are equal each gets half of the derivative. */
    record Maximum() implements Pointwise {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.max(in[0], in[1], out);
        }

        @Override
        public Tensor derivative(Tensor y, int i) {
            return share(y.operand(i), y.operand(1 - i));
        }
    }

    /** y = the smaller of a and b; where they are equal each gets half of the derivative. */
    record Minimum() implements Pointwise {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.min(in[0], in[1], out);
        }

        @Override
        public Tensor derivative(Tensor y, int i) {
            return share(y.operand(1 - i), y.operand(i));
        }
    }

    /** 1 where a > b, 1/2 where they are equal, 0 elsewhere. */
    private static Tensor share(Tensor a, Tensor b) {
        return a.greater(b).add(a.equalTo(b).mul(0.5));
    }
}
