package dev.ravine.optim.kronecker;

import dev.ravine.core.Check;
import dev.ravine.core.FluentBuilder;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.ScheduleText;
import dev.ravine.optim.objective.ParameterGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Settings in which published programs of K-FAC differ from one another, and settings beyond them. Without these, steps
 * are those of {@link KfacSettings} alone.
 *
 * @param <B> the builder itself
 */
abstract class KfacVariants<B extends KfacVariants<B>> extends FluentBuilder<B> implements Cloneable {
    /** As many passes as make an epoch. */
    static final int EPOCH = -1;

    Schedule dampingSchedule;
    Schedule rate;
    Schedule momentum;
    boolean ratioWithoutDamping;
    boolean gammaFollowsDamping;
    boolean gammaAboveL2;
    boolean goesBack;
    double gradientDecay;
    int burnIn;
    int inversePhase;
    int calibration;
    boolean correctsEigenvalues;
    RestRule rest;
    List<ParameterGroup> restGroups = List.of();

    boolean isFixed() {
        return rate != null;
    }

    /** Refuses settings of which one would do nothing. */
    void requireEffect() {
        if (calibration > 0 && (isFixed() || dampingSchedule != null)) {
            throw new IllegalStateException("calibrate(" + calibration + ") finds the first lambda of the model, but "
                    + (isFixed() ? "rate and momentum are fixed" : "lambda follows a schedule")
                    + "; leave one of both out");
        }
    }

    /** Lambda of a step, counted from 0, if it follows a schedule; what it was otherwise. */
    double lambda(long step, double present) {
        return dampingSchedule == null
                ? present
                : Schedule.Named.checked("the damping", dampingSchedule.at(step), Double.POSITIVE_INFINITY, step);
    }

    /** Rate and momentum of a step, counted from 0, where they are fixed. */
    RateModel.Best fixed(long step) {
        double checked = Schedule.Named.checked("the rate", rate.at(step), Double.POSITIVE_INFINITY, step);
        return new RateModel.Best(checked, momentum == null ? 0 : momentum.momentumAt(step), Double.NaN);
    }

    /** The settings by name. */
    Map<String, Object> variants() {
        Map<String, Object> own = new HashMap<>();
        own.put("rate", text(rate));
        own.put("momentum", text(momentum));
        own.put("damping_schedule", text(dampingSchedule));
        own.put("ratio_without_damping", ratioWithoutDamping);
        own.put("gamma_follows_damping", gammaFollowsDamping);
        own.put("gamma_above_l2", gammaAboveL2);
        own.put("goes_back", goesBack);
        own.put("gradient_decay", gradientDecay);
        own.put("burn_in", burnIn);
        own.put("inverse_phase", inversePhase);
        own.put("calibration", calibration);
        own.put("corrects_eigenvalues", correctsEigenvalues);
        own.put("rest", rest == null ? "none" : rest.text());
        own.put("rest_groups", restGroups.stream().map(ParameterGroup::toString).toList());
        return own;
    }

    private static String text(Schedule schedule) {
        return schedule == null ? "none" : ScheduleText.of(schedule);
    }

    /**
     * Takes a rate and a momentum that do not depend on the model instead of those that minimise it. Lambda and gamma
     * then stay as they are, unless lambda follows {@link #damping(Schedule)}. A step costs less than half. For small
     * batches, whose noise misleads the model.
     *
     * @param newRate positive
     * @param newMomentum from 0 to below 1
     * @return this
     */
    public B fixed(double newRate, double newMomentum) {
        return fixed(
                Schedule.constant(Check.positive("the rate", newRate)),
                Schedule.constant(Check.fraction("momentum", newMomentum)));
    }

    /**
     * The same with a rate and a momentum that depend on the step: step = rate d + momentum (last step).
     *
     * @param rates not negative; a step with another rate ends in an exception
     * @param momenta from 0 to below 1
     * @return this
     */
    public B fixed(Schedule rates, Schedule momenta) {
        this.rate = Objects.requireNonNull(rates, "rates");
        this.momentum = Objects.requireNonNull(momenta, "momenta");
        return self();
    }

    /**
     * A lambda that depends on the step instead of the reduction ratio. Gamma is the square root of lambda and L2 at
     * each inverse, unless a first gamma was given.
     *
     * @param lambdas not negative; a step with another one ends in an exception
     * @return this
     */
    public B damping(Schedule lambdas) {
        this.dampingSchedule = Objects.requireNonNull(lambdas, "lambdas");
        return self();
    }

    /**
     * Leaves lambda out of the change that the reduction ratio compares with: it is g'p + p'(G + l2 I) p / 2, as in
     * kfac-jax. Rate and momentum still minimise the damped model.
     *
     * @return this
     */
    public B ratioWithoutDamping() {
        this.ratioWithoutDamping = true;
        return self();
    }

    /**
     * Makes gamma the square root of lambda and L2 whenever factors are inverted, as in kfac-jax, instead of the best
     * of three.
     *
     * @return this
     */
    public B gammaFollowsDamping() {
        this.gammaFollowsDamping = true;
        return self();
    }

    /**
     * Keeps gamma from going below the square root of the objective's L2, as in Martens' code. The floor of
     * {@link KfacSettings#gammaRule} holds besides.
     *
     * @return this
     */
    public B gammaAboveL2() {
        this.gammaAboveL2 = true;
        return self();
    }

    /**
     * Lets the model choose a negative momentum, which takes a part of the last step back, as the published programs
     * do. On a batch that the last step did not see this undoes what that step fitted.
     *
     * @return this
     */
    public B negativeMomentum() {
        this.goesBack = true;
        return self();
    }

    /**
     * Multiplies the inverse with an average of gradients, m = decay m + (1 - decay) g from m = 0, instead of the
     * present one, as in the programs of the K-BFGS paper (Goldfarb, Ren and Bahamou, NeurIPS 2020).
     *
     * @param decay from 0 to below 1; 0 without it, which is the present gradient
     * @return this
     */
    public B averageGradients(double decay) {
        this.gradientDecay = Check.fraction("the decay of gradients", decay);
        return self();
    }

    /**
     * Makes factors at the first point from several batches, which count alike, before the first step. The batches are
     * those of the first steps, from the first example on.
     *
     * @param passes how many, not negative; 0 without it
     * @return this
     */
    public B burnIn(int passes) {
        this.burnIn = Check.notNegative("the number of passes", passes);
        return self();
    }

    /**
     * The same with as many batches as make an epoch.
     *
     * @return this
     */
    public B burnInEpoch() {
        this.burnIn = EPOCH;
        return self();
    }

    /**
     * Which steps compute an inverse. Without it these are those whose number, from 1, is a multiple of the steps
     * between inverses, and the first ones.
     *
     * @param remainder of the number by the steps between inverses, not negative; 0 without it; kfac-jax has 1
     * @return this
     */
    public B inversePhase(int remainder) {
        this.inversePhase = Check.notNegative("the remainder", remainder);
        return self();
    }

    /**
     * Finds the first lambda: the first step is computed again and again without moving, each time with the lambda that
     * the damping rule makes of its reduction ratio, until the rule leaves lambda alone or turns back. Gamma becomes
     * the square root of lambda and L2 each time, unless a first gamma was given. Each repetition costs an inverse, the
     * model and a value.
     *
     * @param limit how often, not negative; 0 without it, which takes the given lambda
     * @return this
     */
    public B calibrate(int limit) {
        this.calibration = Check.notNegative("the limit of repetitions", limit);
        return self();
    }

    /**
     * Keeps the eigenvectors of the factors, but takes the exact second moments along them instead of the products of
     * eigenvalues (EKFAC: George, Laurent, Bouthillier, Ballas and Vincent, NeurIPS 2018). Damping is gamma^2 added to
     * them. Moments are computed with each inverse, over the examples of the factors. For several gammas, each inverse
     * costs a pass over these.
     *
     * @return this
     */
    public B correctEigenvalues() {
        this.correctsEigenvalues = true;
        return self();
    }

    /**
     * Trains parameters without Kronecker factors by a first-order rule: those of some groups, and all whose examples
     * cannot be told apart. They have no part in the model, in momentum and in the reduction ratio. Which these are
     * says the report of the first step.
     *
     * @param rule for all of them
     * @param groups parameters that get the rule although they could have factors
     * @return this
     */
    public B rest(RestRule rule, ParameterGroup... groups) {
        this.rest = Objects.requireNonNull(rule, "rule");
        this.restGroups = ParameterGroup.requireApart(List.of(Check.noNullsIn("groups", groups)));
        return self();
    }
}
