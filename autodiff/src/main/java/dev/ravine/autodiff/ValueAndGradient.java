package dev.ravine.autodiff;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The loss, its gradient, and if wanted a statistic of the examples and tangents of the outputs at a point: one
 * program, planned when it is first needed. So all of them share the activations.
 */
final class ValueAndGradient {
    private final LossModel model;
    private final LinearizationPoint point;
    private final boolean hasGradient;
    private final FlatViews statistic;
    private INDArray gradient;
    private INDArray sums;
    private OutputTangents tangents;
    private Program program;
    private Tensor firstResult;

    /**
     * Plans nothing yet.
     *
     * @param hasGradient false if the gradient will never be asked for
     * @param statistic tensors to compute beside the gradient; none if there are none
     */
    ValueAndGradient(LossModel model, LinearizationPoint point, boolean hasGradient, List<Tensor> statistic) {
        this.model = model;
        this.point = point;
        this.hasGradient = hasGradient;
        this.statistic = new FlatViews(statistic);
    }

    boolean isPlanned() {
        return program != null;
    }

    Program program() {
        if (program == null) {
            Program.Builder builder = point.program().output(model.loss());
            List<Tensor> results = new ArrayList<>();
            List<INDArray> memory = new ArrayList<>();
            if (hasGradient) {
                FlatViews views = point.parameters();
                gradient = gradient == null ? point.allocate() : gradient;
                results.addAll(Autodiff.gradient(model.loss(), views.tensors()));
                memory.addAll(views.of(gradient));
            }
            if (statisticSize() > 0) {
                sums = sums == null ? point.allocate(statisticSize()) : sums;
                results.addAll(statistic.tensors());
                memory.addAll(statistic.of(sums));
                variablesOfStatistic().forEach(builder::input);
            }
            builder.outputs(results, memory);
            if (tangents != null) {
                tangents.addTo(builder);
            }
            program = point.plan(builder);
            firstResult = results.isEmpty() ? null : results.get(0);
        }
        return program;
    }

    /** Variables that a statistic alone is computed from may change from run to run. */
    private List<Tensor> variablesOfStatistic() {
        Set<Tensor> ofModel = new HashSet<>(Graph.ancestors(List.of(model.loss())));
        ofModel.addAll(point.parameters().tensors());
        return Graph.ancestors(statistic.tensors(), ofModel).stream()
                .filter(t -> t.op() instanceof Leaf.Variable && !ofModel.contains(t))
                .toList();
    }

    double value() {
        program().run(model.loss());
        return program.scalar(model.loss());
    }

    /** The gradient, where it was computed. */
    INDArray gradient() {
        if (!hasGradient) {
            throw new IllegalStateException("the linearization was built for a statistic without a gradient");
        }
        runResults();
        return gradient;
    }

    long statisticSize() {
        return statistic.size();
    }

    /** The statistic, flat, where it was computed. */
    INDArray statistic() {
        runResults();
        return sums;
    }

    /** Everything but tangents, whose vector may be stale. */
    private void runResults() {
        Program planned = program();
        if (firstResult == null) {
            planned.run(model.loss());
        } else {
            planned.run(model.loss(), firstResult);
        }
    }

    /**
     * Computes the outputs' tangent for the point's present vector, as number i of several. The first time the program
     * is planned again, so that from then on tangents use the gradient's activations. Computing these again does not
     * count, so that work does not depend on when a program was planned.
     *
     * @throws UnsupportedOperationException if the matrix needs something that the model lacks, saying what
     */
    void computeTangent(Curvature curvature, int i) {
        if (tangents == null || tangents.curvature() != curvature) {
            tangents = new OutputTangents(curvature, model, point);
            if (program != null) {
                runResults(); // counts unless they are known
                point.discard(program);
                program = null;
                runResults();
                point.doNotCount(program.executedCost());
            }
        }
        tangents.compute(i, program());
    }

    /** The products of the first n tangents with one another through the curvature's matrix. */
    double[][] forms(int n) {
        if (tangents == null) {
            throw new IllegalStateException(
                    "there are no tangents of outputs; call computeTangent for each vector first");
        }
        return tangents.forms(n);
    }
}
