package dev.ravine.nn.model;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Standardize;
import dev.ravine.core.data.TrainTest;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From the units of the data to those of the net, and back.
 *
 * @param features scales them; empty if the net takes them as they are
 * @param targets scales them; empty if they are classes, or if the net learns them as they are
 */
record Scaling(Optional<Standardize> features, Optional<Standardize> targets) {
    static final Scaling NONE = new Scaling(Optional.empty(), Optional.empty());

    /** Both parts in the units of the net. */
    TrainTest of(TrainTest raw) {
        return new TrainTest(of(raw.train()), of(raw.test()));
    }

    DataSet of(DataSet raw) {
        DataSet scaled = features.isPresent() ? features.get().features(raw) : raw;
        return targets.isPresent() ? targets.get().targets(scaled) : scaled;
    }

    /** Features in the units of the net and in its dtype; tokens stay as they are. */
    INDArray features(INDArray raw, DType dtype) {
        if (!DType.of(raw).isFloating()) {
            return raw;
        }
        INDArray wide = as(DType.FLOAT64, raw);
        return as(dtype, features.isPresent() ? features.get().apply(wide) : wide);
    }

    /** Outputs of the net in the units of the data, in double precision. */
    INDArray values(INDArray outputs) {
        INDArray wide = as(DType.FLOAT64, outputs);
        return targets.isPresent() ? targets.get().invert(wide) : wide;
    }

    private static INDArray as(DType dtype, INDArray array) {
        return DType.of(array) == dtype ? array : Arena.of(dtype, Shape.of(array), Arena.toDoubles(array));
    }
}
