package dev.ravine.optim.kronecker;

import dev.ravine.core.kernels.SharedVectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The factors of a run of {@link Kfac} and the inverses that it tries. */
final class KfacDirections implements AutoCloseable {
    /** The names of {@link #stateNumbers}. */
    static final List<String> NUMBERS = List.of("factor_updates", "factor_burn_in", "inverse_gamma", "blocks");

    private final KfacSettings<?> settings;
    private final KroneckerFactors factors;
    private final Supplier<KroneckerInverse> maker;
    /** The first is the one in use. */
    private final List<KroneckerInverse> inverses = new ArrayList<>();

    private List<String> failed = List.of();

    KfacDirections(KroneckerFactors factors, KfacSettings<?> settings) {
        this.settings = settings;
        this.factors = factors;
        this.maker = settings.correctsEigenvalues
                ? () -> KroneckerInverse.corrected(factors)
                : () -> new KroneckerInverse(factors, settings.factorDamping);
        inverses.add(maker.get());
    }

    KroneckerFactors factors() {
        return factors;
    }

    /** The inverse in use. */
    KroneckerInverse inverse() {
        return inverses.get(0);
    }

    /** Updates the factors if it is time to; at first after what comes before training. */
    void updateFactors(Point at, boolean isFirst) {
        if (isFirst) {
            KfacBurnIn.run(at, settings, factors);
        }
        if (isFirst || settings.updates(at.step() + 1)) {
            factors.update(at.objective(), at.theta(), examples(at));
        }
    }

    private Scope examples(Point at) {
        return settings.forFactors(at.scope(), at.objective().examples(), at.step());
    }

    /** Computes the inverse of each gamma from the present factors; over the examples of the factors if corrected. */
    void refresh(List<Double> gammas, Point at) {
        Scope scope = examples(at);
        failed = List.of();
        for (int i = 0; i < gammas.size(); i++) {
            if (i == inverses.size()) {
                inverses.add(maker.get());
            }
            List<String> kept = inverses.get(i).refresh(gammas.get(i), at.objective(), at.theta(), scope);
            failed = kept.isEmpty() ? failed : kept;
            at.objective().countWork((long) inverses.get(i).refreshCost());
        }
    }

    /** Which blocks kept an old inverse, and at the first step which parameters a first-order rule trains. */
    String words(long step, RestRule rest) {
        List<String> left = factors.layout().leftNames();
        List<String> words = new ArrayList<>();
        if (step == 0 && !left.isEmpty()) {
            words.add(rest + " trains " + String.join(", ", left));
        }
        if (!failed.isEmpty()) {
            words.add("the old inverse stays for " + String.join(", ", failed));
        }
        return String.join("; ", words);
    }

    /** direction = -inverse gradient, with inverse number i. */
    void compute(int i, INDArray gradient, INDArray direction, Objective objective) {
        inverses.get(i).apply(gradient, direction, objective.workers());
        SharedVectors.scale(-1, direction, objective.workers());
        objective.countWork((long) inverses.get(i).productCost());
    }

    /** Uses inverse number i from now on. */
    void keep(int i) {
        inverses.add(0, inverses.remove(i));
    }

    /** The numbers of a state, besides the vectors of factors and inverse. */
    Map<String, Double> stateNumbers() {
        return Map.of(
                "factor_updates",
                (double) factors.updates(),
                "factor_burn_in",
                (double) factors.alike(),
                "inverse_gamma",
                inverse().gamma(),
                "blocks",
                factors.checksum());
    }

    /** Goes on with saved factors and their inverse; returns false if these are of other blocks. */
    boolean restore(OptimizerState saved) {
        if (saved.number("blocks") != factors.checksum()) {
            return false;
        }
        long updates = (long) saved.number("factor_updates");
        factors.restore(saved.vector("factors"), updates, (long) saved.number("factor_burn_in"));
        inverse().restore(saved.vector("inverse"), saved.number("inverse_gamma"));
        return true;
    }

    @Override
    public void close() {
        inverses.forEach(KroneckerInverse::close);
        factors.close();
    }
}
