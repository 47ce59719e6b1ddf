package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.KernelChain;
import dev.ravine.core.kernels.LayoutKernels;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a program computes its outputs, made by passes over the graph: one method each, in the order of the constructor.
 *
 * <p>Nodes with the same bundles of inputs behind them and the same bundles of outputs before them form a
 * <em>group</em>: they always run together. Memory follows from that. A value that is read only inside its group is
 * needed only while the group runs, and afterwards its memory may hold other values. A value that another group or the
 * caller reads <em>lasts</em>.
 */
final class Plan {
    /** The bundles of inputs that reach a node, and the bundles of outputs that it reaches. */
    record Group(BitSet inputs, BitSet outputs) {}

    /**
     * An input or output of a program.
     *
     * @param bundle the number of the inputs that change with it, or of the outputs that are wanted with it
     * @param memory where it lives, or null for memory of the program
     */
    record Port(Tensor tensor, int bundle, INDArray memory) {
        Port {
            boolean fits = memory == null
                    || (Shape.of(memory).equals(tensor.shape())
                            && DType.of(memory) == tensor.dtype()
                            && Arena.isDense(memory));
            if (!fits) {
                throw new ShapeException("memory for " + tensor.describe()
                        + " must be dense and of its shape and dtype, found " + DType.of(memory) + " "
                        + Shape.of(memory));
            }
        }
    }

    /** Copies a value into other memory. */
    private record Copy() implements Computation {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return LayoutKernels.copy(in[0], out);
        }
    }

    /** The nodes that run, in order. */
    final List<Node> steps = new ArrayList<>();

    /** The same, with chains of elementwise nodes as one. A value that is read only inside its chain is not written. */
    final List<PlannedRun> runs = new ArrayList<>();

    final List<Group> groups = new ArrayList<>();

    private final Arena arena;
    private final Map<Tensor, Node> nodeOf = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Node> outputs = new ArrayList<>();

    /**
     * Plans a program.
     *
     * @param arena owner of all memory that the ports do not give
     * @param inputs leaves that change, with their memory
     * @param outputs the tensors to compute, with memory of the caller or null
     */
    Plan(Arena arena, List<Port> inputs, List<Port> outputs) {
        this.arena = arena;
        shareEqualNodes(outputs);
        traceInputs(inputs);
        multiplyConstantsFirst();
        accumulateProducts();
        separateOutputs(outputs);
        findGroups();
        findLifetimes();
        assignMemory(outputs);
        bind(inputs);
        chainElementwise();
    }

    /** The memory of each output. */
    List<INDArray> outputMemory() {
        return outputs.stream().map(n -> n.array).toList();
    }

    /** One node for all tensors that apply equal ops to the same nodes. A tensor that no output needs gets no node. */
    private void shareEqualNodes(List<Port> wanted) {
        Map<List<Object>, Node> known = new HashMap<>();
        for (Tensor t : Graph.ancestors(wanted.stream().map(Port::tensor).toList())) {
            List<Node> in = t.operands().stream().map(nodeOf::get).toList();
            List<Object> key = new ArrayList<>(in);
            key.add(t.op());
            Node node = known.computeIfAbsent(key, k -> new Node(t, t.op(), in, t.op().cost(t)));
            nodeOf.put(t, node);
            if (node.tensor == t) {
                nodes.add(node);
            }
        }
        wanted.forEach(port -> outputs.add(nodeOf.get(port.tensor)));
        nodes.forEach(n -> n.in.forEach(i -> i.uses++));
        outputs.forEach(n -> n.uses++);
    }

    private void traceInputs(List<Port> inputs) {
        for (Port input : inputs) {
            Node node = nodeOf.get(input.tensor);
            if (node != null) {
                node.reachedBy.set(input.bundle);
            }
        }
        nodes.forEach(n -> n.in.forEach(i -> n.reachedBy.or(i.reachedBy)));
    }

    /**
     * Multiplies those factors of an elementwise product first that change less often than the product. If v is new at
     * each run, {@code -((v * a) * b)} becomes {@code v * (-(a * b))}, and the constant factor is computed once.
     */
    private void multiplyConstantsFirst() {
        List<Node> before = List.copyOf(nodes);
        nodes.clear();
        for (Node node : before) {
            if (isProduct(node)) {
                Factors factors = new Factors(node);
                if (factors.areWorthGathering()) {
                    gather(factors);
                }
            }
            nodes.add(node);
        }
    }

    private static boolean isProduct(Node node) {
        return node.op.productFactor().isPresent();
    }

    /** The factors of a product, seen through inner products that nobody else reads. */
    private static final class Factors {
        private final Node product;
        private final List<Node> constants = new ArrayList<>();
        private final List<Node> others = new ArrayList<>();
        private final List<Node> inner = new ArrayList<>();
        private double number = 1;
        private boolean isOneShape = true;

        Factors(Node product) {
            this.product = product;
            expand(product);
        }

        private void expand(Node node) {
            number *= node.op.productFactor().orElseThrow();
            for (Node factor : node.in) {
                isOneShape &= factor.shape().equals(product.shape());
                if (isProduct(factor) && factor.uses == 1) {
                    inner.add(factor);
                    expand(factor);
                } else {
                    (factor.reachedBy.equals(product.reachedBy) ? others : constants).add(factor);
                }
            }
        }

        private boolean areWorthGathering() {
            boolean severalAreConstant = constants.size() > 1 || (constants.size() == 1 && number != 1);
            return isOneShape && severalAreConstant && !others.isEmpty();
        }
    }

    private void gather(Factors factors) {
        Node constant = productOf(factors.constants);
        if (factors.number != 1) {
            constant = insert(constant.tensor.mul(factors.number));
        }
        Tensor product = productOf(factors.others).tensor.mul(constant.tensor);
        factors.inner.forEach(n -> n.uses = 0);
        factors.product.op = product.op();
        factors.product.in = product.operands().stream().map(nodeOf::get).toList();
    }

    private Node productOf(List<Node> factors) {
        Node product = factors.get(0);
        for (Node factor : factors.subList(1, factors.size())) {
            product = insert(product.tensor.mul(factor.tensor));
        }
        return product;
    }

    /** A new node for a new tensor, read once, whose operands have nodes. */
    private Node insert(Tensor tensor) {
        List<Node> in = tensor.operands().stream().map(nodeOf::get).toList();
        Node node = new Node(tensor, tensor.op(), in, tensor.op().cost(tensor));
        node.uses = 1;
        nodeOf.put(tensor, node);
        nodes.add(node);
        return node;
    }

    /** Turns a + (product that nobody else reads) into one computation that adds the product to a. */
    private void accumulateProducts() {
        for (Node sum : nodes) {
            if (sum.op.isSum()) {
                Node a = sum.in.get(0);
                Node b = sum.in.get(1);
                if (canAccumulate(sum, a, b)) {
                    accumulate(sum, a, b);
                } else if (canAccumulate(sum, b, a)) {
                    accumulate(sum, b, a);
                }
            }
        }
        nodes.removeIf(n -> n.uses == 0);
    }

    /**
     * If the start has full size, nobody else may read it, or it would have to be copied. A bias row is cheap to copy.
     */
    private static boolean canAccumulate(Node sum, Node start, Node product) {
        boolean isFull = start.shape().equals(sum.shape());
        return product.op.accumulating() != null
                && product.uses == 1
                && product.shape().equals(sum.shape())
                && start != product
                && (!isFull || (start.uses == 1 && !start.isLeaf()));
    }

    private static void accumulate(Node sum, Node start, Node product) {
        sum.op = product.op.accumulating();
        sum.in = Stream.concat(Stream.of(start), product.in.stream()).toList();
        sum.cost += product.cost;
        product.uses = 0;
    }

    /**
     * Copies an output that is a leaf or shares memory with an earlier output, so that each output has its own memory.
     */
    private void separateOutputs(List<Port> wanted) {
        List<Node> taken = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            Node node = outputs.get(i);
            if (node.root().isLeaf() || taken.contains(node.root())) {
                Node copy = new Node(
                        node.tensor, new Copy(), List.of(node), node.shape().count());
                nodes.add(copy);
                outputs.set(i, copy);
            }
            outputs.get(i).reaches.set(wanted.get(i).bundle);
            taken.add(outputs.get(i).root());
        }
    }

    private void findGroups() {
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            node.in.forEach(input -> input.reaches.or(node.reaches));
        }
        Map<Group, Integer> index = new LinkedHashMap<>();
        for (Node node : nodes) {
            node.group = index.computeIfAbsent(new Group(node.reachedBy, node.reaches), g -> index.size());
        }
        groups.addAll(index.keySet());
    }

    private void findLifetimes() {
        for (int position = 0; position < nodes.size(); position++) {
            Node node = nodes.get(position);
            node.position = position;
            for (Node input : node.in) {
                Node root = input.root();
                root.lastUse = position;
                root.lasts |= node.group != root.group;
            }
        }
        outputs.forEach(n -> n.root().lasts = true);
    }

    /**
     * Places each value: over an operand if allowed, otherwise in memory that is free again, otherwise in new memory.
     */
    private void assignMemory(List<Port> wanted) {
        List<Node.Memory> free = new ArrayList<>();
        List<Node> wantedRoots = outputs.stream().map(Node::root).toList();
        for (Node node : nodes) {
            if (node.isLeaf() || node.op.isView()) {
                continue;
            }
            int output = wantedRoots.indexOf(node);
            Node overwritten = output >= 0 ? null : overwritable(node);
            if (output >= 0) {
                INDArray given = wanted.get(output).memory;
                node.memory = new Node.Memory(given == null ? allocate(node) : given);
            } else if (overwritten != null) {
                node.memory = overwritten.memory;
            } else {
                node.memory = node.lasts ? new Node.Memory(allocate(node)) : take(free, node);
            }
            for (Node root : node.in.stream().map(Node::root).distinct().toList()) {
                if (root.lastUse == node.position && !root.lasts && !root.isLeaf() && root != overwritten) {
                    root.memory.recycled = true;
                    free.add(root.memory);
                }
            }
        }
    }

    /** The operand that a node may write its result over, or null. */
    private static Node overwritable(Node node) {
        for (int i = 0; i < node.in.size(); i++) {
            Node root = node.in.get(i).root();
            if (!root.isLeaf()
                    && !root.lasts
                    && root.lastUse == node.position
                    && !(node.lasts && root.memory.recycled)
                    && mayWriteOver(node, root)) {
                return root;
            }
        }
        return null;
    }

    /** Every operand that is seen through this memory must allow it, because all of them are overwritten. */
    private static boolean mayWriteOver(Node node, Node root) {
        for (int i = 0; i < node.in.size(); i++) {
            Node input = node.in.get(i);
            if (input.root() == root
                    && !(node.op.inPlace(i) && input.shape().equals(node.shape()) && input.dtype() == node.dtype())) {
                return false;
            }
        }
        return true;
    }

    private INDArray allocate(Node node) {
        return arena.allocate(node.dtype(), node.shape());
    }

    private Node.Memory take(List<Node.Memory> free, Node node) {
        long count = node.shape().count();
        Node.Memory best = free.stream()
                .filter(m -> DType.of(m.array) == node.dtype() && m.array.length() >= count)
                .min(Comparator.comparingLong(m -> m.array.length()))
                .orElse(null);
        if (best == null) {
            return new Node.Memory(allocate(node));
        }
        free.remove(best);
        return best;
    }

    private void bind(List<Port> inputs) {
        for (Port input : inputs) {
            if (nodeOf.containsKey(input.tensor)) {
                nodeOf.get(input.tensor).array = input.memory;
            }
        }
        for (Node node : nodes) {
            if (node.isLeaf()) {
                node.array = node.array == null ? ((Leaf) node.op).array() : node.array;
            } else if (node.op.isView()) {
                node.array = Arena.view(node.in.get(0).array, 0, node.shape());
            } else {
                node.array = arrayOf(node);
                INDArray[] in = node.in.stream().map(i -> i.array).toArray(INDArray[]::new);
                node.kernel = node.array.isEmpty() ? () -> {} : node.op.bind(in, node.array);
                steps.add(node);
            }
        }
    }

    /**
     * The memory in the node's shape; if it is an operand's, the same array object, by which a kernel recognises it.
     */
    private static INDArray arrayOf(Node node) {
        for (Node input : node.in) {
            if (input.root().memory == node.memory && input.shape().equals(node.shape())) {
                return input.array;
            }
        }
        return Shape.of(node.memory.array).equals(node.shape())
                ? node.memory.array
                : Arena.view(node.memory.array, 0, node.shape());
    }

    private void chainElementwise() {
        int begin = 0;
        while (begin < steps.size()) {
            KernelChain chain = new KernelChain();
            int end = begin;
            while (end < steps.size()
                    && steps.get(end).group == steps.get(begin).group
                    && chain.add(steps.get(end).kernel)) {
                end++;
            }
            end = Math.max(end, begin + 1);
            runs.add(run(steps.subList(begin, end), chain));
            begin = end;
        }
    }

    private PlannedRun run(List<Node> together, KernelChain chain) {
        Node first = together.get(0);
        long cost = together.stream().mapToLong(n -> n.cost).sum();
        return new PlannedRun(
                together,
                together.size() > 1 ? chain.kernel(readLater(together)) : first.kernel,
                groups.get(first.group).inputs().isEmpty() ? 0 : cost);
    }

    /** The places of the nodes whose values somebody reads after the last one. */
    private static BitSet readLater(List<Node> together) {
        int end = together.get(together.size() - 1).position;
        BitSet read = new BitSet();
        for (int i = 0; i < together.size(); i++) {
            Node root = together.get(i).root();
            read.set(i, root.lasts || root.lastUse > end);
        }
        return read;
    }
}
