package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * What a net does with an input: the output, the parameters and the work of each layer.
 *
 * @param layers in the order in which they begin: the net comes first, and each layer comes before the layers inside it
 */
public record Summary(List<Layer> layers) {
    /**
     * One use of a layer.
     *
     * @param path names from the outermost module down with dots between them; empty for the outermost
     * @param kind its class, and what it says of itself
     * @param output the shape of its output
     * @param parameters how many numbers its own parameters hold, without those of layers inside it
     * @param work floating-point operations of its own in a forward pass, by {@link dev.ravine.autodiff.Op#cost}
     */
    public record Layer(String path, String kind, Shape output, long parameters, long work) {}

    /**
     * {@return the summary of a net in evaluation mode}
     *
     * @param module initialized; its mode does not change
     * @param input such as {@link Tensor#input} with the shape of a batch
     * @throws dev.ravine.core.ShapeException if the input does not fit, naming the layer
     */
    public static Summary of(Module module, Tensor input) {
        Recorder recorder = new Recorder();
        recorder.counted.add(input);
        LayerPath.observed(recorder, () -> module.inMode(false, () -> module.apply(input)));
        return new Summary(List.copyOf(recorder.layers));
    }

    /** Charges each operation to the innermost layer that it is done in. */
    private static final class Recorder implements LayerPath.Observer {
        private final List<Layer> layers = new ArrayList<>();
        private final Set<Tensor> counted = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Deque<Integer> places = new ArrayDeque<>();
        private final Deque<Long> works = new ArrayDeque<>();

        @Override
        public void begun(Tensor input) {
            if (!works.isEmpty()) {
                works.push(works.pop() + work(input, counted));
            }
            places.push(layers.size());
            works.push(0L);
            layers.add(null);
        }

        @Override
        public void built(Object layer, String path, Tensor output) {
            long work = works.pop() + work(output, counted);
            layers.set(places.pop(), of((Module) layer, path, output, work));
        }
    }

    private static Layer of(Module layer, String path, Tensor output, long work) {
        String kind = layer.getClass().getSimpleName();
        String text = ((kind.isEmpty() ? "Module" : kind) + " " + layer.description()).strip();
        long parameters = layer.namedParameters().entrySet().stream()
                .filter(e -> e.getKey().indexOf('.') < 0)
                .mapToLong(e -> e.getValue().shape().count())
                .sum();
        return new Layer(path, text, output.shape(), parameters, work);
    }

    /** The work of all operations that lead to an output and were not counted before. */
    private static long work(Tensor output, Set<Tensor> counted) {
        long work = 0;
        Deque<Tensor> open = new ArrayDeque<>(List.of(output));
        while (!open.isEmpty()) {
            Tensor next = open.pop();
            if (counted.add(next)) {
                boolean isLeaf = next.operands().isEmpty();
                work += isLeaf ? 0 : next.op().cost(next);
                next.operands().forEach(open::push);
            }
        }
        return work;
    }

    /** {@return the floating-point operations of a forward pass over the whole batch} */
    public long work() {
        return layers.stream().mapToLong(Layer::work).sum();
    }
}
