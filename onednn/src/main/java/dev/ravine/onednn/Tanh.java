package dev.ravine.onednn;

import dev.ravine.core.kernels.Kernel;
import java.util.Map;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The hyperbolic tangent of each number, within 1.3 units in the last place. */
final class Tanh {
    private Tanh() {}

    static Kernel of(INDArray x, INDArray y) {
        memory.desc layout = new memory.desc(new long[] {x.length()}, memory.data_type.f32, memory.format_tag.a, false);
        eltwise_forward.primitive_desc tanh = new eltwise_forward.primitive_desc(
                OneDnn.engine(),
                prop_kind.forward_training,
                algorithm.eltwise_tanh,
                layout,
                layout,
                0f,
                0f,
                Step.attributes(false),
                false);
        return new Step(
                new eltwise_forward(tanh),
                tanh,
                Map.of(
                        dnnl.DNNL_ARG_SRC, OneDnn.memory(layout, x),
                        dnnl.DNNL_ARG_DST, OneDnn.memory(layout, y)));
    }
}
