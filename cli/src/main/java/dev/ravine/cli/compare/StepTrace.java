package dev.ravine.cli.compare;

import dev.ravine.optim.StepReport;
import dev.ravine.optim.training.Progress;
import java.util.ArrayList;
import java.util.List;

/**
 * Norms and losses of steps for charts: all steps of a short run, and evenly chosen ones of a long run. Rejected steps
 * are chosen like others.
 */
final class StepTrace {
    private static final int MOST = 1_000;

    private final List<Run.Step> kept = new ArrayList<>();
    private long stride = 1;
    private long seen;

    void add(StepReport step, Progress progress) {
        if (seen % stride == 0) {
            kept.add(new Run.Step(progress, step.loss(), step.gradientNorm(), step.stepNorm()));
            if (kept.size() > MOST) {
                List<Run.Step> half = new ArrayList<>();
                for (int i = 0; i < kept.size(); i += 2) {
                    half.add(kept.get(i));
                }
                kept.clear();
                kept.addAll(half);
                stride *= 2;
            }
        }
        seen++;
    }

    /** The steps that were kept, in their order. */
    List<Run.Step> steps() {
        return List.copyOf(kept);
    }
}
