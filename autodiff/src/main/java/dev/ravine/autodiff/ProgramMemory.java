package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Which memory a program has of its own, and which belongs to others. */
final class ProgramMemory {
    private ProgramMemory() {}

    /** What runs read and write outside of the program's own memory. */
    static List<INDArray> ofOthers(List<Plan.Port> inputs, List<Plan.Port> outputs, List<Tensor> order) {
        Stream<INDArray> given =
                Stream.concat(inputs.stream(), outputs.stream()).map(Plan.Port::memory);
        Stream<INDArray> owned = Stream.concat(order.stream(), inputs.stream().map(Plan.Port::tensor))
                .filter(t -> t.op() instanceof Leaf.Variable || t.op() instanceof Leaf.Constant)
                .map(t -> ((Leaf) t.op()).array());
        return Stream.concat(given, owned).filter(Objects::nonNull).toList();
    }

    /** The input with its memory: the caller's, otherwise that of the variable's owner, otherwise the program's own. */
    static Plan.Port placed(Plan.Port port, Arena own) {
        Tensor t = port.tensor();
        if (port.memory() != null) {
            return port;
        }
        boolean isOwned = t.op() instanceof Leaf.Variable;
        return new Plan.Port(t, port.bundle(), isOwned ? ((Leaf) t.op()).array() : own.allocate(t.dtype(), t.shape()));
    }
}
