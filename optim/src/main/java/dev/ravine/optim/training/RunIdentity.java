package dev.ravine.optim.training;

import dev.ravine.core.StableText;
import dev.ravine.core.kernels.KernelSets;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.objective.ModelObjective;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings that a run which goes on from a checkpoint must share with the run that wrote it. In a checkpoint their
 * names begin with whose they are; people see the rest.
 */
final class RunIdentity {
    private static final String OBJECTIVE = "objective.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String MEASUREMENT = "measurement.";
    private static final String GRAPH = OBJECTIVE + "loss_graph";
    private static final String KIND = OPTIMIZER + "kind";
    private static final String KERNELS = "runtime.kernels";
    private static final String NONE = "none";

    private final String optimizer;
    private final Map<String, String> settings = new TreeMap<>();

    RunIdentity(Optimizer optimizer, ModelObjective objective, Measurements measurements) {
        this.optimizer = optimizer.name();
        objective.settings().forEach((name, value) -> settings.put(OBJECTIVE + name, StableText.number(value)));
        if (!objective.graphText().isEmpty()) {
            settings.put(GRAPH, objective.graphText());
        }
        measurements.settings().forEach((name, value) -> settings.put(MEASUREMENT + name, value));
        optimizer.settings().forEach((name, value) -> settings.put(OPTIMIZER + name, value));
        settings.put(KERNELS, KernelSets.name());
    }

    /** All settings, by the names that they have in a checkpoint. */
    Map<String, String> settings() {
        return settings;
    }

    /**
     * Refuses a checkpoint of another run.
     *
     * @param changeable names of settings that may differ; those of the objective may not, since with other ones it is
     *     another function that is minimised
     * @throws IllegalArgumentException if another setting differs, naming all that do
     */
    void require(Checkpoint checkpoint, Set<String> changeable) {
        Map<String, String> saved = saved(checkpoint);
        requireOptimizer(checkpoint, saved);
        Set<String> free = settings.keySet().stream()
                .filter(RunIdentity::mayChange)
                .map(RunIdentity::shortly)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> unknown = new TreeSet<>(changeable);
        unknown.removeAll(free);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "allowChanged names " + unknown + ", which are no settings that may change; those are " + free);
        }
        List<String> differences = compared(checkpoint, saved)
                .filter(name -> !saved.getOrDefault(name, NONE).equals(settings.getOrDefault(name, NONE)))
                .filter(name -> !(mayChange(name) && changeable.contains(shortly(name))))
                .toList();
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException("the checkpoint is of a run with "
                    + differences.stream().map(name -> difference(name, saved)).collect(Collectors.joining("; with "))
                    + "; use the same data and settings, or another folder"
                    + (differences.stream().allMatch(RunIdentity::mayChange)
                            ? ", or name in Trainer.Builder.allowChanged what you change on purpose"
                            : ""));
        }
    }

    /**
     * Of a checkpoint without settings or without the kernels that computed it, and of an optimizer or a graph that one
     * side does not tell, less is known.
     */
    private Stream<String> compared(Checkpoint checkpoint, Map<String, String> saved) {
        Set<String> names = new TreeSet<>(settings.keySet());
        if (checkpoint.settings().isEmpty()) {
            names.retainAll(saved.keySet());
        } else {
            names.addAll(saved.keySet());
        }
        boolean isOptimizerKnown = settings.containsKey(KIND) && saved.containsKey(KIND);
        boolean isGraphKnown = settings.containsKey(GRAPH) && saved.containsKey(GRAPH);
        return names.stream()
                .filter(name -> isOptimizerKnown || !name.startsWith(OPTIMIZER))
                .filter(name -> isGraphKnown || !name.equals(GRAPH))
                .filter(name -> !name.equals(KERNELS) || saved.containsKey(KERNELS));
    }

    /** In files of the first versions some settings of the objective are among the numbers. */
    private Map<String, String> saved(Checkpoint checkpoint) {
        Map<String, String> saved = new TreeMap<>(checkpoint.settings());
        settings.keySet().stream()
                .filter(name -> checkpoint.settings().isEmpty() && name.startsWith(OBJECTIVE))
                .filter(name -> checkpoint.numbers().containsKey(shortly(name)))
                .forEach(name -> saved.put(name, StableText.number(checkpoint.number(shortly(name)))));
        return saved;
    }

    private static boolean mayChange(String name) {
        return !name.startsWith(OBJECTIVE);
    }

    private static String shortly(String name) {
        return name.substring(name.indexOf('.') + 1);
    }

    /** An optimizer that does not tell its settings is known by its name. */
    private void requireOptimizer(Checkpoint checkpoint, Map<String, String> saved) {
        boolean isKnown = settings.containsKey(KIND) && saved.containsKey(KIND);
        boolean isSame = isKnown
                ? settings.get(KIND).equals(saved.get(KIND))
                : checkpoint.optimizer().equals(optimizer);
        if (!isSame) {
            throw new IllegalArgumentException("the checkpoint is of a run with " + checkpoint.optimizer()
                    + ", this one uses " + optimizer + "; use the same optimizer, or another folder");
        }
    }

    private String difference(String name, Map<String, String> saved) {
        String there = saved.getOrDefault(name, NONE);
        String here = settings.getOrDefault(name, NONE);
        return name.equals(GRAPH) ? graphs(there, here) : shortly(name) + " " + there + ", this one has " + here;
    }

    /** The first operations that differ. */
    private static String graphs(String saved, String own) {
        String[] there = saved.split("; ", -1);
        String[] here = own.split("; ", -1);
        int at = 0;
        while (at < there.length && at < here.length && there[at].equals(here[at])) {
            at++;
        }
        return shortly(GRAPH) + " '" + operation(there, at) + "', this one has '" + operation(here, at)
                + "' (the first difference; # numbers the " + there.length + " and " + here.length
                + " operations of model and loss)";
    }

    private static String operation(String[] graph, int at) {
        return at < graph.length ? graph[at] : "its end";
    }
}
