package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Kernel;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a program computes its outputs, made by passes over the graph: one method each, in the order of the constructor.
 *
 * <p>Nodes with the same sets of inputs behind them and the same sets of outputs before them form a <em>group</em>: they
 * always run together. Memory follows from that. A value read only inside its group is needed only while the group runs, so its
 * memory may serve others afterwards; a value read from another group, or by the caller, <em>lasts</em>.
 */
final class Plan {
    /** The bundles of inputs that reach a node, and the bundles of outputs that it reaches. */
    record Group(BitSet inputs, BitSet outputs) {}

    /** An input or output of a program: its tensor, its bundle (inputs that change or outputs that are wanted together), its memory. */
    record Port(Tensor tensor, int bundle, INDArray memory) {}

    /** One value: a leaf, a view of another value, or an op applied to others. */
    static final class Node {
        private final Tensor origin;
        private Op op;
        private List<Node> in;
        private int uses;
        private final BitSet reachedBy = new BitSet();
        private final BitSet reaches = new BitSet();
        private int position;
        private int lastUse;
        private boolean lasts;
        private Memory memory;
        long cost;
        int group;
        INDArray array;
        Kernel kernel;

        private Node(Op op, List<Node> in, Tensor origin) {
            this.op = op;
            this.in = in;
            this.origin = origin;
            this.cost = op.cost(origin);
        }

        Op op() {
            return op;
        }

        private boolean isLeaf() {
            return op instanceof Leaf;
        }

        private boolean isView() {
            return op instanceof LayoutOps.Reshape;
        }

        /** The node whose memory this one is seen through. */
        private Node root() {
            Node node = this;
            while (node.isView()) {
                node = node.in.get(0);
            }
            return node;
        }

        /** The op, and the nearest variable behind it, which tells where in a model it stands. */
        String describe() {
            return Graph.ancestors(List.of(origin)).stream()
                    .filter(t -> t.op() instanceof Leaf.Variable)
                    .reduce((first, last) -> last)
                    .map(v -> origin.describe() + ", computed from " + v.describe() + ",")
                    .orElse(origin.describe());
        }
    }

    /** A stretch of memory that one value after another may use. */
    private static final class Memory {
        private final INDArray array;
        private boolean recycled;

        private Memory(INDArray array) {
            this.array = array;
        }
    }

    /** What runs, in order. */
    final List<Node> steps = new ArrayList<>();

    final List<Group> groups = new ArrayList<>();

    private final Arena arena;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Node> outputs = new ArrayList<>();

    /**
     * Plans.
     *
     * @param arena owner of all memory that is not given
     * @param inputs leaves that change, with their memory
     * @param outputs what to compute, with the memory where it is wanted or null
     */
    Plan(Arena arena, List<Port> inputs, List<Port> outputs) {
        this.arena = arena;
        shareEqualNodes(inputs, outputs);
        multiplyConstantsFirst();
        accumulateProducts();
        separateOutputs(outputs);
        findGroups();
        findLifetimes();
        assignMemory(outputs);
        bind();
    }

    /** The memory of each output. */
    List<INDArray> outputMemory() {
        return outputs.stream().map(n -> n.array).toList();
    }

    /** One node for all tensors that apply equal ops to the same nodes; what no output needs is never looked at. */
    private void shareEqualNodes(List<Port> inputs, List<Port> wanted) {
        Map<Tensor, Node> made = new HashMap<>();
        Map<List<Object>, Node> known = new HashMap<>();
        for (Tensor t : Graph.ancestors(wanted.stream().map(Port::tensor).toList())) {
            List<Node> in = t.operands().stream().map(made::get).toList();
            List<Object> key = new ArrayList<>(in);
            key.add(t.op());
            Node node = known.computeIfAbsent(key, k -> new Node(t.op(), in, t));
            made.put(t, node);
            if (node.origin == t) {
                nodes.add(node);
            }
        }
        for (Port input : inputs) {
            Node node = made.get(input.tensor);
            if (node != null) {
                node.reachedBy.set(input.bundle);
                node.array = input.memory;
            }
        }
        wanted.forEach(port -> outputs.add(made.get(port.tensor)));
        nodes.forEach(n -> n.in.forEach(i -> i.uses++));
        outputs.forEach(n -> n.uses++);
    }

    /**
     * Of the factors of an elementwise product, those that change less often than the product are multiplied with each
     * other, once: with a new v at each run, {@code -((v * a) * b)} becomes {@code v * (-(a * b))}.
     */
    private void multiplyConstantsFirst() {
        nodes.forEach(n -> n.in.forEach(i -> n.reachedBy.or(i.reachedBy)));
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
        return node.op instanceof BinaryOps.Mul || node.op instanceof UnaryOps.Neg || node.op instanceof UnaryOps.Scale;
    }

    /** What a product is made of, seen through products that nobody else reads. */
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
            if (node.op instanceof UnaryOps.Neg) {
                number = -number;
            } else if (node.op instanceof UnaryOps.Scale scale) {
                number *= scale.a();
            }
            for (Node factor : node.in) {
                isOneShape &= factor.origin.shape().equals(product.origin.shape());
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
        Node product = factors.product;
        Node constant = productOf(factors.constants, product);
        if (factors.number != 1) {
            constant = insert(new UnaryOps.Scale(factors.number), List.of(constant), product);
        }
        Node other = productOf(factors.others, product);
        factors.inner.forEach(n -> n.uses = 0);
        product.op = new BinaryOps.Mul();
        product.in = List.of(other, constant);
    }

    private Node productOf(List<Node> factors, Node like) {
        Node product = factors.get(0);
        for (Node factor : factors.subList(1, factors.size())) {
            product = insert(new BinaryOps.Mul(), List.of(product, factor), like);
        }
        return product;
    }

    /** A new node, read once, of the shape of another one. */
    private Node insert(Op op, List<Node> in, Node like) {
        Node node = new Node(op, in, like.origin);
        in.forEach(i -> node.reachedBy.or(i.reachedBy));
        node.uses = 1;
        nodes.add(node);
        return node;
    }

    /** a + (product that nobody else reads) becomes one product that is added to a. */
    private void accumulateProducts() {
        for (Node sum : nodes) {
            if (sum.op instanceof BinaryOps.Add) {
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

    /** A start of full size must not be read elsewhere, or it would have to be copied; a bias row is cheap to copy. */
    private static boolean canAccumulate(Node sum, Node start, Node product) {
        boolean isFull = start.origin.shape().equals(sum.origin.shape());
        return product.op instanceof MatrixOps.MatMul
                && product.uses == 1
                && product.origin.shape().equals(sum.origin.shape())
                && start != product
                && (!isFull || (start.uses == 1 && !start.isLeaf()));
    }

    private static void accumulate(Node sum, Node start, Node product) {
        MatrixOps.MatMul m = (MatrixOps.MatMul) product.op;
        sum.op = new MatrixOps.MatMulAdd(m.transposeA(), m.transposeB());
        sum.in = List.of(start, product.in.get(0), product.in.get(1));
        sum.cost += product.cost;
        product.uses = 0;
    }

    /** An output that is a leaf, or shares its memory with an earlier output, is copied to a place of its own. */
    private void separateOutputs(List<Port> wanted) {
        List<Node> taken = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            Node node = outputs.get(i);
            if (node.root().isLeaf() || taken.contains(node.root())) {
                Node copy = new Node(new MaskOps.Detach(), List.of(node), node.origin);
                nodes.add(copy);
                outputs.set(i, copy);
            }
            outputs.get(i).reaches.set(wanted.get(i).bundle);
            taken.add(outputs.get(i).root());
        }
    }

    private void findGroups() {
        nodes.forEach(n -> n.in.forEach(i -> n.reachedBy.or(i.reachedBy)));
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

    /** In place where allowed, else in memory whose last value has been read, else in new memory. */
    private void assignMemory(List<Port> wanted) {
        List<Memory> free = new ArrayList<>();
        List<Node> wantedRoots = outputs.stream().map(Node::root).toList();
        for (Node node : nodes) {
            if (node.isLeaf() || node.isView()) {
                continue;
            }
            int output = wantedRoots.indexOf(node);
            Node overwritten = output >= 0 ? null : overwritable(node);
            if (output >= 0) {
                INDArray given = wanted.get(output).memory;
                node.memory = new Memory(given == null ? allocate(node) : given);
            } else if (overwritten != null) {
                node.memory = overwritten.memory;
            } else {
                node.memory = node.lasts ? new Memory(allocate(node)) : take(free, node);
            }
            for (Node root : node.in.stream().map(Node::root).distinct().toList()) {
                if (root.lastUse == node.position && !root.lasts && !root.isLeaf() && root != overwritten) {
                    root.memory.recycled = true;
                    free.add(root.memory);
                }
            }
        }
    }

    /** The value that a node may write its result over, or null. */
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

    /** Every input that is seen through this memory must allow it: it is overwritten for all of them. */
    private static boolean mayWriteOver(Node node, Node root) {
        for (int i = 0; i < node.in.size(); i++) {
            Node input = node.in.get(i);
            if (input.root() == root
                    && !(node.op.inPlace(i)
                            && input.origin.shape().equals(node.origin.shape())
                            && input.origin.dtype() == node.origin.dtype())) {
                return false;
            }
        }
        return true;
    }

    private INDArray allocate(Node node) {
        return arena.allocate(node.origin.dtype(), node.origin.shape());
    }

    private Memory take(List<Memory> free, Node node) {
        long count = node.origin.shape().count();
        Memory best = free.stream()
                .filter(m -> DType.of(m.array) == node.origin.dtype() && m.array.length() >= count)
                .min(Comparator.comparingLong(m -> m.array.length()))
                .orElse(null);
        if (best == null) {
            return new Memory(allocate(node));
        }
        free.remove(best);
        return best;
    }

    private void bind() {
        for (Node node : nodes) {
            if (node.isLeaf()) {
                node.array = node.array == null ? ((Leaf) node.op).array() : node.array;
            } else if (node.isView()) {
                node.array = Arena.view(node.in.get(0).array, 0, node.origin.shape());
            } else {
                node.array = arrayOf(node);
                INDArray[] in = node.in.stream().map(i -> i.array).toArray(INDArray[]::new);
                node.kernel = node.array.isEmpty() ? () -> {} : node.op.bind(in, node.array);
                steps.add(node);
            }
        }
    }

    /** The very array of an input that is written over, so that the op can tell; else the memory in the node's shape. */
    private static INDArray arrayOf(Node node) {
        for (Node input : node.in) {
            if (input.root().memory == node.memory && input.origin.shape().equals(node.origin.shape())) {
                return input.array;
            }
        }
        return Shape.of(node.memory.array).equals(node.origin.shape())
                ? node.memory.array
                : Arena.view(node.memory.array, 0, node.origin.shape());
    }
}
