package dev.ravine.optim.objective;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.Elements;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * weight / 2 ||theta||^2 over the stretches of theta that are trained, with a weight for each group of parameters and
 * one for the rest.
 */
final class L2Penalty {
    private final double rest;
    private final Map<ParameterGroup, Double> groups;
    private List<Part> parts = List.of();

    /** Stretches of theta with one weight. */
    private record Part(List<Span> spans, double weight) {}

    /**
     * A penalty of nothing until {@link #follow}.
     *
     * @param rest the weight of all parameters that are in no group
     * @param groups the weights of others
     * @param parameters how many there are
     */
    L2Penalty(double rest, Map<ParameterGroup, Double> groups, long parameters) {
        this.rest = rest;
        this.groups = new LinkedHashMap<>(groups);
        ParameterGroup.requireApart(List.copyOf(groups.keySet())).forEach(group -> group.requireWithin(parameters));
    }

    /** Penalizes these stretches from now on. */
    void follow(List<Span> trainable) {
        List<Part> all = new ArrayList<>();
        groups.forEach((group, weight) -> all.add(new Part(group.within(trainable), weight)));
        all.add(new Part(ParameterGroup.rest(trainable, List.copyOf(groups.keySet())), rest));
        parts = all.stream().filter(part -> part.weight != 0).toList();
    }

    /** The weight that all parameters share; 0 if there are groups, whose penalty is in {@link #added}. */
    double shared() {
        return groups.isEmpty() ? rest : 0;
    }

    /** The value at a point. */
    double value(INDArray theta) {
        double value = 0;
        Elements point = parts.isEmpty() ? null : Elements.of(theta);
        for (Part part : parts) {
            double squares = 0;
            for (Span span : part.spans) {
                squares += Vectors.dot(point, point, span.from(), span.to());
            }
            value += part.weight / 2 * squares;
        }
        return value;
    }

    /** Adds the gradient, weight theta. */
    void addGradient(INDArray theta, INDArray gradient) {
        addProduct(theta, gradient);
    }

    /** Adds the product of the curvature, a diagonal matrix of weights, with a vector. */
    private void addProduct(INDArray vector, INDArray out) {
        if (parts.isEmpty()) {
            return;
        }
        Elements from = Elements.of(vector);
        Elements to = Elements.of(out);
        for (Part part : parts) {
            for (Span span : part.spans) {
                Vectors.axpy(part.weight, from, to, span.from(), span.to());
            }
        }
    }

    /**
     * A linearization of the data term, together with the penalty if it has groups. An optimizer adds the penalty that
     * all parameters share by itself.
     */
    Linearization added(Linearization data, INDArray theta) {
        return groups.isEmpty() ? data : new Sum(data, value(theta), Arena.copyOf(theta));
    }

    /** Value and gradient of data term and penalty, from what {@link #added} made. */
    double gradient(Linearization at, INDArray theta, INDArray out) {
        at.gradient(out);
        if (!groups.isEmpty()) {
            return at.value();
        }
        addGradient(theta, out);
        return at.value() + value(theta);
    }

    /** The data term and the penalty at one point. */
    private final class Sum extends ForwardingLinearization {
        private final double value;
        private final INDArray point;
        private final INDArray copy;

        private Sum(Linearization data, double value, INDArray point) {
            super(data);
            this.value = value;
            this.point = point;
            this.copy = Arena.copyOf(point);
        }

        @Override
        public double value() {
            return super.value() + value;
        }

        @Override
        public void gradient(INDArray out) {
            super.gradient(out);
            addProduct(point, out);
        }

        @Override
        public void product(Curvature curvature, INDArray vector, INDArray out) {
            product(curvature, 0, vector, out);
        }

        /** The vector may be the output. The matrix of structural damping alone has no penalty. */
        @Override
        public void product(Curvature curvature, double structural, INDArray vector, INDArray out) {
            if (curvature == Curvature.STRUCTURAL) {
                super.product(curvature, structural, vector, out);
                return;
            }
            INDArray kept = vector;
            if (vector == out) {
                Vectors.copy(vector, copy);
                kept = copy;
            }
            super.product(curvature, structural, vector, out);
            addProduct(kept, out);
        }

        @Override
        public double[][] forms(Curvature curvature, List<INDArray> vectors) {
            double[][] forms = viewed().forms(curvature, vectors);
            if (curvature == Curvature.STRUCTURAL) {
                return forms;
            }
            for (int j = 0; j < forms.length; j++) {
                Vectors.fill(copy, 0);
                addProduct(vectors.get(j), copy);
                for (int i = 0; i < forms.length; i++) {
                    forms[i][j] += Vectors.dot(vectors.get(i), copy);
                }
            }
            return forms;
        }
    }
}
