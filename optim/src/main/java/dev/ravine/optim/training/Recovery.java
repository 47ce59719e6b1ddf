package dev.ravine.optim.training;

import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.objective.ModelObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a run does about a step whose loss or gradient is not finite. */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final NonFinitePolicy policy;
    private final int limit;
    private final Optimizer optimizer;

    /**
     * A policy.
     *
     * @param limit how many failures in a row are allowed
     */
    Recovery(NonFinitePolicy policy, int limit, Optimizer optimizer) {
        this.policy = policy;
        this.limit = limit;
        this.optimizer = optimizer;
    }

    /** Whether it must know where the last successful step began. */
    boolean needsStart() {
        return policy == NonFinitePolicy.SHRINK_STEP;
    }

    /**
     * Repairs what it can.
     *
     * @return what was done
     * @throws NonFiniteLossException if training must end
     */
    String from(NonFiniteLossException failure, ModelObjective objective, RunState state) {
        long inARow = state.failed();
        if (policy == NonFinitePolicy.STOP) {
            throw failure;
        }
        if (inARow > limit) {
            throw new NonFiniteLossException("more than " + limit
                    + " steps in a row were not finite, which is the limit; the last: " + failure.getMessage());
        }
        String done;
        try {
            done = policy == NonFinitePolicy.SKIP_BATCH ? skipBatch() : shrinkStep(objective, state);
        } catch (UnsupportedOperationException | IllegalStateException e) {
            failure.addSuppressed(e);
            throw failure;
        }
        LOG.warn("{}; {}", failure.getMessage(), done);
        return done;
    }

    private String skipBatch() {
        optimizer.skipExamples();
        return "its examples are left out";
    }

    private String shrinkStep(ModelObjective objective, RunState state) {
        optimizer.shrinkSteps(0.5);
        if (state.previous() == null) {
            return "steps are half as long from now on";
        }
        Vectors.scale(0.5, objective.theta());
        Vectors.axpy(0.5, state.previous(), objective.theta());
        objective.thetaChanged(objective.theta());
        return "half of the step before is taken back, and steps are half as long from now on";
    }
}
