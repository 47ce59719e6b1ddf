package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.StableText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph as text that is the same in every process: each operation with its settings, operands and shape, leaves by
 * name, constants by their numbers, noise by its seed and by what its sampler draws. Equal graphs, built in the same
 * order, have equal text; an operation is known by {@link StableText}. Parameters' values are left out.
 */
public final class GraphText {
    private static final int DRAWN = 64;

    private GraphText() {}

    /**
     * {@return the text, with {@code "; "} between operations}
     *
     * @param output the end of the graph
     */
    public static String of(Tensor output) {
        Map<Tensor, Integer> numbers = new HashMap<>();
        StringJoiner text = new StringJoiner("; ");
        for (Tensor t : Graph.ancestors(List.of(output))) {
            numbers.put(t, numbers.size());
            text.add(line(t, numbers));
        }
        return text.toString();
    }

    private static String line(Tensor t, Map<Tensor, Integer> numbers) {
        StringJoiner operands = new StringJoiner(", ", " of ", "").setEmptyValue("");
        t.operands().forEach(operand -> operands.add("#" + numbers.get(operand)));
        return "#" + numbers.get(t) + " " + operation(t.op()) + operands + " " + t.shape() + " " + t.dtype();
    }

    private static String operation(Op op) {
        if (op instanceof Leaf.Constant constant) {
            return "constant " + StableText.of(constant.array());
        } else if (op instanceof Leaf.Noise noise) {
            return "noise '" + noise.label() + "' " + noise.settings() + ", drawing " + drawn(noise.sampler());
        } else if (op instanceof Leaf leaf) {
            return leaf.name() + " '" + leaf.label() + "'";
        } else if (op instanceof Preactivation mark) {
            return "preactivation of " + StableText.of(mark.activation());
        }
        return op instanceof UnaryOps.Function function ? function.name() : StableText.of(op);
    }

    private static String drawn(NoiseSampler sampler) {
        INDArray row = Arena.create(DType.FLOAT64, Shape.of(DRAWN));
        sampler.fill(Elements.of(row), 0, DRAWN, new Rng(0));
        return StableText.digest(Arena.toDoubles(row));
    }
}
