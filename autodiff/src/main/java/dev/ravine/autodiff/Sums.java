package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums of contributions to one tangent or cotangent. Where the operations of the terms allow it, a sum is built that
 * costs less than one addition after the other:
 *
 * <ul>
 *   <li>A a + A b is A (a + b) for a linear operation A that does not shrink its operand, such as a permutation;
 *   <li>blocks that do not overlap, each in zeros of full size, are joined. A tensor that was cut into T slices then
 *       has its cotangent for the price of one copy, not of T additions of full size.
 * </ul>
 */
final class Sums {
    /** What terms have in common that are added before they are mapped, or put in place. */
    private record Kind(Object op, Shape operand, Shape result) {}

    /** A term that is zero except for a block. */
    private record Part(Tensor content, Block place) {
        long end() {
            return place.from() + content.shape().size(place.axis());
        }
    }

    private Sums() {}

    /** The sum of at least one term; the terms broadcast. */
    static Tensor of(List<Tensor> terms) {
        return terms.size() == 1 ? terms.get(0) : folded(joined(merged(terms)));
    }

    private static Tensor folded(List<Tensor> terms) {
        Tensor sum = terms.get(0);
        for (Tensor term : terms.subList(1, terms.size())) {
            sum = sum.add(term);
        }
        return sum;
    }

    /** A a + A b as A (a + b). */
    private static List<Tensor> merged(List<Tensor> terms) {
        Map<Object, List<Tensor>> alike = new LinkedHashMap<>();
        for (Tensor term : terms) {
            Object key = isExpanding(term) ? new Kind(term.op(), term.operand(0).shape(), term.shape()) : term;
            alike.computeIfAbsent(key, k -> new ArrayList<>()).add(term);
        }
        List<Tensor> sums = new ArrayList<>();
        alike.forEach((key, group) -> {
            if (key instanceof Kind && group.size() > 1) {
                Tensor inner = of(group.stream().map(t -> t.operand(0)).toList());
                sums.add(Tensor.of(group.get(0).op(), inner));
            } else {
                sums.add(folded(group));
            }
        });
        return sums;
    }

    private static boolean isExpanding(Tensor term) {
        return term.op() instanceof Linear
                && term.operand(0).dtype() == term.dtype()
                && term.shape().count() >= term.operand(0).shape().count();
    }

    /** Blocks along one axis, joined where they do not overlap; each joined block stands where its first part stood. */
    private static List<Tensor> joined(List<Tensor> terms) {
        Map<Object, List<Tensor>> along = new LinkedHashMap<>();
        for (Tensor term : terms) {
            Block place = term.op().block(term);
            Object key = place == null ? term : new Kind(place.axis(), null, term.shape());
            along.computeIfAbsent(key, k -> new ArrayList<>()).add(term);
        }
        List<Tensor> sums = new ArrayList<>();
        along.forEach((key, group) -> {
            if (key instanceof Kind && group.size() > 1) {
                sums.addAll(layers(group));
            } else {
                sums.addAll(group);
            }
        });
        return sums;
    }

    private static List<Tensor> layers(List<Tensor> group) {
        List<List<Part>> layers = new ArrayList<>();
        group.stream()
                .map(t -> new Part(t.operand(0), t.op().block(t)))
                .sorted(Comparator.comparingLong(part -> part.place.from()))
                .forEach(part -> layers.stream()
                        .filter(layer -> layer.get(layer.size() - 1).end() <= part.place.from())
                        .findFirst()
                        .orElseGet(() -> {
                            layers.add(new ArrayList<>());
                            return layers.get(layers.size() - 1);
                        })
                        .add(part));
        return layers.stream().map(layer -> concat(layer, group.get(0))).toList();
    }

    /** Parts in order, with zeros between them. */
    private static Tensor concat(List<Part> parts, Tensor whole) {
        int axis = parts.get(0).place.axis();
        List<Tensor> pieces = new ArrayList<>();
        long end = 0;
        for (Part part : parts) {
            addZeros(pieces, part.place.from() - end, axis, whole);
            pieces.add(part.content);
            end = part.end();
        }
        addZeros(pieces, whole.shape().size(axis) - end, axis, whole);
        return pieces.size() == 1 ? pieces.get(0) : Tensor.concat(axis, pieces.toArray(Tensor[]::new));
    }

    private static void addZeros(List<Tensor> pieces, long size, int axis, Tensor whole) {
        if (size > 0) {
            long[] dims = whole.shape().toArray();
            dims[axis] = size;
            pieces.add(Tensor.fill(whole.dtype(), Shape.of(dims), 0));
        }
    }
}
