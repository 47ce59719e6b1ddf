package dev.ravine.optim.training;

import dev.ravine.core.StableText;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.objective.ModelObjective;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The settings that a run which goes on from a checkpoint must share with the run that wrote it. */
final class RunIdentity {
    private static final String GRAPH = "loss_graph";

    private final Optimizer optimizer;
    /** Those of the objective: with other ones it is another function that is minimised. */
    private final Map<String, String> fixed = new TreeMap<>();
    /** Those of optimizer and measurements, which the user may change on purpose. */
    private final Map<String, String> free = new TreeMap<>();

    RunIdentity(Optimizer optimizer, ModelObjective objective, Measurements measurements) {
        this.optimizer = optimizer;
        objective.settings().forEach((name, value) -> fixed.put(name, StableText.number(value)));
        if (!objective.graph().isEmpty()) {
            fixed.put(GRAPH, objective.graph());
        }
        free.putAll(measurements.settings());
        free.putAll(optimizer.settings());
    }

    /** All settings by name. */
    Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>(free);
        all.putAll(fixed);
        return all;
    }

    /**
     * Refuses a checkpoint of another run.
     *
     * @param changeable names of settings that may differ
     * @throws IllegalArgumentException if another setting differs, naming all that do
     */
    void require(Checkpoint checkpoint, Set<String> changeable) {
        Map<String, String> saved = saved(checkpoint);
        requireOptimizer(checkpoint, saved);
        Set<String> unknown = new TreeSet<>(changeable);
        unknown.removeAll(free.keySet());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("allowChanged names " + unknown
                    + ", which are no settings that may change; those are " + free.keySet());
        }
        Map<String, String> differences = new TreeMap<>();
        settings().forEach((name, own) -> {
            String other = saved.get(name);
            if (other != null && !other.equals(own) && !changeable.contains(name)) {
                differences.put(
                        name, name.equals(GRAPH) ? graphs(other, own) : name + " " + other + ", this one has " + own);
            }
        });
        if (!differences.isEmpty()) {
            boolean mayChange = free.keySet().containsAll(differences.keySet());
            throw new IllegalArgumentException("the checkpoint is of a run with "
                    + String.join("; with ", differences.values())
                    + "; use the same data and settings, or another folder"
                    + (mayChange ? ", or name in Trainer.Builder.allowChanged what you change on purpose" : ""));
        }
    }

    /** In files of the first versions some settings of the objective are among the numbers. */
    private Map<String, String> saved(Checkpoint checkpoint) {
        Map<String, String> saved = new TreeMap<>(checkpoint.settings());
        fixed.keySet().stream()
                .filter(name ->
                        checkpoint.settings().isEmpty() && checkpoint.numbers().containsKey(name))
                .forEach(name -> saved.put(name, StableText.number(checkpoint.number(name))));
        return saved;
    }

    /** An optimizer that does not tell its settings is known by its name. */
    private void requireOptimizer(Checkpoint checkpoint, Map<String, String> saved) {
        String kind = optimizer.settings().get("kind");
        boolean isKnown = kind != null && saved.containsKey("kind");
        boolean isSame = isKnown
                ? kind.equals(saved.get("kind"))
                : checkpoint.optimizer().equals(optimizer.name());
        if (!isSame) {
            throw new IllegalArgumentException("the checkpoint is of a run with " + checkpoint.optimizer()
                    + ", this one uses " + optimizer.name() + "; use the same optimizer, or another folder");
        }
    }

    /** The first operations that differ. */
    private static String graphs(String saved, String own) {
        String[] there = saved.split("; ", -1);
        String[] here = own.split("; ", -1);
        int at = 0;
        while (at < there.length && at < here.length && there[at].equals(here[at])) {
            at++;
        }
        return GRAPH + " '" + operation(there, at) + "', this one has '" + operation(here, at)
                + "' (the first difference; # numbers the " + there.length + " and " + here.length
                + " operations of model and loss)";
    }

    private static String operation(String[] graph, int at) {
        return at < graph.length ? graph[at] : "its end";
    }
}
