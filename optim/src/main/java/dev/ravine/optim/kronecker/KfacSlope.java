package dev.ravine.optim.kronecker;

import dev.ravine.core.Elements;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.objective.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What {@link Kfac} makes of gradients before the inverse: their average if there is one, without the parameters that a
 * first-order rule trains; and the step of that rule.
 */
final class KfacSlope {
    private final double decay;
    private final RestRule rule;
    private final INDArray mean;
    private final INDArray slope;
    private final List<INDArray> rest = new ArrayList<>();
    private List<Span> spans = List.of();

    /** Memory for what the settings ask for. */
    KfacSlope(KfacVariants<?> settings, Supplier<INDArray> memory) {
        decay = settings.gradientDecay;
        rule = settings.rest;
        mean = decay == 0 ? null : memory.get();
        slope = decay == 0 && rule == null ? null : memory.get();
        for (int i = 0; rule != null && i < rule.vectors(); i++) {
            rest.add(memory.get());
        }
    }

    /** Which parameters the rule trains. */
    void leave(List<Span> leftOut) {
        spans = leftOut;
    }

    /** What the inverse multiplies. */
    INDArray of(INDArray gradient) {
        if (slope == null) {
            return gradient;
        }
        if (mean == null) {
            Vectors.copy(gradient, slope);
        } else {
            Vectors.scale(decay, mean);
            Vectors.axpy(1 - decay, gradient, mean);
            Vectors.copy(mean, slope);
        }
        clear(slope);
        return slope;
    }

    /** Zero in the parameters that the rule trains. */
    private void clear(INDArray vector) {
        Elements elements = Elements.of(vector);
        for (Span span : spans) {
            for (int i = span.from(); i < span.to(); i++) {
                elements.set(i, 0);
            }
        }
    }

    /** Writes the rule's step number k, from 1, into a step of the other parameters. */
    void addRest(long k, INDArray gradient, INDArray step) {
        List<Elements> state = rest.stream().map(Elements::of).toList();
        for (Span span : spans) {
            rule.step(k, Elements.of(gradient), state, Elements.of(step), span);
        }
    }

    boolean hasRest() {
        return !spans.isEmpty();
    }

    /** Forgets what belongs to frozen parameters. */
    void clearOutside(List<Span> trainable) {
        if (mean != null) {
            Span.clearOutside(trainable, mean);
        }
        rest.forEach(vector -> Span.clearOutside(trainable, vector));
    }

    void save(Map<String, INDArray> vectors) {
        if (mean != null) {
            vectors.put("mean_gradient", mean);
        }
        for (int i = 0; i < rest.size(); i++) {
            vectors.put("rest_" + i, rest.get(i));
        }
    }

    void restore(OptimizerState state) {
        if (mean != null) {
            Vectors.copy(state.vector("mean_gradient"), mean);
        }
        for (int i = 0; i < rest.size(); i++) {
            Vectors.copy(state.vector("rest_" + i), rest.get(i));
        }
    }
}
