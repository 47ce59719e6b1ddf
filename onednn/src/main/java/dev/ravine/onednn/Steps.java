package dev.ravine.onednn;

import dev.ravine.core.kernels.Kernel;
import java.util.List;

/** Primitives one after the other. */
record Steps(List<Step> steps) implements Kernel {
    @Override
    public void run() {
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).run();
        }
    }

    @Override
    public void close() {
        steps.forEach(Step::close);
    }
}
