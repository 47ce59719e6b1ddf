package dev.ravine.autodiff;

import dev.ravine.autodiff.LayoutOps.Moving;
import dev.ravine.autodiff.LayoutOps.Resizing;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.LayoutKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Slices at equal steps along an axis, and their transpose. */
final class StepOps {
    private StepOps() {}

    /** Every step-th slice with indices from, from + step, ... below to along one axis. */
    record Every(int axis, long from, long to, long step) implements Moving, Resizing {
        @Override
        public Shape infer(Tensor... in) {
            Shape x = in[0].shape();
            if (from < 0 || from > to || to > x.size(axis) || step < 1) {
                throw new ShapeException("slice: from " + from + " to " + to + " by steps of " + step
                        + " is not inside axis " + axis + " of shape " + x + "; the step must be at least 1");
            }
            return LayoutOps.resized(x, axis, (to - from + step - 1) / step);
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return LayoutKernels.every(x, axis, from, step, y);
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            return Tensor.of(new Spread(axis, from, step, x.shape().size(axis)), cotangent);
        }
    }

    /** Zeros of a given size along one axis, except for every step-th slice, which are those of the operand. */
    record Spread(int axis, long from, long step, long size) implements Linear, Resizing {
        @Override
        public Shape infer(Tensor... in) {
            Shape x = in[0].shape();
            if (from < 0 || (x.size(axis) > 0 && from + (x.size(axis) - 1) * step >= size)) {
                throw new ShapeException("spread: slices of shape " + x + " from " + from + " by steps of " + step
                        + " do not fit into size " + size + " of axis " + axis);
            }
            return LayoutOps.resized(x, axis, size);
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return LayoutKernels.spread(x, axis, from, step, y);
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            long end = x.shape().size(axis) == 0 ? from : from + (x.shape().size(axis) - 1) * step + 1;
            return Tensor.of(new Every(axis, from, end, step), cotangent);
        }
    }
}
