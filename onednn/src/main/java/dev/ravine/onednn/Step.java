package dev.ravine.onednn;

import dev.ravine.core.kernels.Kernel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;

/** One primitive with the memory that it reads and writes. */
final class Step implements Kernel {
    private final primitive computation;
    private final Map<Integer, memory> arguments;
    private final IntMemoryMap bound = new IntMemoryMap();

    Step(primitive computation, Map<Integer, memory> arguments) {
        this.computation = computation;
        this.arguments = new LinkedHashMap<>(arguments);
        arguments.forEach(bound::put);
    }

    /** Copies numbers to memory of another layout, or adds them to what is there. */
    static Step copy(memory from, memory to, boolean isAdded) {
        primitive_attr attributes = new primitive_attr();
        if (isAdded) {
            post_ops sum = new post_ops();
            sum.append_sum();
            attributes.set_post_ops(sum);
        }
        reorder copy = new reorder(new reorder.primitive_desc(from, to, attributes, false));
        return new Step(copy, Map.of(dnnl.DNNL_ARG_FROM, from, dnnl.DNNL_ARG_TO, to));
    }

    @Override
    public void run() {
        computation.execute(OneDnn.stream(), bound);
    }

    @Override
    public void close() {
        bound.close();
        computation.close();
        arguments.values().forEach(memory::close);
    }
}
