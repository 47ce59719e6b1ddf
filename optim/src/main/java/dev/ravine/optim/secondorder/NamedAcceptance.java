package dev.ravine.optim.secondorder;

/** A rule with its settings as a name, by which a run that goes on knows it. */
record NamedAcceptance(String name, Acceptance rule) implements Acceptance {
    @Override
    public Outcome choose(StepProposal proposal, StepValues values) {
        return rule.choose(proposal, values);
    }
}
