package dev.ravine.optim.kronecker;

import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Span;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which blocks a model has and where their factors are in the flat statistic.
 *
 * @param statistic what an objective computes
 * @param blocks in the order of the statistic
 * @param diagonal parameters whose squared gradients follow the blocks
 * @param diagonalNames their names
 * @param left parameters that have no part in it
 * @param leftNames their names
 * @param size the length of the statistic
 */
record KroneckerLayout(
        KroneckerStatistic statistic,
        List<KroneckerBlock> blocks,
        List<Span> diagonal,
        List<String> diagonalNames,
        List<Span> left,
        List<String> leftNames,
        long size) {

    /**
     * Looks at an objective's model.
     *
     * @param largest the largest order of a factor
     * @throws dev.ravine.autodiff.NoRowsException if a parameter has no rows and no diagonal is allowed
     * @throws IllegalArgumentException if a factor would be larger
     */
    static KroneckerLayout of(Objective objective, KroneckerStatistic statistic, int largest) {
        long size = objective.statisticSize(statistic);
        boolean isOneByOne = objective.obstacle(statistic).isPresent();
        ModelGraph graph = objective.graph(isOneByOne ? 1 : 2);
        List<Tensor> sources = statistic.cotangents().of(graph);
        KroneckerGraph found =
                new KroneckerGraph(graph, sources.isEmpty() ? null : sources.get(0), isOneByOne, statistic.left());
        List<KroneckerBlock> blocks =
                found.found().stream().map(KroneckerGraph.Found::block).toList();
        blocks.forEach(block -> requireOrder(block, largest));
        return new KroneckerLayout(
                statistic,
                blocks,
                found.withoutRows().stream().map(found::span).toList(),
                found.withoutRows().stream().map(Tensor::name).toList(),
                found.leftOut().stream().map(found::span).toList(),
                found.leftOut().stream().map(Tensor::name).toList(),
                size);
    }

    private static void requireOrder(KroneckerBlock block, int largest) {
        int order = Math.max(block.inputs(), block.outputs());
        if (order > largest) {
            throw new IllegalArgumentException("a factor of " + block.name() + " would be a matrix of order " + order
                    + ", more than " + largest + "; raise largestFactor, or train it by another method");
        }
    }

    /** The factors of a block in a statistic or an average. */
    record Views(INDArray a, INDArray g, INDArray reverseA, INDArray reverseG) {}

    /** The factors of all blocks in a flat vector; those that do not exist are null. */
    List<Views> views(INDArray flat) {
        List<Views> all = new ArrayList<>();
        long[] at = {0};
        boolean hasOutputs = statistic.hasOutputs();
        for (KroneckerBlock block : blocks) {
            all.add(new Views(
                    next(flat, at, block.inputs()),
                    hasOutputs ? next(flat, at, block.outputs()) : null,
                    block.isTied() && hasOutputs ? next(flat, at, block.inputs()) : null,
                    block.isTied() ? next(flat, at, block.outputs()) : null));
        }
        return all;
    }

    /** The cross moments of each block but the last with the next one, of inputs and of cotangents. */
    List<List<INDArray>> cross(INDArray flat) {
        long[] at = {0};
        for (KroneckerBlock block : blocks) {
            at[0] += (long) block.inputs() * block.inputs() + (long) block.outputs() * block.outputs();
        }
        List<List<INDArray>> all = new ArrayList<>();
        for (int l = 0; l + 1 < blocks.size(); l++) {
            KroneckerBlock own = blocks.get(l);
            KroneckerBlock next = blocks.get(l + 1);
            all.add(List.of(
                    next(flat, at, own.inputs(), next.inputs()), next(flat, at, own.outputs(), next.outputs())));
        }
        return all;
    }

    /** The squared gradients of a parameter without rows. */
    INDArray squares(INDArray flat, int i) {
        long from = size;
        for (int k = diagonal.size() - 1; k >= i; k--) {
            from -= length(k);
        }
        return Arena.view(flat, from, Shape.of(length(i)));
    }

    private int length(int i) {
        return diagonal.get(i).to() - diagonal.get(i).from();
    }

    private static INDArray next(INDArray flat, long[] at, int order) {
        return next(flat, at, order, order);
    }

    private static INDArray next(INDArray flat, long[] at, int rows, int columns) {
        INDArray view = Arena.view(flat, at[0], Shape.of(rows, columns));
        at[0] += (long) rows * columns;
        return view;
    }
}
