package dev.ravine.optim.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of a run. One that fails is warned about and not called any more; training goes on. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<TrainingListener> all;

    Listeners(List<TrainingListener> all) {
        this.all = new ArrayList<>(all);
    }

    void tell(Consumer<TrainingListener> event) {
        for (TrainingListener listener : List.copyOf(all)) {
            try {
                event.accept(listener);
            } catch (Throwable e) {
                // Errors too: what a listener runs out of or cannot load must not cost the run.
                LOG.warn("a listener failed and is not called any more: {}", listener.getClass(), e);
                all.removeIf(other -> other == listener);
            }
        }
    }
}
