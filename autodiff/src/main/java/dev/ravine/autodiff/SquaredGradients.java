package dev.ravine.autodiff;

import java.util.ArrayList;
import java.util.List;

/**
 * The sum over examples of the squared gradient of each example's loss, element by element, in the layout of the
 * parameters: the diagonal of the empirical Fisher matrix up to its scale. Where a parameter is used once and at one
 * place of each example, it is (inputs^2)' (cotangents^2), which costs one more product; elsewhere the gradients of all
 * examples are formed. Exact in both cases. An example's square counts by its weight, if it has one.
 *
 * @param allowsOneByOne whether a parameter without rows is allowed to turn this into one pass per example
 * @param unit in which gradients are measured before they are squared, for gradients whose squares overflow or
 *     underflow; with another unit than 1 the gradients of all examples are formed
 */
public record SquaredGradients(boolean allowsOneByOne, double unit) implements Statistic {
    /**
     * Squares in the unit 1.
     *
     * @param allowsOneByOne whether a parameter without rows is allowed to turn this into one pass per example
     */
    public SquaredGradients(boolean allowsOneByOne) {
        this(allowsOneByOne, 1);
    }

    /** {@return squared gradients that refuse a parameter without rows} */
    public static SquaredGradients inOnePass() {
        return new SquaredGradients(false);
    }

    @Override
    public List<Tensor> of(ModelGraph graph) {
        if (graph.examples() == 1) {
            return graph.onlyGradients().stream()
                    .map(g -> graph.weighted(squared(g)))
                    .toList();
        }
        List<Tensor> squares = new ArrayList<>();
        for (Tensor parameter : graph.parameters()) {
            squares.add(of(graph, parameter, graph.uses(parameter)));
        }
        return squares;
    }

    @Override
    public boolean weighsExamples() {
        return true;
    }

    private Tensor squared(Tensor gradients) {
        return (unit == 1 ? gradients : gradients.div(unit)).square();
    }

    private Tensor of(ModelGraph graph, Tensor parameter, List<ParameterUse> uses) {
        if (uses.isEmpty()) {
            return parameter.filled(0);
        }
        ParameterUse first = uses.get(0);
        if (unit == 1 && uses.size() == 1 && first.places() == 1) {
            return first.sumOfProducts(
                    first.inputs().square(), graph.weighted(first.cotangents().square()));
        }
        Tensor gradients =
                uses.stream().map(ParameterUse::gradients).reduce(Tensor::add).orElseThrow();
        return graph.weighted(squared(gradients)).sum(0).reshape(parameter.shape());
    }
}
