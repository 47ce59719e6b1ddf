package dev.ravine.cli.problem;

import dev.ravine.core.data.Standardize;
import dev.ravine.core.data.TrainTest;

/** Columns shifted and scaled to mean 0 and variance 1 on the training data; test data are treated the same. */
final class Standardized {
    private Standardized() {}

    /** Standardizes features. Classes stay those of the whole, though a part may not have examples of all. */
    static TrainTest features(TrainTest set) {
        Standardize scale = Standardize.fit(set.train().features());
        return new TrainTest(scale.features(set.train()), scale.features(set.test()));
    }

    /** Scales numeric targets. */
    static TrainTest targets(TrainTest set, Standardize scale) {
        return new TrainTest(scale.targets(set.train()), scale.targets(set.test()));
    }
}
