package dev.ravine.core.kernels;

import dev.ravine.core.Arena;

/** Kernels that run one after another, with the scratch memory between them. */
final class KernelSequence implements Kernel {
    private final Arena scratch;
    private final Kernel[] steps;

    KernelSequence(Arena scratch, Kernel... steps) {
        this.scratch = scratch;
        this.steps = steps;
    }

    KernelSequence(Kernel... steps) {
        this(new Arena("the kernel"), steps);
    }

    @Override
    public void run() {
        for (Kernel step : steps) {
            step.run();
        }
    }

    @Override
    public void close() {
        for (Kernel step : steps) {
            step.close();
        }
        scratch.close();
    }
}
