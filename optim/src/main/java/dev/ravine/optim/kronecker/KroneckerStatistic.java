package dev.ravine.optim.kronecker;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.ParameterUse;
import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.optim.kronecker.KroneckerGraph.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Sums over examples of inputs times inputs and of cotangents times cotangents. For each block of
 * {@link KroneckerGraph}, in order: A, and G unless there are no cotangents; for a tied block also what its reverse
 * uses add on the input side, unless there are no cotangents, and on the output side. Then the squared gradients of
 * parameters without rows, where they are allowed.
 *
 * @param cotangents which are sent back
 * @param sharing how several places of an example count
 * @param allowsDiagonal whether a parameter without rows gets the diagonal, by one pass for each example
 * @param left which parameters have no part in it
 * @param isTridiagonal whether the cross moments of neighbouring blocks follow the blocks, of inputs and of cotangents
 */
record KroneckerStatistic(
        Cotangents cotangents, Sharing sharing, boolean allowsDiagonal, LeftOut left, boolean isTridiagonal)
        implements Statistic {
    @Override
    public boolean allowsOneByOne() {
        return allowsDiagonal;
    }

    @Override
    public boolean weighsExamples() {
        return true;
    }

    boolean hasOutputs() {
        return cotangents != Cotangents.NONE;
    }

    @Override
    public List<Tensor> of(ModelGraph graph) {
        List<Tensor> sources = cotangents.of(graph);
        Tensor first = sources.isEmpty() ? null : sources.get(0);
        KroneckerGraph blocks = new KroneckerGraph(graph, first, allowsDiagonal && graph.examples() == 1, left);
        List<Tensor> sums = new ArrayList<>();
        for (Found found : blocks.found()) {
            List<ParameterUse> uses = found.weights();
            sums.add(ofInputs(blocks, uses, withBias(found), 1));
            if (hasOutputs()) {
                sums.add(ofCotangents(uses, blocks, sources, 1.0 / places(uses)));
            }
            if (found.block().isTied()) {
                addReverse(found, blocks, sources, sums);
            }
        }
        if (isTridiagonal) {
            addNeighbours(blocks, sources, sums);
        }
        for (Tensor parameter : blocks.withoutRows()) {
            sums.add(squares(graph, parameter, sources));
        }
        return sums;
    }

    private static void addNeighbours(KroneckerGraph blocks, List<Tensor> sources, List<Tensor> sums) {
        List<Found> found = blocks.found();
        found.forEach(KroneckerStatistic::requireOnePlace);
        for (int l = 0; l + 1 < found.size(); l++) {
            Found own = found.get(l);
            Found next = found.get(l + 1);
            sums.add(withBias(own).get(0).matmul(blocks.weighted(withBias(next).get(0)), true, false));
            Tensor sum = ofCotangents(blocks, own, next);
            for (Tensor other : sources.stream().skip(1).toList()) {
                sum = sum.add(ofCotangents(blocks, own.again(blocks, other), next.again(blocks, other)));
            }
            sums.add(sum);
        }
    }

    private static Tensor ofCotangents(KroneckerGraph blocks, Found own, Found next) {
        Tensor rows = next.weights().get(0).cotangents();
        return own.weights().get(0).cotangents().matmul(blocks.weighted(rows), true, false);
    }

    private static void requireOnePlace(Found found) {
        boolean isSimple = found.weights().size() == 1
                && found.weights().get(0).places() == 1
                && !found.block().isTied();
        if (!isSimple) {
            throw new IllegalArgumentException("block-tridiagonal factors need layers that an example uses once, but "
                    + found.block().name() + " is used at several places; leave out tridiagonal()");
        }
    }

    /** The rows that meet the weight, with a 1 where a bias is added to the product and a 0 where it is not. */
    static List<Tensor> withBias(Found found) {
        boolean isJoined = found.block().weight() != null && found.block().bias() != null;
        List<ParameterUse> uses = found.weights();
        return IntStream.range(0, uses.size())
                .mapToObj(i -> {
                    Tensor rows = uses.get(i).inputs();
                    double last = found.hasBias().get(i) ? 1 : 0;
                    return isJoined ? Tensor.concat(1, rows, column(rows, last)) : rows;
                })
                .toList();
    }

    static Tensor column(Tensor rows, double value) {
        return Tensor.fill(rows.dtype(), Shape.of(rows.shape().size(0), 1), value);
    }

    /** Used the other way round, a weight meets cotangents on its input side and inputs on its output side. */
    private void addReverse(Found found, KroneckerGraph blocks, List<Tensor> sources, List<Tensor> sums) {
        List<ParameterUse> uses = found.reverse();
        if (hasOutputs()) {
            Tensor left = ofCotangents(uses, blocks, sources, 1);
            long order = found.block().inputs();
            boolean isJoined = left.shape().size(0) < order;
            sums.add(isJoined ? withZeros(left, order) : left);
        }
        sums.add(ofInputs(blocks, uses, uses.stream().map(ParameterUse::inputs).toList(), 1.0 / places(uses)));
    }

    /** The bias, which reverse uses do not have, as a last row and column. */
    private static Tensor withZeros(Tensor square, long order) {
        Tensor wide = Tensor.concat(1, square, column(square, 0));
        return Tensor.concat(0, wide, Tensor.fill(square.dtype(), Shape.of(1, order), 0));
    }

    private Tensor ofInputs(KroneckerGraph blocks, List<ParameterUse> uses, List<Tensor> rows, double scale) {
        return secondMoment(blocks, uses, rows, 1.0 / places(uses), scale);
    }

    private Tensor ofCotangents(List<ParameterUse> uses, KroneckerGraph blocks, List<Tensor> sources, double scale) {
        Tensor sum = cotangentMoment(blocks, uses, scale);
        for (int column = 1; column < sources.size(); column++) {
            sum = sum.add(cotangentMoment(blocks, blocks.again(uses, sources.get(column)), scale));
        }
        return sum;
    }

    private Tensor cotangentMoment(KroneckerGraph blocks, List<ParameterUse> uses, double scale) {
        return secondMoment(
                blocks, uses, uses.stream().map(ParameterUse::cotangents).toList(), 1, scale);
    }

    /**
     * The sum over examples of rows times rows: over places too, times a scale; or of the sum of an example's rows,
     * times a weight for each place.
     */
    private Tensor secondMoment(
            KroneckerGraph blocks, List<ParameterUse> uses, List<Tensor> rows, double weight, double scale) {
        if (sharing == Sharing.REDUCE) {
            Tensor reduced = IntStream.range(0, uses.size())
                    .mapToObj(i -> overPlaces(rows.get(i), uses.get(i).places()))
                    .reduce(Tensor::add)
                    .orElseThrow();
            return squared(blocks, weight == 1 ? reduced : reduced.mul(weight));
        }
        Tensor sum = rows.stream()
                .map(each -> squared(blocks, each))
                .reduce(Tensor::add)
                .orElseThrow();
        return scale == 1 ? sum : sum.mul(scale);
    }

    private static Tensor squared(KroneckerGraph blocks, Tensor rows) {
        return rows.matmul(blocks.weighted(rows), true, false);
    }

    private static Tensor overPlaces(Tensor rows, long places) {
        long width = rows.shape().size(1);
        return places == 1
                ? rows
                : rows.reshape(Shape.of(rows.shape().size(0) / places, places, width))
                        .sum(1);
    }

    private static long places(List<ParameterUse> uses) {
        return uses.stream().mapToLong(ParameterUse::places).sum();
    }

    /** The squared gradient of the only example, added over the sources. */
    private static Tensor squares(ModelGraph graph, Tensor parameter, List<Tensor> sources) {
        Stream<Tensor> gradients = sources.isEmpty()
                ? Stream.of(graph.onlyGradients().get(graph.parameters().indexOf(parameter)))
                : sources.stream()
                        .map(source -> Autodiff.vjp(List.of(graph.outputs()), List.of(parameter), List.of(source))
                                .get(0));
        return gradients
                .map(gradient -> graph.weighted(gradient.square()))
                .reduce(Tensor::add)
                .orElseThrow();
    }
}
