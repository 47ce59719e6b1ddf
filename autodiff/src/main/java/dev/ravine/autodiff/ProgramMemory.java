package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
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

    /** Refuses nulls, and arrays that are not one for each tensor; null stands for memory of the program. */
    static void requirePairs(String what, List<Tensor> tensors, List<INDArray> memory) {
        Check.noNulls("the " + what + " of a program", tensors);
        if (memory != null && Check.noNulls("the arrays of " + what, memory).size() != tensors.size()) {
            throw new IllegalArgumentException("a program's " + what + " need one array for each of " + tensors.size()
                    + " tensors, found " + memory.size() + "; give null for memory of the program");
        }
    }
}
