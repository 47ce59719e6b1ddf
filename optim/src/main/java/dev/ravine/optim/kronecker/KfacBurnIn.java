package dev.ravine.optim.kronecker;

import dev.ravine.core.Rng;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.Point;

/** Factors of several batches at the first point, which count alike. */
final class KfacBurnIn {
    private KfacBurnIn() {}

    /** Computes them, over batches as large as that of the step. */
    static void run(Point at, KfacSettings<?> settings, KroneckerFactors factors) {
        int examples = at.objective().examples();
        int count = at.scope().count(examples);
        int ofEpoch = (examples + count - 1) / count;
        int passes = settings.burnIn == KfacVariants.EPOCH ? ofEpoch : settings.burnIn;
        Rng rng = new Rng(settings.seed).split("burn-in");
        for (int i = 0; i < passes; i++) {
            Scope all = Scope.all().withNoise(rng.split(i).nextLong());
            int from = (int) ((long) i * count % examples);
            Scope batch = count == examples ? all : all.part(from, count, examples);
            factors.burnIn(at.objective(), at.theta(), settings.forFactors(batch, examples, i));
        }
    }
}
