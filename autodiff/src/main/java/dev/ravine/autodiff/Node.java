package dev.ravine.autodiff;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import java.util.BitSet;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One value of a {@link Plan}: a leaf, a view of another value, or a computation applied to others. The passes of the
 * plan fill it in; the fields are grouped by the pass that writes them.
 */
final class Node {
    // shareEqualNodes: the tensor whose value this is. It stays, whatever later passes make of the computation.
    final Tensor tensor;

    // shareEqualNodes, rewritten by multiplyConstantsFirst and accumulateProducts: how the value is computed.
    Computation op;
    List<Node> in;
    int uses;
    long cost;

    // traceInputs: the bundles of inputs behind the value.
    final BitSet reachedBy = new BitSet();

    // separateOutputs marks the outputs, findGroups does the rest: the bundles of outputs before the value, and its
    // group.
    final BitSet reaches = new BitSet();
    int group;

    // findLifetimes: when the value is computed, when it is last read, and whether it outlives a run of its group.
    int position;
    int lastUse;
    boolean lasts;

    // assignMemory: where the value lives; null for leaves and views.
    Memory memory;

    // bind: the array in the value's shape, and what computes it.
    INDArray array;
    Kernel kernel;

    /** A stretch of memory that one value after another may use. */
    static final class Memory {
        final INDArray array;
        boolean recycled;

        Memory(INDArray array) {
            this.array = array;
        }
    }

    Node(Tensor tensor, Computation op, List<Node> in, long cost) {
        this.tensor = tensor;
        this.op = op;
        this.in = in;
        this.cost = cost;
        in.forEach(i -> reachedBy.or(i.reachedBy));
    }

    Shape shape() {
        return tensor.shape();
    }

    DType dtype() {
        return tensor.dtype();
    }

    boolean isLeaf() {
        return op instanceof Leaf;
    }

    /** The node whose memory this one is seen through. */
    Node root() {
        Node node = this;
        while (node.op.isView()) {
            node = node.in.get(0);
        }
        return node;
    }

    /** The tensor, and the nearest variable behind it, which tells where in a model it stands. */
    String describe() {
        return Graph.ancestors(List.of(tensor)).stream()
                .filter(t -> t.op() instanceof Leaf.Variable)
                .reduce((first, last) -> last)
                .map(v -> tensor.describe() + ", computed from " + v.describe() + ",")
                .orElse(tensor.describe());
    }
}
