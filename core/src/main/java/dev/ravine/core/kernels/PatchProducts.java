package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import dev.ravine.core.kernels.NativeNumbers.Matrix;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A convolution by products of patches, some positions at a time, group by group. None of the arrays is empty. */
final class PatchProducts implements Kernel {
    private final ConvolutionRole role;
    private final ImageWindows windows;
    private final Patches cut;
    private final boolean isPlain;
    private final int groups;
    private final double beta;
    private final int bytes;
    private final int inputs;
    private final int outputs;
    private final int patch;
    private final int allOutputs;
    private final NativeNumbers x;
    private final NativeNumbers w;
    private final NativeNumbers y;

    PatchProducts(ConvolutionRole role, INDArray x, INDArray w, INDArray y, Window window, int groups, double beta) {
        this.role = role;
        this.windows = new ImageWindows(Shape.of(x), window);
        this.isPlain = window.isIdentity();
        this.groups = groups;
        this.beta = beta;
        this.bytes = DType.of(x).bytes();
        this.inputs = windows.channels / groups;
        this.allOutputs = Math.toIntExact(y.size(3));
        this.outputs = allOutputs / groups;
        this.patch = Math.toIntExact(window.count() * inputs);
        this.cut = new Patches(windows, bytes, inputs);
        this.x = NativeNumbers.of(Elements.of(x));
        this.w = NativeNumbers.of(Elements.of(w));
        this.y = NativeNumbers.of(Elements.of(y));
    }

    @Override
    public void run() {
        if (role == ConvolutionRole.IMAGES && !isPlain && beta == 0) {
            x.zero(0, x.size());
        }
        int all = windows.positions();
        int chunk = isPlain ? all : PatchMemory.capacity(patch, bytes);
        NativeNumbers patches = isPlain ? x : PatchMemory.ofThread(x, bytes, Math.min(all, chunk) * patch);
        for (int first = 0; first < all; first += chunk) {
            int count = Math.min(chunk, all - first);
            for (int group = 0; group < groups; group++) {
                multiply(first, count, group, patches);
            }
        }
    }

    private void multiply(int first, int count, int group, NativeNumbers memory) {
        int channel = group * inputs;
        int fromY = first * allOutputs + group * outputs;
        int fromW = group * outputs;
        int fromPatches = isPlain ? channel : 0;
        int width = isPlain ? windows.channels : patch;
        if (!isPlain && role != ConvolutionRole.IMAGES) {
            cut.unfold(x, first, count, channel, memory);
        }
        Matrix patches = new Matrix(memory, role == ConvolutionRole.WEIGHTS, width);
        Matrix weights = new Matrix(w, role == ConvolutionRole.IMAGES, allOutputs);
        Matrix results = new Matrix(y, false, allOutputs);
        switch (role) {
            case OUTPUTS ->
                y.product(count, outputs, patch, patches, fromPatches, weights, fromW, beta, results, fromY);
            case WEIGHTS ->
                w.product(
                        patch,
                        outputs,
                        count,
                        patches,
                        fromPatches,
                        results,
                        fromY,
                        first == 0 ? beta : 1,
                        weights,
                        fromW);
            case IMAGES -> {
                double kept = isPlain ? beta : 0;
                x.product(count, patch, outputs, results, fromY, weights, fromW, kept, patches, fromPatches);
                if (!isPlain) {
                    cut.fold(memory, first, count, channel, x);
                }
            }
        }
    }
}
