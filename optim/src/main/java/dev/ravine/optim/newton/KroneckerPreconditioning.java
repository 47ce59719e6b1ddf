package dev.ravine.optim.newton;

import dev.ravine.optim.kronecker.FactorDamping;
import dev.ravine.optim.kronecker.KroneckerFactors;
import dev.ravine.optim.kronecker.KroneckerInverse;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Point;
import java.util.List;

/**
 * The damped inverse of Kronecker factors that are made from the curvature's examples at each step. One more pass over
 * these examples, and as many operations as few products.
 */
final class KroneckerPreconditioning implements Preconditioning {
    private final KroneckerFactors.Builder settings;
    private final FactorDamping damping;
    private KroneckerFactors factors;
    private KroneckerInverse inverse;
    private List<String> failed = List.of();

    KroneckerPreconditioning(KroneckerFactors.Builder settings, FactorDamping damping) {
        this.settings = settings;
        this.damping = damping;
    }

    @Override
    public LinearOperator inverse(Point at, Scope examples, double shift) {
        if (factors == null) {
            factors = settings.build(at.objective());
            inverse = new KroneckerInverse(factors, damping);
        }
        factors.update(at.objective(), at.theta(), examples);
        failed = inverse.refresh(Math.sqrt(shift));
        at.objective().countWork((long) inverse.refreshCost());
        return inverse;
    }

    @Override
    public String note(Objective objective) {
        return failed.isEmpty() ? "" : "the preconditioner's old inverse stays for " + String.join(", ", failed);
    }

    @Override
    public void trainableChanged(List<Span> spans) {
        close();
        factors = null;
    }

    @Override
    public void close() {
        if (factors != null) {
            inverse.close();
            factors.close();
        }
    }
}
