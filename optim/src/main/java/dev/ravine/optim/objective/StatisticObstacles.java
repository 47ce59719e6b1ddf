package dev.ravine.optim.objective;

import dev.ravine.autodiff.Statistic;
import dev.ravine.nn.Module;
import dev.ravine.optim.shards.ShardRunner;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Why statistics do not come from the gradient's own pass, found out once for each. */
final class StatisticObstacles {
    /** How many answers to keep; a lambda is a new statistic each time. */
    private static final int MOST = 16;

    private final Module module;
    private final ShardRunner shards;
    private final Map<Statistic, Optional<String>> found = new HashMap<>();

    StatisticObstacles(Module module, ShardRunner shards) {
        this.module = module;
        this.shards = shards;
    }

    Optional<String> of(Statistic statistic) {
        if (found.size() > MOST) {
            found.clear();
        }
        return found.computeIfAbsent(statistic, this::find);
    }

    private Optional<String> find(Statistic statistic) {
        if (shards.mixesRows()) {
            return Optional.of("an example's output depends on the other examples of its batch"
                    + module.firstMixing().map(path -> ", in " + path).orElse("")
                    + ", so examples have no gradients of their own; use evaluation mode, or do without the statistic"
                    + " (preconditioner(0) for Hessian-free)");
        }
        return StatisticShape.obstacle(statistic, shards::graph);
    }

    /** Graphs have changed. */
    void forget() {
        found.clear();
    }
}
