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
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;

/** One primitive with the memory that it reads and writes. */
final class Step implements Kernel {
    private final primitive computation;
    private final Map<Integer, memory> arguments;
    private final IntMemoryMap bound = new IntMemoryMap();

    /**
     * A step with its own memory for what lies between: that of the library belongs to the thread that made the
     * primitive, and others would find none.
     *
     * @param description of the primitive, made with {@link #attributes}
     */
    Step(primitive computation, primitive_desc_base description, Map<Integer, memory> arguments) {
        this.computation = computation;
        this.arguments = new LinkedHashMap<>(arguments);
        memory.desc between = description.scratchpad_desc();
        if (between.get_size() > 0) {
            this.arguments.put(dnnl.DNNL_ARG_SCRATCHPAD, OneDnn.allocate(between));
        }
        this.arguments.forEach(bound::put);
    }

    /**
     * {@return the attributes of every primitive}
     *
     * @param isAdded whether the result is added to what is there
     */
    static primitive_attr attributes(boolean isAdded) {
        primitive_attr attributes = new primitive_attr();
        attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
        if (isAdded) {
            post_ops sum = new post_ops();
            sum.append_sum();
            attributes.set_post_ops(sum);
        }
        return attributes;
    }

    /** Copies numbers to memory of another layout, or adds them to what is there. */
    static Step copy(memory from, memory to, boolean isAdded) {
        reorder.primitive_desc description = new reorder.primitive_desc(from, to, attributes(isAdded), false);
        return new Step(new reorder(description), description, Map.of(dnnl.DNNL_ARG_FROM, from, dnnl.DNNL_ARG_TO, to));
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
