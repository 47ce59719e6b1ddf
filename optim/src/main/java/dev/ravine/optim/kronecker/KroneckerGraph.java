package dev.ravine.optim.kronecker;

import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.ParameterUse;
import dev.ravine.autodiff.Tensor;
import dev.ravine.optim.objective.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the blocks of a model in its graph. A bias joins a weight if its cotangents are those of the weight's products
 * and of nothing else. No layer is known by name.
 */
final class KroneckerGraph {
    private static final int DEPTH = 8;

    private final ModelGraph graph;
    private final Map<Tensor, Span> spans = new LinkedHashMap<>();
    private final Map<Tensor, List<ParameterUse>> uses = new HashMap<>();
    private final List<Found> found = new ArrayList<>();
    private final List<Tensor> withoutRows = new ArrayList<>();
    private final List<Tensor> leftOut = new ArrayList<>();

    /**
     * A block and what uses it.
     *
     * @param weights uses of the weight, or of the bias if it is alone
     * @param hasBias for each of them, whether the bias is added to its products
     * @param reverse uses of a tied weight the other way round
     */
    record Found(KroneckerBlock block, List<ParameterUse> weights, List<Boolean> hasBias, List<ParameterUse> reverse) {
        /** The same with cotangents pulled back from another cotangent of the outputs. */
        Found again(KroneckerGraph blocks, Tensor otherCotangent) {
            return new Found(
                    block,
                    blocks.again(weights, otherCotangent),
                    hasBias,
                    reverse.isEmpty() ? reverse : blocks.again(reverse, otherCotangent));
        }
    }

    /**
     * Looks at a graph.
     *
     * @param cotangent of the outputs; null for those of the loss itself
     * @param allowsDiagonal whether a parameter whose examples cannot be told apart gets the diagonal
     * @param left which parameters have no part in it
     * @throws NoRowsException if there is such a parameter, no diagonal is allowed, and it is not left out
     */
    KroneckerGraph(ModelGraph graph, Tensor cotangent, boolean allowsDiagonal, LeftOut left) {
        this.graph = graph;
        int from = 0;
        for (Tensor parameter : graph.parameters()) {
            int to = Math.toIntExact(from + parameter.shape().count());
            spans.put(parameter, new Span(from, to));
            from = to;
            if (left.contains(spans.get(parameter))) {
                leftOut.add(parameter);
                continue;
            }
            try {
                uses.put(parameter, usesOf(parameter, cotangent));
            } catch (NoRowsException e) {
                if (!allowsDiagonal && !left.withoutRows()) {
                    throw e;
                }
                (left.withoutRows() ? leftOut : withoutRows).add(parameter);
            }
        }
        findBlocks();
    }

    private List<ParameterUse> usesOf(Tensor parameter, Tensor outputCotangent) {
        return outputCotangent == null ? graph.uses(parameter) : graph.uses(parameter, outputCotangent);
    }

    List<Found> found() {
        return found;
    }

    /** Parameters whose examples cannot be told apart. */
    List<Tensor> withoutRows() {
        return withoutRows;
    }

    /** Parameters that have no part in it. */
    List<Tensor> leftOut() {
        return leftOut;
    }

    /** Rows times the weights of their examples. */
    Tensor weighted(Tensor rows) {
        return graph.weighted(rows);
    }

    /** Where a parameter is in the vector. */
    Span span(Tensor parameter) {
        return spans.get(parameter);
    }

    /** The same uses with cotangents pulled back from another cotangent of the outputs. */
    List<ParameterUse> again(List<ParameterUse> before, Tensor otherCotangent) {
        List<ParameterUse> all = uses.get(before.get(0).parameter());
        List<ParameterUse> other = usesOf(before.get(0).parameter(), otherCotangent);
        return before.stream().map(use -> other.get(all.indexOf(use))).toList();
    }

    private void findBlocks() {
        Map<Tensor, Tensor> weightOfBias = new HashMap<>();
        Map<Tensor, Tensor> biasOfWeight = new HashMap<>();
        for (Tensor bias : uses.keySet()) {
            for (Tensor weight : spans.keySet()) {
                if (!weightOfBias.containsKey(bias) && !biasOfWeight.containsKey(weight) && isBiasOf(bias, weight)) {
                    weightOfBias.put(bias, weight);
                    biasOfWeight.put(weight, bias);
                }
            }
        }
        for (Tensor parameter : spans.keySet()) {
            if (!uses.getOrDefault(parameter, List.of()).isEmpty() && !weightOfBias.containsKey(parameter)) {
                found.add(block(parameter, biasOfWeight.get(parameter)));
            }
        }
    }

    /** Whether every use of a bias is beside a use of the weight in its main orientation. */
    private boolean isBiasOf(Tensor bias, Tensor weight) {
        List<ParameterUse> ofBias = uses.get(bias);
        List<ParameterUse> ofWeight = uses.getOrDefault(weight, List.of());
        return weight != bias
                && !ofBias.isEmpty()
                && !ofWeight.isEmpty()
                && ofBias.stream().allMatch(ParameterUse::isRepeated)
                && ofWeight.stream().noneMatch(ParameterUse::isRepeated)
                && ofBias.stream().allMatch(b -> main(ofWeight).stream().anyMatch(w -> isBeside(b, w)))
                && bias.shape().count()
                        == main(ofWeight).get(0).cotangents().shape().size(1);
    }

    private static List<ParameterUse> main(List<ParameterUse> all) {
        boolean isTransposed = all.get(0).isTransposed();
        return all.stream().filter(use -> use.isTransposed() == isTransposed).toList();
    }

    private static boolean isBeside(ParameterUse bias, ParameterUse weight) {
        return bias.places() == weight.places() && isSame(bias.cotangents(), weight.cotangents(), DEPTH);
    }

    /** Equal operations on the same tensors give the same numbers. */
    private static boolean isSame(Tensor a, Tensor b, int depth) {
        if (a == b) {
            return true;
        }
        if (depth == 0
                || !a.op().equals(b.op())
                || a.operands().isEmpty()
                || a.operands().size() != b.operands().size()) {
            return false;
        }
        for (int i = 0; i < a.operands().size(); i++) {
            if (!isSame(a.operand(i), b.operand(i), depth - 1)) {
                return false;
            }
        }
        return true;
    }

    private Found block(Tensor parameter, Tensor bias) {
        List<ParameterUse> all = uses.get(parameter);
        List<ParameterUse> main = main(all);
        List<ParameterUse> reverse =
                all.stream().filter(use -> !main.contains(use)).toList();
        ParameterUse first = main.get(0);
        boolean isWeight = !first.isRepeated();
        int inputs = (int) first.inputs().shape().size(1) + (bias == null ? 0 : 1);
        int outputs = (int) first.cotangents().shape().size(1);
        List<Boolean> hasBias = main.stream()
                .map(use -> bias != null && uses.get(bias).stream().anyMatch(b -> isBeside(b, use)))
                .toList();
        KroneckerBlock block = new KroneckerBlock(
                bias == null ? parameter.name() : parameter.name() + " and " + bias.name(),
                isWeight ? spans.get(parameter) : null,
                isWeight ? spans.get(bias) : spans.get(parameter),
                inputs,
                outputs,
                first.isTransposed(),
                !reverse.isEmpty());
        return new Found(block, main, hasBias, reverse);
    }
}
