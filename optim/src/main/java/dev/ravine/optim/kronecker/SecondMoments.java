package dev.ravine.optim.kronecker;

import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.ParameterUse;
import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.optim.kronecker.KroneckerGraph.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The second moments of each example's gradient along pairs of vectors, for each block of Kronecker factors: with the
 * vectors u of its input side and v of its output side, the sum over examples of (u' W v)^2, where W is the gradient of
 * the block in an example. All places and all uses of an example are added before squaring, so that these are the
 * diagonal of the curvature itself in that basis.
 *
 * @param factors whose blocks these are
 * @param bases of each block
 */
record SecondMoments(KroneckerStatistic factors, List<Basis> bases) implements Statistic {
    /**
     * Vectors of a block as rows, in memory that changes.
     *
     * @param inputs of the input side
     * @param outputs of the output side
     */
    record Basis(Tensor inputs, Tensor outputs) {}

    @Override
    public boolean allowsOneByOne() {
        return factors.allowsOneByOne();
    }

    @Override
    public boolean weighsExamples() {
        return true;
    }

    @Override
    public List<Tensor> variables() {
        return bases.stream()
                .flatMap(basis -> Stream.of(basis.inputs(), basis.outputs()))
                .toList();
    }

    @Override
    public SecondMoments with(List<Tensor> variables) {
        List<Basis> others = new ArrayList<>();
        for (int i = 0; i < variables.size(); i += 2) {
            others.add(new Basis(variables.get(i), variables.get(i + 1)));
        }
        return new SecondMoments(factors, others);
    }

    @Override
    public List<Tensor> of(ModelGraph graph) {
        List<Tensor> sources = factors.cotangents().of(graph);
        Tensor first = sources.isEmpty() ? null : sources.get(0);
        boolean isOneByOne = factors.allowsDiagonal() && graph.examples() == 1;
        KroneckerGraph blocks = new KroneckerGraph(graph, first, isOneByOne, factors.left());
        List<Tensor> sums = new ArrayList<>();
        for (int i = 0; i < blocks.found().size(); i++) {
            Found found = blocks.found().get(i);
            Tensor sum = ofBlock(blocks, found, bases.get(i));
            for (Tensor other : sources.stream().skip(1).toList()) {
                sum = sum.add(ofBlock(blocks, found.again(blocks, other), bases.get(i)));
            }
            sums.add(sum);
        }
        return sums;
    }

    private static Tensor ofBlock(KroneckerGraph blocks, Found found, Basis basis) {
        List<ParameterUse> uses = found.weights();
        if (uses.size() == 1 && found.reverse().isEmpty() && uses.get(0).places() == 1) {
            Tensor a = along(KroneckerStatistic.withBias(found).get(0), basis.inputs());
            Tensor g = along(uses.get(0).cotangents(), basis.outputs());
            return a.square().matmul(blocks.weighted(g.square()), true, false);
        }
        List<Tensor> rows = KroneckerStatistic.withBias(found);
        Stream<Tensor> main = Stream.iterate(0, i -> i < uses.size(), i -> i + 1)
                .map(i -> gradients(
                        along(rows.get(i), basis.inputs()),
                        along(uses.get(i).cotangents(), basis.outputs()),
                        uses.get(i).places()));
        Stream<Tensor> reverse = found.reverse().stream()
                .map(use -> gradients(
                        along(widened(use.cotangents(), found.block().inputs()), basis.inputs()),
                        along(use.inputs(), basis.outputs()),
                        use.places()));
        Tensor sum = Stream.concat(main, reverse).reduce(Tensor::add).orElseThrow();
        Shape matrix = Shape.of(found.block().inputs(), found.block().outputs());
        return blocks.weighted(sum.square()).sum(0).reshape(matrix);
    }

    /** Rows in the coordinates of a basis. */
    private static Tensor along(Tensor rows, Tensor basis) {
        return rows.matmul(basis, false, true);
    }

    /** Each example's gradient, flat: the sum over its places of inputs times cotangents. */
    private static Tensor gradients(Tensor a, Tensor g, long places) {
        long m = a.shape().size(1);
        long n = g.shape().size(1);
        long examples = a.shape().size(0) / places;
        return a.reshape(Shape.of(examples, places, m))
                .matmul(g.reshape(Shape.of(examples, places, n)), true, false)
                .reshape(Shape.of(examples, m * n));
    }

    /** The bias, which reverse uses do not have, as a last column of zeros. */
    private static Tensor widened(Tensor rows, long width) {
        return rows.shape().size(1) == width ? rows : Tensor.concat(1, rows, KroneckerStatistic.column(rows, 0));
    }
}
