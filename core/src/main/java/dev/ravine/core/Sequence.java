package dev.ravine.core;

/** Kernels one after the other, and the scratch memory that they pass numbers through. */
final class Sequence implements Kernel {
    private final Arena scratch;
    private final Kernel[] steps;

    Sequence(Arena scratch, Kernel... steps) {
        this.scratch = scratch;
        this.steps = steps;
    }

    Sequence(Kernel... steps) {
        this(new Arena(), steps);
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
