package dev.ravine.cli.compare;

import dev.ravine.core.Arena;
import dev.ravine.nn.Module;
import dev.ravine.nn.ParameterVector;
import dev.ravine.optim.training.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Norms of weights, gradients and updates by layer, where a net is measured. An update is the step that follows a
 * measurement, so one copy of the parameters is kept and no other step costs anything.
 */
final class LayerTrace {
    /** With more layers than this, those of a part of the net are taken together. */
    private static final int MOST_LAYERS = 12;

    private final ParameterVector parameters;
    private final Map<String, Module> modules;
    private final Map<String, List<ParameterVector.Segment>> layers;
    private final List<Run.LayerNorms> norms = new ArrayList<>();
    private double[] before = {};

    LayerTrace(Module net) {
        this.parameters = net.parameterVector();
        this.modules = net.namedModules();
        Map<String, List<ParameterVector.Segment>> fine =
                by(path -> path.substring(0, Math.max(0, path.lastIndexOf('.'))));
        this.layers = fine.size() <= MOST_LAYERS ? fine : by(path -> path.split("\\.", 2)[0]);
    }

    private Map<String, List<ParameterVector.Segment>> by(Function<String, String> layer) {
        Map<String, List<ParameterVector.Segment>> found = new LinkedHashMap<>();
        for (ParameterVector.Segment segment : parameters.segments()) {
            found.computeIfAbsent(layer.apply(segment.path()), name -> new ArrayList<>())
                    .add(segment);
        }
        return found;
    }

    /** Says that a step was made. */
    void stepped() {
        if (before.length == 0) {
            return;
        }
        double[] after = Arena.toDoubles(parameters.array());
        for (int i = 0; i < after.length; i++) {
            after[i] -= before[i];
        }
        before = new double[0];
        int place = norms.size() - layers.size();
        for (List<ParameterVector.Segment> layer : layers.values()) {
            Run.LayerNorms n = norms.get(place);
            norms.set(
                    place, new Run.LayerNorms(n.layer(), n.progress(), n.weights(), n.gradient(), norm(after, layer)));
            place++;
        }
    }

    /** Takes the gradient at the parameters as they stand. */
    void measured(Progress progress, double[] gradient) {
        before = Arena.toDoubles(parameters.array());
        layers.forEach((name, layer) -> norms.add(
                new Run.LayerNorms(shown(name), progress, norm(before, layer), norm(gradient, layer), Double.NaN)));
    }

    /** A path and the kind of its module, such as {@code 0 Linear}. */
    private String shown(String path) {
        Module module = modules.get(path);
        return path.isEmpty()
                ? "parameters"
                : module == null ? path : (path + " " + module.getClass().getSimpleName()).strip();
    }

    /** All norms so far. */
    List<Run.LayerNorms> norms() {
        return List.copyOf(norms);
    }

    private static double norm(double[] all, List<ParameterVector.Segment> layer) {
        double sum = 0;
        for (ParameterVector.Segment segment : layer) {
            for (long i = segment.offset(); i < segment.offset() + segment.size(); i++) {
                sum += all[(int) i] * all[(int) i];
            }
        }
        return Math.sqrt(sum);
    }
}
