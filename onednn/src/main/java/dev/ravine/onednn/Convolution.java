package dev.ravine.onednn;

import dev.ravine.core.Window;
import dev.ravine.core.kernels.ConvolutionRole;
import dev.ravine.core.kernels.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One tensor of a convolution from the other two. Images and outputs stay where they are, [examples, height, width,
 * channels]. Weights are copied into the layout that oneDNN wants, and back, at each run: with weights as they are it
 * is up to twice as slow.
 */
final class Convolution {
    private static final int ALGORITHM = algorithm.convolution_direct.value;

    private final memory.desc images;
    private final memory.desc weights;
    private final memory.desc anyWeights;
    private final memory.desc outputs;
    private final long[] strides;
    private final long[] dilations;
    private final long[] before;
    private final long[] after;

    private Convolution(INDArray x, INDArray w, INDArray y, Window window) {
        images = layout(memory.format_tag.nhwc, x.size(0), x.size(3), x.size(1), x.size(2));
        outputs = layout(memory.format_tag.nhwc, y.size(0), y.size(3), y.size(1), y.size(2));
        weights = layout(memory.format_tag.hwio, w.size(3), w.size(2), w.size(0), w.size(1));
        anyWeights = layout(memory.format_tag.any, w.size(3), w.size(2), w.size(0), w.size(1));
        Window.Axis down = window.height();
        Window.Axis right = window.width();
        strides = new long[] {down.stride(), right.stride()};
        dilations = new long[] {down.dilation() - 1, right.dilation() - 1};
        before = new long[] {down.before(), right.before()};
        after = new long[] {used(down, x.size(1), y.size(1)), used(right, x.size(2), y.size(2))};
    }

    /** The padding behind the image that a window reaches; oneDNN refuses padding that none reaches. */
    private static long used(Window.Axis axis, long size, long outputs) {
        return (outputs - 1) * axis.stride() + axis.extent() - size - axis.before();
    }

    private static memory.desc layout(memory.format_tag tag, long... sizes) {
        return new memory.desc(sizes, memory.data_type.f32, tag, false);
    }

    /**
     * {@return the kernel}
     *
     * @param isAdded whether the result is added to what is there
     */
    static Kernel of(ConvolutionRole role, INDArray x, INDArray w, INDArray y, Window window, boolean isAdded) {
        Convolution shapes = new Convolution(x, w, y, window);
        return switch (role) {
            case OUTPUTS -> shapes.outputs(x, w, y, isAdded);
            case IMAGES -> shapes.images(x, w, y, isAdded);
            case WEIGHTS -> shapes.weights(x, w, y, isAdded);
        };
    }

    private convolution_forward.primitive_desc forward(boolean isAdded) {
        return new convolution_forward.primitive_desc(
                OneDnn.engine(),
                prop_kind.forward_training.value,
                ALGORITHM,
                images,
                anyWeights,
                outputs,
                strides,
                dilations,
                before,
                after,
                Step.attributes(isAdded),
                false);
    }

    /** The constructor of what oneDNN wants for a derivative. */
    private interface Backward<P> {
        P make(
                engine device,
                int algorithm,
                memory.desc images,
                memory.desc weights,
                memory.desc outputs,
                long[] strides,
                long[] dilations,
                long[] before,
                long[] after,
                convolution_forward.primitive_desc forward,
                primitive_attr attributes,
                boolean mayBeEmpty);
    }

    private <P> P backward(Backward<P> constructor) {
        return constructor.make(
                OneDnn.engine(),
                ALGORITHM,
                images,
                anyWeights,
                outputs,
                strides,
                dilations,
                before,
                after,
                forward(false),
                Step.attributes(false),
                false);
    }

    private Kernel outputs(INDArray x, INDArray w, INDArray y, boolean isAdded) {
        convolution_forward.primitive_desc forward = forward(isAdded);
        memory packed = OneDnn.allocate(forward.weights_desc());
        return new Steps(List.of(
                Step.copy(OneDnn.memory(weights, w), packed, false),
                new Step(
                        new convolution_forward(forward),
                        forward,
                        Map.of(
                                dnnl.DNNL_ARG_SRC, OneDnn.memory(images, x),
                                dnnl.DNNL_ARG_WEIGHTS, packed,
                                dnnl.DNNL_ARG_DST, OneDnn.memory(outputs, y)))));
    }

    private Kernel images(INDArray x, INDArray w, INDArray y, boolean isAdded) {
        convolution_backward_data.primitive_desc back = backward(convolution_backward_data.primitive_desc::new);
        memory packed = OneDnn.allocate(back.weights_desc());
        memory target = OneDnn.memory(images, x);
        memory result = isAdded ? OneDnn.allocate(images) : target;
        List<Step> steps = new ArrayList<>();
        steps.add(Step.copy(OneDnn.memory(weights, w), packed, false));
        steps.add(new Step(
                new convolution_backward_data(back),
                back,
                Map.of(
                        dnnl.DNNL_ARG_DIFF_DST, OneDnn.memory(outputs, y),
                        dnnl.DNNL_ARG_WEIGHTS, packed,
                        dnnl.DNNL_ARG_DIFF_SRC, result)));
        if (isAdded) {
            steps.add(Step.copy(result, target, true));
        }
        return new Steps(steps);
    }

    private Kernel weights(INDArray x, INDArray w, INDArray y, boolean isAdded) {
        convolution_backward_weights.primitive_desc back = backward(convolution_backward_weights.primitive_desc::new);
        memory packed = OneDnn.allocate(back.diff_weights_desc());
        return new Steps(List.of(
                new Step(
                        new convolution_backward_weights(back),
                        back,
                        Map.of(
                                dnnl.DNNL_ARG_SRC, OneDnn.memory(images, x),
                                dnnl.DNNL_ARG_DIFF_DST, OneDnn.memory(outputs, y),
                                dnnl.DNNL_ARG_DIFF_WEIGHTS, packed)),
                Step.copy(packed, OneDnn.memory(weights, w), isAdded)));
    }
}
