package dev.ravine.autodiff;

import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.ShapeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Derivatives as transforms from graph to graph. The result consists of ordinary tensors and can be differentiated
 * again, in either direction and to any order.
 *
 * <p>The outputs are differentiated as functions of the named tensors {@code xs}, which are independent of each other.
 * The graph is cut at each x, so an x may also be the result of an operation, such as a net's outputs. If an output
 * does not depend on an x, the derivative is zero. {@link Jacobian} gives whole matrices, as numbers.
 */
public final class Autodiff {
    private Autodiff() {}

    /**
     * {@return the gradient d loss / d x, of x's shape, by one reverse pass}
     *
     * @param loss a tensor with one element
     * @param x the tensor to differentiate with respect to
     * @throws ShapeException if the loss has more than one element
     */
    public static Tensor gradient(Tensor loss, Tensor x) {
        return gradient(loss, List.of(x)).get(0);
    }

    /**
     * {@return the gradients d loss / d x for all xs, each of its x's shape, by one reverse pass}
     *
     * @param loss a tensor with one element
     * @param xs the tensors to differentiate with respect to
     * @throws ShapeException if the loss has more than one element
     */
    public static List<Tensor> gradient(Tensor loss, List<Tensor> xs) {
        if (loss.shape().count() != 1) {
            throw new ShapeException("gradient: the loss must have one element, found " + loss.describe()
                    + "; reduce it with sum() or mean(), or use vjp");
        }
        return vjp(List.of(loss), xs, List.of(loss.filled(1)));
    }

    /**
     * {@return the Jacobian times a vector, by one forward pass: the tangent of each y}
     *
     * @param ys outputs
     * @param xs the tensors to differentiate with respect to
     * @param vs a tangent for each x, of its shape and dtype
     * @throws ShapeException if the shape or dtype of a tangent differs from its x
     */
    public static List<Tensor> jvp(List<Tensor> ys, List<Tensor> xs, List<Tensor> vs) {
        return jvp(ys, xs, vs, Set.of());
    }

    /** The same with some tensors as constants. */
    static List<Tensor> jvp(List<Tensor> ys, List<Tensor> xs, List<Tensor> vs, Set<Tensor> constants) {
        checkPairs("jvp", "direction", xs, vs);
        Check.noNulls("jvp: tensors to derive", ys);
        Map<Tensor, Tensor> tangents = new HashMap<>();
        for (int i = 0; i < xs.size(); i++) {
            tangents.merge(xs.get(i), vs.get(i), Tensor::add);
        }
        Set<Tensor> cuts = new HashSet<>(xs);
        cuts.addAll(constants);
        for (Tensor y : Graph.ancestors(ys, cuts)) {
            if (!cuts.contains(y)) {
                List<Tensor> terms = new ArrayList<>();
                for (int i = 0; i < y.operands().size(); i++) {
                    Tensor in = tangents.get(y.operand(i));
                    Tensor term = in == null ? null : y.op().jvp(y, i, in);
                    if (term != null) {
                        terms.add(term);
                    }
                }
                if (!terms.isEmpty()) {
                    tangents.put(y, Sums.of(terms).broadcastTo(y.shape()));
                }
            }
        }
        return ys.stream().map(y -> tangents.getOrDefault(y, y.filled(0))).toList();
    }

    /**
     * {@return a vector times the Jacobian, by one reverse pass: for each x the sum over all ys of u' dy/dx, of x's
     * shape}
     *
     * @param ys outputs
     * @param xs the tensors to differentiate with respect to
     * @param us a cotangent for each y, of its shape and dtype
     * @throws ShapeException if the shape or dtype of a cotangent differs from its y
     */
    public static List<Tensor> vjp(List<Tensor> ys, List<Tensor> xs, List<Tensor> us) {
        checkPairs("vjp", "cotangent", ys, us);
        return vjp(ys, xs, us, Set.of());
    }

    private static List<Tensor> vjp(List<Tensor> ys, List<Tensor> xs, List<Tensor> us, Set<Tensor> constants) {
        Check.noNulls("tensors to derive with respect to", xs);
        Map<Tensor, Tensor> cotangents = cotangents(ys, xs, us, constants);
        return xs.stream().map(x -> cotangents.getOrDefault(x, x.filled(0))).toList();
    }

    /** The cotangents of all nodes between ys and xs. */
    static Map<Tensor, Tensor> cotangents(List<Tensor> ys, List<Tensor> xs, List<Tensor> us) {
        return cotangents(ys, xs, us, Set.of());
    }

    private static Map<Tensor, Tensor> cotangents(
            List<Tensor> ys, List<Tensor> xs, List<Tensor> us, Set<Tensor> constants) {
        Map<Tensor, List<Tensor>> terms = new HashMap<>();
        for (int i = 0; i < ys.size(); i++) {
            add(terms, ys.get(i), us.get(i));
        }
        Set<Tensor> cuts = new HashSet<>(xs);
        cuts.addAll(constants);
        List<Tensor> order = Graph.ancestors(ys, cuts);
        Set<Tensor> active = downstream(order, new HashSet<>(xs));
        Map<Tensor, Tensor> cotangents = new HashMap<>();
        for (int n = order.size() - 1; n >= 0; n--) {
            Tensor y = order.get(n);
            if (terms.containsKey(y)) {
                Tensor cotangent = Sums.of(terms.get(y));
                cotangents.put(y, cotangent);
                if (active.contains(y) && !cuts.contains(y)) {
                    pull(y, cotangent, active, terms);
                }
            }
        }
        return cotangents;
    }

    /** Hands a result's cotangent on to its operands. */
    private static void pull(Tensor y, Tensor cotangent, Set<Tensor> active, Map<Tensor, List<Tensor>> terms) {
        for (int i = 0; i < y.operands().size(); i++) {
            Tensor x = y.operand(i);
            Tensor term = active.contains(x) ? y.op().vjp(y, i, cotangent) : null;
            if (term != null) {
                add(terms, x, settle(term, x));
            }
        }
    }

    private static void add(Map<Tensor, List<Tensor>> terms, Tensor to, Tensor term) {
        terms.computeIfAbsent(to, k -> new ArrayList<>()).add(term);
    }

    /**
     * {@return the Hessian times a vector, H v, of x's shape: the forward derivative of the gradient}
     *
     * @param loss a tensor with one element
     * @param x the tensor to differentiate with respect to
     * @param v the vector, of x's shape
     */
    public static Tensor hvp(Tensor loss, Tensor x, Tensor v) {
        return hvp(loss, List.of(x), List.of(v)).get(0);
    }

    /**
     * {@return the Hessian with respect to several tensors times a vector: the parts of H v, each of its x's shape}
     *
     * @param loss a tensor with one element
     * @param xs the tensors to differentiate with respect to
     * @param vs the parts of the vector, each of its x's shape
     */
    public static List<Tensor> hvp(Tensor loss, List<Tensor> xs, List<Tensor> vs) {
        return jvp(gradient(loss, xs), xs, vs);
    }

    /**
     * {@return the generalized Gauss-Newton matrix times a vector: the parts of G v = J' H (J v), each of its x's
     * shape} J is the Jacobian of the outputs, and H the Hessian of the loss with respect to the outputs (Schraudolph,
     * Neural Computation 14, 2002). If the loss also depends on an x by another way than the outputs, that way is
     * ignored.
     *
     * @param loss a tensor with one element, made from the outputs
     * @param outputs the model's outputs: the very tensor that the loss was built from
     * @param xs parameters
     * @param vs the parts of the vector, each of its x's shape
     * @throws IllegalArgumentException if the loss was not built from {@code outputs}
     */
    public static List<Tensor> gaussNewtonVector(Tensor loss, Tensor outputs, List<Tensor> xs, List<Tensor> vs) {
        return through(List.of(new Part(outputs, Jv -> outputHessian(loss, outputs, Jv))), xs, vs);
    }

    /**
     * {@return the Gauss-Newton matrix with respect to one tensor times a vector, G v, of x's shape}
     *
     * @param loss a tensor with one element, made from the outputs
     * @param outputs the model's outputs: the very tensor that the loss was built from
     * @param x parameters
     * @param v the vector, of x's shape
     * @throws IllegalArgumentException if the loss was not built from {@code outputs}
     */
    public static Tensor gaussNewtonVector(Tensor loss, Tensor outputs, Tensor x, Tensor v) {
        return gaussNewtonVector(loss, outputs, List.of(x), List.of(v)).get(0);
    }

    /** A tensor on the way, and a symmetric matrix M on its space. */
    record Part(Tensor tensor, OutputMetric metric) {}

    /** The sum of J' M (J v) over some tensors, with J the derivative of each, by one pass forward and one backward. */
    static List<Tensor> through(List<Part> parts, List<Tensor> xs, List<Tensor> vs) {
        List<Tensor> tensors = parts.stream().map(Part::tensor).toList();
        Set<Tensor> held = heldInCurvature(tensors);
        List<Tensor> tangents = jvp(tensors, xs, vs, held);
        List<Tensor> cotangents = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            cotangents.add(parts.get(i).metric().times(tangents.get(i)));
        }
        return vjp(tensors, xs, cotangents, held);
    }

    /** What matrices J' M J take as constants on the way to some tensors. */
    static Set<Tensor> heldInCurvature(List<Tensor> tensors) {
        return Graph.ancestors(tensors).stream()
                .filter(t -> t.op() instanceof HeldInCurvature)
                .collect(Collectors.toSet());
    }

    /** The Hessian of the loss with respect to the outputs, times a tangent of the outputs. */
    static Tensor outputHessian(Tensor loss, Tensor outputs, Tensor tangent) {
        if (!downstream(Graph.ancestors(List.of(loss)), Set.of(outputs)).contains(loss)) {
            throw new IllegalArgumentException("the loss " + loss.describe() + " was not built from the outputs "
                    + outputs.describe() + "; pass the very tensor that the loss was computed from");
        }
        return hvp(loss, outputs, tangent);
    }

    /** A cotangent in the shape of its operand: summed over broadcast axes, or broadcast. */
    private static Tensor settle(Tensor cotangent, Tensor x) {
        return cotangent.shape().broadcastsTo(x.shape())
                ? cotangent.broadcastTo(x.shape())
                : cotangent.sumTo(x.shape());
    }

    private static Set<Tensor> downstream(List<Tensor> order, Set<Tensor> from) {
        Set<Tensor> active = new HashSet<>(from);
        for (Tensor t : order) {
            if (t.operands().stream().anyMatch(active::contains)) {
                active.add(t);
            }
        }
        return active;
    }

    private static void checkPairs(String transform, String what, List<Tensor> of, List<Tensor> given) {
        Check.noNulls(transform + ": tensors", of);
        Check.noNulls(transform + ": " + what + "s", given);
        if (of.size() != given.size()) {
            throw new IllegalArgumentException(transform + ": needs one " + what + " for each of " + of.size()
                    + " tensors, found " + given.size());
        }
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < of.size(); i++) {
            DType dtype = of.get(i).dtype();
            if (!dtype.isFloating()) {
                wrong.add(of.get(i).describe() + " is not floating-point");
            } else if (given.get(i).dtype() != dtype
                    || !given.get(i).shape().equals(of.get(i).shape())) {
                wrong.add(what + " " + i + " is " + given.get(i).describe() + ", expected the shape and dtype of "
                        + of.get(i).describe());
            }
        }
        if (!wrong.isEmpty()) {
            throw new ShapeException(transform + ": " + String.join("; ", wrong));
        }
    }
}
