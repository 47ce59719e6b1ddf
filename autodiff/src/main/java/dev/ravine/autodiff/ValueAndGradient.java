package dev.ravine.autodiff;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The loss, its gradient and, if wanted, a statistic of the examples at a point: one program, planned when it is first
 * needed.
 */
final class ValueAndGradient {
    private final Tensor loss;
    private final LinearizationPoint point;
    private final FlatViews statistic;
    private INDArray gradient;
    private INDArray sums;
    private Program program;

    /**
     * Plans nothing yet.
     *
     * @param statistic tensors to compute beside the gradient; none if there are none
     */
    ValueAndGradient(Tensor loss, LinearizationPoint point, List<Tensor> statistic) {
        this.loss = loss;
        this.point = point;
        this.statistic = new FlatViews(statistic);
    }

    boolean isPlanned() {
        return program != null;
    }

    Program program() {
        if (program == null) {
            FlatViews views = point.parameters();
            List<Tensor> results = new ArrayList<>(Autodiff.gradient(loss, views.tensors()));
            gradient = point.allocate();
            List<INDArray> memory = new ArrayList<>(views.of(gradient));
            if (statisticSize() > 0) {
                sums = point.allocate(statisticSize());
                results.addAll(statistic.tensors());
                memory.addAll(statistic.of(sums));
            }
            program = point.plan(point.program().output(loss).outputs(results, memory));
        }
        return program;
    }

    double value() {
        program().run(loss);
        return program.scalar(loss);
    }

    /** The gradient, where it was computed. */
    INDArray gradient() {
        program().run();
        return gradient;
    }

    long statisticSize() {
        return statistic.size();
    }

    /** The statistic, flat, where it was computed. */
    INDArray statistic() {
        program().run();
        return sums;
    }
}
