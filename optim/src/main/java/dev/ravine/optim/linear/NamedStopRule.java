package dev.ravine.optim.linear;

/** A rule with its settings as a name, by which a run that goes on knows it. */
record NamedStopRule(String name, StopRule rule) implements StopRule {
    @Override
    public boolean isDone(int iteration, double[] phi, double residual, double firstResidual) {
        return rule.isDone(iteration, phi, residual, firstResidual);
    }
}
