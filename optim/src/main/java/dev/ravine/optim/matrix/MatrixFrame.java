package dev.ravine.optim.matrix;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.firstorder.GradientStep;
import dev.ravine.optim.firstorder.WholeRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A step parameter by parameter, each seen as a matrix. The frame finds the parameters' parts of a step, counts the
 * steps of each, accounts for work and saves the state. A frozen parameter keeps its state and its count.
 */
final class MatrixFrame implements WholeRule {
    private static final String STEPS = "steps of ";

    private final List<MatrixParameter> parameters;
    private final Maker maker;
    private final List<MatrixRule> rules = new ArrayList<>();
    private final long[] counts;
    private Arena arena = new Arena("the optimizer");
    private DType dtype;
    private INDArray theta;
    private INDArray gradient;
    private final List<INDArray> points = new ArrayList<>();
    private final List<INDArray> slopes = new ArrayList<>();

    /** Makes the rule of a parameter. */
    interface Maker {
        MatrixRule make(MatrixParameter parameter, DType dtype, Arena arena);
    }

    MatrixFrame(List<MatrixParameter> parameters, Maker maker) {
        this.parameters = parameters;
        this.maker = maker;
        this.counts = new long[parameters.size()];
    }

    @Override
    public void apply(GradientStep at) {
        bind(at);
        long work = 0;
        for (int i = 0; i < rules.size(); i++) {
            GradientStep.Part part = parameters.get(i).partOf(at.parts());
            if (part != null) {
                counts[i]++;
                work += rules.get(i)
                        .apply(new MatrixStep(
                                points.get(i),
                                slopes.get(i),
                                counts[i],
                                part.rate(),
                                part.decay(),
                                at.objective().workers()));
            }
        }
        at.objective().countWork(work);
    }

    private void bind(GradientStep at) {
        prepare(DType.of(at.theta()));
        if (theta == at.theta() && gradient == at.gradient()) {
            return;
        }
        requireWithin(at.theta());
        theta = at.theta();
        gradient = at.gradient();
        points.clear();
        slopes.clear();
        for (MatrixParameter parameter : parameters) {
            points.add(parameter.of(theta));
            slopes.add(parameter.of(gradient));
        }
    }

    private void requireWithin(INDArray vector) {
        int end = parameters.isEmpty()
                ? 0
                : parameters.get(parameters.size() - 1).span().to();
        if (end != vector.length()) {
            throw new IllegalArgumentException("the optimizer was made for a module with " + end + " parameters, found "
                    + vector.length() + "; make it from the module that is trained");
        }
    }

    private void prepare(DType wanted) {
        if (dtype != null && dtype != wanted) {
            throw new IllegalArgumentException("the optimizer keeps " + dtype + " matrices, found theta with " + wanted
                    + "; use an optimizer for one objective");
        }
        if (dtype == null) {
            dtype = wanted;
            parameters.forEach(parameter -> rules.add(maker.make(parameter, dtype, arena)));
        }
    }

    @Override
    public Map<String, Double> telemetry() {
        return Map.of();
    }

    // ---- state ------------------------------------------------------------------------------------------------

    @Override
    public Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = new HashMap<>();
        for (int i = 0; i < counts.length; i++) {
            numbers.put(STEPS + parameters.get(i).path(), (double) counts[i]);
        }
        return numbers;
    }

    @Override
    public boolean hasOwnArrays() {
        return true;
    }

    @Override
    public Map<String, INDArray> stateVectors() {
        Map<String, INDArray> all = new LinkedHashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            String path = parameters.get(i).path();
            rules.get(i).arrays().forEach((name, array) -> all.put(path + "." + name, flat(array)));
        }
        return all;
    }

    private static INDArray flat(INDArray array) {
        return Arena.view(array, 0, Shape.of(array.length()));
    }

    @Override
    public void restore(OptimizerState state) {
        long[] saved = new long[counts.length];
        for (int i = 0; i < saved.length; i++) {
            saved[i] = state.count(STEPS + parameters.get(i).path(), Integer.MAX_VALUE);
        }
        boolean isEmpty = state.vectors().isEmpty();
        if (!isEmpty) {
            requireFit(state);
            prepare(DType.of(state.vectors().values().iterator().next()));
            stateVectors().forEach((name, array) -> Vectors.copy(state.vector(name), array));
        } else {
            forget();
        }
        System.arraycopy(saved, 0, counts, 0, saved.length);
    }

    /** Before the first step there is nothing. */
    private void forget() {
        arena.close();
        arena = new Arena("the optimizer");
        rules.clear();
        dtype = null;
        theta = null;
    }

    private void requireFit(OptimizerState state) {
        DType wanted = DType.of(state.vectors().values().iterator().next());
        Map<String, Long> expected = new HashMap<>();
        try (Arena trial = new Arena("a check of a state")) {
            for (MatrixParameter parameter : parameters) {
                maker.make(parameter, wanted, trial)
                        .arrays()
                        .forEach((name, array) -> expected.put(parameter.path() + "." + name, array.length()));
            }
        }
        Set<String> found = state.vectors().keySet();
        if (!found.equals(expected.keySet())
                || !expected.entrySet().stream()
                        .allMatch(e -> state.vector(e.getKey()).length() == e.getValue())) {
            throw new IllegalArgumentException("the optimizer keeps the arrays " + expected
                    + " (name and length), the state has " + found + "; it belongs to another kind of optimizer, to"
                    + " other settings or to another module");
        }
        if (dtype != null && dtype != wanted) {
            throw new IllegalArgumentException("the optimizer keeps " + dtype + " matrices, the state has " + wanted
                    + "; use a state of the same precision");
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
