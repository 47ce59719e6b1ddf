package dev.ravine.optim.shards;

import dev.ravine.core.Check;
import dev.ravine.core.Elements;
import dev.ravine.core.kernels.SharedVectors;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The sum over shards. Shards are added in pairs, pairs in fours, and so on, by their numbers alone: of seven shards it
 * is ((0 + 1) + (2 + 3)) + ((4 + 5) + 6). Whoever adds neighbours first, another machine too, gets the same bits. The
 * rounding error grows with the logarithm of the number of shards (Higham, The accuracy of floating point summation,
 * SIAM J. Sci. Comput. 14, 1993).
 *
 * <p>Terms come in the order of their shards. At any time there is one vector for each power of two, at most.
 */
public final class PairwiseSum implements Consumer<List<Term>>, AutoCloseable {
    private final INDArray out;
    private final SumMemory memory;
    private final List<Branch> branches = new ArrayList<>();
    private int next;

    /**
     * What 2^level neighbouring shards contribute.
     *
     * @param first the number of the first one, a multiple of 2^level
     * @param level 0 for a single shard
     * @param sum of their numbers, times their factor
     */
    public record Branch(int first, int level, INDArray sum) {
        private boolean isLeftSiblingOf(int otherFirst, int otherLevel) {
            return Term.areSiblings(first, level, otherFirst, otherLevel);
        }

        private Branch joined() {
            return new Branch(first, level + 1, sum);
        }
    }

    private PairwiseSum(INDArray out, SumMemory memory) {
        this.out = out;
        this.memory = memory;
    }

    /**
     * {@return a sum over all shards, from number 0 on, to be finished and closed}
     *
     * @param out receives it
     * @param memory for parts of the sum
     */
    public static PairwiseSum into(INDArray out, SumMemory memory) {
        return new PairwiseSum(out, memory);
    }

    /**
     * {@return the mean loss of a request's examples}
     *
     * @param shards which compute it
     * @param request what to compute
     * @param gradient receives the mean gradient, if the request wants it; else null
     * @param statistic receives the mean statistic, if the request has one; else null
     * @param memory for parts of the sums
     */
    public static double means(
            ShardRunner shards, ShardRequest request, INDArray gradient, INDArray statistic, SumMemory memory) {
        try (PairwiseSum gradients = into(gradient, memory);
                PairwiseSum statistics = into(statistic, memory)) {
            double loss = of(shards.evaluate(request, gradients, statistics));
            gradients.finish();
            statistics.finish();
            return request.mean(loss);
        }
    }

    /**
     * {@return a sum over some of the shards, whose branches stay apart where a shard between them is missing}
     *
     * @param memory for the branches
     */
    public static PairwiseSum ofSome(SumMemory memory) {
        return new PairwiseSum(null, memory);
    }

    /**
     * Takes the next terms.
     *
     * @param terms of shards after those that came before; of a sum over all shards the very next ones
     * @throws IllegalArgumentException if a term's shards do not follow, or do not begin at a multiple of their number
     */
    @Override
    public void accept(List<Term> terms) {
        Check.noNulls("the terms", terms);
        for (int i = 0; i < terms.size(); ) {
            boolean isPair = i + 1 < terms.size() && isPair(terms.get(i), terms.get(i + 1));
            add(terms.subList(i, i + (isPair ? 2 : 1)));
            i += isPair ? 2 : 1;
        }
    }

    private static boolean isPair(Term left, Term right) {
        return left.level() == 0
                && right.level() == 0
                && left.first() % 2 == 0
                && right.first() == left.end()
                && left.factor() == right.factor();
    }

    /** One term, or two neighbours in one pass over their numbers. */
    private void add(List<Term> terms) {
        Term term = terms.get(0);
        require(term);
        int level = term.level() + terms.size() - 1;
        next = terms.get(terms.size() - 1).end();
        Branch last = branches.isEmpty() ? null : branches.get(branches.size() - 1);
        if (terms.size() == 1 && last != null && last.isLeftSiblingOf(term.first(), level)) {
            add(term.factor(), terms, false, last.sum);
            branches.set(branches.size() - 1, last.joined());
            join();
            return;
        }
        INDArray sum = branches.isEmpty() && out != null
                ? out
                : memory.take(term.numbers().dtype(), term.numbers().size());
        branches.add(new Branch(term.first(), level, sum));
        add(term.factor(), terms, true, sum);
        join();
    }

    private void require(Term term) {
        boolean follows = out == null ? term.first() >= next : term.first() == next;
        if (!follows || term.first() % (1 << term.level()) != 0) {
            throw new IllegalArgumentException("a term of the shards from " + term.first() + " to before " + term.end()
                    + " does not follow the shards before " + next + "; expected terms in order, and each to begin at"
                    + " a multiple of its number of shards");
        }
    }

    /** Joins branches that make a larger one. */
    private void join() {
        while (branches.size() > 1) {
            Branch right = branches.get(branches.size() - 1);
            if (!branches.get(branches.size() - 2).isLeftSiblingOf(right.first, right.level)) {
                return;
            }
            addLastTwo();
        }
    }

    private void addLastTwo() {
        Branch right = branches.remove(branches.size() - 1);
        Branch left = branches.get(branches.size() - 1);
        SharedVectors.sum(1, List.of(Elements.of(right.sum)), false, left.sum, memory.workers());
        branches.set(branches.size() - 1, left.joined());
        memory.giveBack(right.sum);
    }

    private void add(double factor, List<Term> terms, boolean isFirst, INDArray sum) {
        if (factor != 0) {
            List<Elements> numbers = terms.stream().map(Term::numbers).toList();
            SharedVectors.sum(factor, numbers, isFirst, sum, memory.workers());
        } else if (isFirst) {
            // Also of infinite numbers.
            Vectors.fill(sum, 0);
        }
    }

    /** {@return the branches so far, in order, none of which can be joined with the next one} */
    public List<Branch> branches() {
        return Collections.unmodifiableList(branches);
    }

    /** Writes the sum to its place, after the last term. */
    public void finish() {
        while (branches.size() > 1) {
            addLastTwo();
        }
    }

    /** Gives all memory back but the sum's. */
    @Override
    public void close() {
        Stream<INDArray> own = branches.stream().map(Branch::sum).filter(sum -> sum != out);
        own.forEach(memory::giveBack);
        branches.clear();
    }

    /**
     * {@return the sum of plain numbers, added by the same rule}
     *
     * @param terms one for each shard
     */
    public static double of(double... terms) {
        return terms.length == 0 ? 0 : of(terms, 0, terms.length);
    }

    private static double of(double[] terms, int from, int to) {
        if (to - from == 1) {
            return terms[from];
        }
        int half = Integer.highestOneBit(to - from - 1);
        return of(terms, from, from + half) + of(terms, from + half, to);
    }
}
