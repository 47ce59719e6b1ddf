package dev.ravine.optim.matrix;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.firstorder.Moments;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** AdamW for a parameter that is no matrix, or that is not to be treated as one. */
final class AdamRule implements MatrixRule {
    private final Moments moments;
    private final double rateFactor;
    private final INDArray mean;
    private final INDArray square;

    AdamRule(MatrixParameter parameter, DType dtype, Arena arena, Moments moments, double rateFactor) {
        this.moments = moments;
        this.rateFactor = rateFactor;
        Shape shape = Shape.of(parameter.rows(), parameter.columns());
        this.mean = arena.allocate(dtype, shape);
        this.square = arena.allocate(dtype, shape);
    }

    @Override
    public long apply(MatrixStep at) {
        double rate = rateFactor * at.rate();
        Elementwise.run(BiasCorrection.atOnce(moments, at.number(), rate), at.theta(), at.gradient(), mean, square);
        new MatrixStep(at.theta(), at.gradient(), at.number(), rate, at.decay(), at.workers()).addDecay();
        return 0;
    }

    @Override
    public Map<String, INDArray> arrays() {
        return Map.of("mean", mean, "square", square);
    }
}
