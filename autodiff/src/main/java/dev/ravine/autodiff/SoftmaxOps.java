package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.ReductionKernels;
import dev.ravine.core.kernels.SoftmaxKernels;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The softmax, its logarithm and its normalizer along some axes. With p the softmax, all derivatives are made of two
 * linear functions of a tangent t: {@link Centered}, t - sum(p t), and its transpose {@link Deflated}, t - p sum(t). They
 * keep their digits where one p is nearly 1, which p (1 - p) does not.
 */
final class SoftmaxOps {
    private SoftmaxOps() {}

    private interface Along extends Op {
        List<Integer> axes();

        @Override
        default Shape infer(Tensor... in) {
            return in[0].shape();
        }

        @Override
        default Examples examples(Tensor y, int i, Examples in) {
            Examples reduced = in.reduced(y.operand(i).shape(), ReductionOps.ints(axes()));
            return reduced.isApart() ? in : reduced;
        }

        @Override
        default long cost(Tensor y) {
            return 4 * y.shape().count();
        }
    }

    /** ln sum e^x over some axes; its derivative is the softmax. */
    record LogSumExp(List<Integer> axes) implements ReductionOps.Reduction {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return ReductionKernels.logSumExp(in[0], ReductionOps.ints(axes), out);
        }

        @Override
        public Tensor jvp(Tensor y, int i, Tensor tangent) {
            return Tensor.of(new ReductionOps.Sum(axes), tangent.mul(Tensor.of(new Softmax(axes), y.operand(0))));
        }

        @Override
        public Tensor vjp(Tensor y, int i, Tensor cotangent) {
            return cotangent.mul(Tensor.of(new Softmax(axes), y.operand(0)));
        }

        @Override
        public long cost(Tensor y) {
            return 3 * ReductionOps.Reduction.super.cost(y);
        }
    }

    /** e^x / sum e^x along some axes. Its Jacobian, diag(y) - y y', is symmetric. */
    record Softmax(List<Integer> axes) implements Along, SymmetricDerivative {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return ReductionKernels.softmax(in[0], ReductionOps.ints(axes), out);
        }

        @Override
        public Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            return y.mul(centered(axes, y, t));
        }

        @Override
        public boolean inPlace(int i) {
            return true;
        }
    }

    /** x - ln sum e^x along some axes. */
    record LogSoftmax(List<Integer> axes) implements Along {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return SoftmaxKernels.logSoftmax(in[0], ReductionOps.ints(axes), out);
        }

        @Override
        public Tensor jvp(Tensor y, int i, Tensor tangent) {
            return centered(axes, Tensor.of(new Softmax(axes), y.operand(0)), tangent);
        }

        @Override
        public Tensor vjp(Tensor y, int i, Tensor cotangent) {
            return deflated(axes, Tensor.of(new Softmax(axes), y.operand(0)), cotangent);
        }
    }

    static Tensor centered(List<Integer> axes, Tensor p, Tensor t) {
        return Tensor.of(new Centered(axes), p, t.broadcastTo(p.shape()));
    }

    static Tensor deflated(List<Integer> axes, Tensor p, Tensor t) {
        return Tensor.of(new Deflated(axes), p, t.broadcastTo(p.shape()));
    }

    private interface OfDistribution extends Along, SameShape {
        @Override
        default Shape infer(Tensor... in) {
            return SameShape.super.infer(in);
        }

        default Tensor sum(Tensor x) {
            return Tensor.of(new ReductionOps.Sum(axes()), x);
        }
    }

    /** t - sum(p t), for a distribution p, whose tangents have the sum 0. */
    record Centered(List<Integer> axes) implements OfDistribution {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return SoftmaxKernels.centered(in[0], in[1], ReductionOps.ints(axes), out);
        }

        @Override
        public Tensor jvp(Tensor y, int i, Tensor tangent) {
            return i == 0 ? sum(tangent.mul(y.operand(1))).neg() : centered(axes, y.operand(0), tangent);
        }

        @Override
        public Tensor vjp(Tensor y, int i, Tensor cotangent) {
            Tensor c = cotangent.broadcastTo(y.shape());
            return i == 0 ? sum(c).mul(y.operand(1)).neg() : deflated(axes, y.operand(0), c);
        }
    }

    /** t - p sum(t), for a distribution p, whose tangents have the sum 0. */
    record Deflated(List<Integer> axes) implements OfDistribution {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return SoftmaxKernels.deflated(in[0], in[1], ReductionOps.ints(axes), out);
        }

        @Override
        public Tensor jvp(Tensor y, int i, Tensor tangent) {
            return i == 0 ? tangent.mul(sum(y.operand(1))).neg() : deflated(axes, y.operand(0), tangent);
        }

        @Override
        public Tensor vjp(Tensor y, int i, Tensor cotangent) {
            return i == 0 ? cotangent.mul(sum(y.operand(1))).neg() : centered(axes, y.operand(0), cotangent);
        }
    }
}
