package dev.ravine.optim.newton;

import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.kronecker.KroneckerFactors;
import dev.ravine.optim.kronecker.KroneckerInverse;
import dev.ravine.optim.kronecker.SavedFactors;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.LinearOperator.Property;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Point;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The damped inverse of Kronecker factors that are made from the curvature's examples at each step. One more pass over
 * a part of these examples; an inverse every few steps; and two products with the factors of each layer for each
 * iteration. All of it counts in the objective's work.
 */
final class KroneckerPreconditioning implements Preconditioning {
    /** The first steps always invert, since their factors are of few examples. */
    private static final int FIRST_INVERSES = 3;

    private final KroneckerSettings settings;
    private KroneckerFactors factors;
    private KroneckerInverse inverse;
    private OptimizerState saved;
    private boolean isFresh = true;
    private List<String> failed = List.of();

    KroneckerPreconditioning(KroneckerSettings settings) {
        this.settings = settings;
    }

    @Override
    public LinearOperator inverse(Point at, Scope examples, double shift) {
        Objective objective = at.objective();
        bind(objective);
        factors.update(objective, at.theta(), ofFactors(at, examples));
        failed = List.of();
        if (isFresh || at.step() < FIRST_INVERSES || at.step() % settings.every() == 0) {
            failed = inverse.refresh(Math.sqrt(shift), objective, at.theta(), examples);
            objective.countWork((long) inverse.refreshCost());
            isFresh = false;
        }
        return LinearOperator.of(
                inverse.toString(),
                inverse.size(),
                (v, out) -> {
                    inverse.apply(v, out, objective.workers());
                    objective.countWork((long) inverse.productCost());
                },
                Property.SYMMETRIC,
                Property.POSITIVE_SEMIDEFINITE);
    }

    private void bind(Objective objective) {
        if (factors == null) {
            factors = settings.factors().build(objective);
            inverse = new KroneckerInverse(factors, settings.damping());
            isFresh = saved == null || !SavedFactors.restore(saved, factors, inverse);
            saved = null;
        }
    }

    private Scope ofFactors(Point at, Scope examples) {
        int all = at.objective().examples();
        int available = examples.count(all);
        int count = (int) Math.ceil(available * settings.share());
        return count == available ? examples : examples.part(0, count, all);
    }

    @Override
    public String note(Objective objective) {
        return failed.isEmpty() ? "" : "the preconditioner's old inverse stays for " + String.join(", ", failed);
    }

    @Override
    public void trainableChanged(List<Span> spans) {
        close();
    }

    @Override
    public Map<String, Double> stateNumbers() {
        if (saved != null) {
            return saved.numbers();
        }
        return isFresh ? Map.of() : SavedFactors.numbers(factors, inverse);
    }

    @Override
    public Map<String, INDArray> stateVectors() {
        if (saved != null) {
            return saved.vectors();
        }
        return isFresh ? Map.of() : SavedFactors.vectors(factors, inverse);
    }

    @Override
    public void restore(OptimizerState state) {
        OptimizerState part = SavedFactors.areIn(state) ? SavedFactors.part(state) : null;
        close();
        saved = part;
    }

    @Override
    public void close() {
        if (factors != null) {
            inverse.close();
            factors.close();
            factors = null;
            isFresh = true;
        }
    }
}
