package dev.ravine.optim.kronecker;

import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.Objective;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The factors of a run of {@link Kfac} and the inverses that it tries. */
final class KfacDirections implements AutoCloseable {
    private final KroneckerFactors factors;
    private final FactorDamping damping;
    /** The first is the one in use. */
    private final List<KroneckerInverse> inverses = new ArrayList<>();

    private List<String> failed = List.of();

    KfacDirections(KroneckerFactors factors, FactorDamping damping) {
        this.factors = factors;
        this.damping = damping;
        inverses.add(new KroneckerInverse(factors, damping));
    }

    KroneckerFactors factors() {
        return factors;
    }

    /** The inverse in use. */
    KroneckerInverse inverse() {
        return inverses.get(0);
    }

    /** Computes the inverse of each gamma from the present factors. */
    void refresh(List<Double> gammas, Objective objective) {
        failed = List.of();
        for (int i = 0; i < gammas.size(); i++) {
            if (i == inverses.size()) {
                inverses.add(new KroneckerInverse(factors, damping));
            }
            List<String> kept = inverses.get(i).refresh(gammas.get(i));
            failed = kept.isEmpty() ? failed : kept;
            objective.countWork((long) inverses.get(i).refreshCost());
        }
    }

    /** The blocks that kept an old inverse at the last refresh. */
    List<String> failed() {
        return failed;
    }

    /** direction = -inverse gradient, with inverse number i. */
    void compute(int i, INDArray gradient, INDArray direction, Objective objective) {
        inverses.get(i).apply(gradient, direction);
        Vectors.scale(-1, direction);
        objective.countWork((long) inverses.get(i).productCost());
    }

    /** Uses inverse number i from now on. */
    void keep(int i) {
        inverses.add(0, inverses.remove(i));
    }

    @Override
    public void close() {
        inverses.forEach(KroneckerInverse::close);
        factors.close();
    }
}
