package dev.ravine.spark;

import dev.ravine.core.Elements;
import dev.ravine.optim.shards.PairwiseSum;
import dev.ravine.optim.shards.Term;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** A term of a sum over shards on its way from an executor. */
final class SentTerm implements Serializable {
    private static final long serialVersionUID = 1;

    private int first;
    private int level;
    private SentNumbers numbers;

    /** For Kryo. */
    SentTerm() {}

    private SentTerm(int first, int level, SentNumbers numbers) {
        this.first = first;
        this.level = level;
        this.numbers = numbers;
    }

    /** What some shards add: few terms, of as many neighbours as there are. */
    static SentTerm[] of(PairwiseSum sum) {
        return sum.branches().stream()
                .map(branch -> new SentTerm(branch.first(), branch.level(), SentNumbers.of(Elements.of(branch.sum()))))
                .toArray(SentTerm[]::new);
    }

    int first() {
        return first;
    }

    Term term() {
        return new Term(first, level, 1, numbers.elements());
    }

    private boolean isLeftSiblingOf(SentTerm other) {
        return Term.areSiblings(first, level, other.first, other.level);
    }

    /** Adds neighbours as a {@link PairwiseSum} would. Numbers of the terms may change. */
    static SentTerm[] joined(List<SentTerm> inOrder) {
        List<SentTerm> joined = new ArrayList<>();
        for (SentTerm next : inOrder) {
            SentTerm right = next;
            while (!joined.isEmpty() && joined.get(joined.size() - 1).isLeftSiblingOf(right)) {
                SentTerm left = joined.remove(joined.size() - 1);
                left.numbers.add(right.numbers);
                right = new SentTerm(left.first, left.level + 1, left.numbers);
            }
            joined.add(right);
        }
        return joined.toArray(new SentTerm[0]);
    }
}
