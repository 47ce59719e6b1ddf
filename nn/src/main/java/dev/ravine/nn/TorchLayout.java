package dev.ravine.nn;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.LayoutKernels;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How PyTorch names and lays out the arrays that belong to Ravine's parameters. */
final class TorchLayout {
    private static final String WEIGHT = "weight";
    private static final String GAIN = "gain";
    private static final String COUNT = "num_batches_tracked";

    private TorchLayout() {}

    /**
     * Arrays under the names of parameters: a weight without a parameter of this name may belong to a gain. How many
     * batches a normalization has seen is left out.
     */
    static Map<String, INDArray> named(Map<String, INDArray> arrays, Set<String> parameters) {
        Map<String, INDArray> named = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            if (name.equals(COUNT) || name.endsWith("." + COUNT)) {
                return;
            }
            boolean isWeight = name.equals(WEIGHT) || name.endsWith("." + WEIGHT);
            String gain = isWeight ? name.substring(0, name.length() - WEIGHT.length()) + GAIN : name;
            boolean isGain =
                    isWeight && !parameters.contains(name) && parameters.contains(gain) && !arrays.containsKey(gain);
            named.put(isGain ? gain : name, array);
        });
        return named;
    }

    /** An array of PyTorch in the layout of a parameter. */
    static INDArray ours(INDArray array, Parameter parameter) {
        int rank = parameter.shape().rank();
        if (array.rank() != rank) {
            return array;
        }
        if (rank == 2) {
            return isWeightMatrix(parameter) ? permuted(array, 1, 0) : array;
        }
        return rank > 2 ? permuted(array, kernelOrder(rank)) : array;
    }

    /** A matrix [outputs, channels * height * width] as [outputs, height * width * channels]. */
    static INDArray channelsLast(INDArray matrix, int channels, int height, int width) {
        long outputs = matrix.size(0);
        INDArray images = Arena.view(Arena.dense(matrix), 0, Shape.of(outputs, channels, height, width));
        return Arena.view(permuted(images, 0, 2, 3, 1), 0, Shape.of(matrix));
    }

    private static boolean isWeightMatrix(Parameter parameter) {
        Shape shape = parameter.shape();
        return shape.rank() == 2 && parameter.fans().equals(Fans.matrix(shape.size(0), shape.size(1)));
    }

    /** [outputs, inputs, window...] as [window..., inputs, outputs]. */
    private static int[] kernelOrder(int rank) {
        int[] order = new int[rank];
        for (int i = 0; i < rank - 2; i++) {
            order[i] = i + 2;
        }
        order[rank - 2] = 1;
        order[rank - 1] = 0;
        return order;
    }

    private static INDArray permuted(INDArray array, int... order) {
        long[] sizes = new long[order.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = array.size(order[i]);
        }
        INDArray out = Arena.create(DType.of(array), Shape.of(sizes));
        LayoutKernels.permute(Arena.dense(array), order, out).run();
        return out;
    }
}
