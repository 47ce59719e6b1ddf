package dev.ravine.onednn;

import dev.ravine.core.kernels.Kernel;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A product of two matrices, which stay where they are. */
final class Product {
    private Product() {}

    /**
     * {@return the kernel y = op(a) op(b), or y + op(a) op(b)}
     *
     * @param isAdded whether the result is added to what is there
     */
    static Kernel of(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y, boolean isAdded) {
        memory.desc left = layout(a, transposeA);
        memory.desc right = layout(b, transposeB);
        memory.desc result = layout(y, false);
        matmul.primitive_desc product =
                new matmul.primitive_desc(OneDnn.engine(), left, right, result, Step.attributes(isAdded), false);
        return new Step(
                new matmul(product),
                product,
                Map.of(
                        dnnl.DNNL_ARG_SRC, OneDnn.memory(left, a),
                        dnnl.DNNL_ARG_WEIGHTS, OneDnn.memory(right, b),
                        dnnl.DNNL_ARG_DST, OneDnn.memory(result, y)));
    }

    /** A dense matrix as it enters the product: transposed, its rows are columns in memory. */
    private static memory.desc layout(INDArray matrix, boolean isTransposed) {
        long[] sizes = {matrix.size(isTransposed ? 1 : 0), matrix.size(isTransposed ? 0 : 1)};
        memory.format_tag order = isTransposed ? memory.format_tag.ba : memory.format_tag.ab;
        return new memory.desc(sizes, memory.data_type.f32, order, false);
    }
}
