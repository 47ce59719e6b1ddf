package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import dev.ravine.core.Elements;
import dev.ravine.core.Lifetime;
import dev.ravine.core.StableText;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.SharedVectors;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Displacement;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.SameObjective;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.ScheduleText;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An optimizer that takes the gradient over the next mini-batch and changes theta. A subclass names the vectors that it
 * keeps and makes an {@link UpdateRule} for each step, which works element by element; or it gives a {@link WholeRule},
 * which sees the whole gradient and keeps a state of its own. This class does the rest: batches, the
 * learning rate, weight decay, clipping, the report, saved states and both precisions. Each step follows PyTorch's
 * conventions, in this order:
 *
 * <ol>
 *   <li>g is the gradient; clipped by norm g *= min(1, c / (||g|| + 1e-6)); clipped by value to [-c, c];
 *   <li>weight decay w, if added to the gradient: g += w theta; if decoupled: theta *= 1 - lr w;
 *   <li>theta -= rule(g).
 * </ol>
 *
 * <p>{@link Builder#group Groups of parameters} may have other learning rates and weight decays. The norm that clipping
 * limits is that of the whole gradient.
 *
 * <p>A step costs one gradient of its batch, and one value if {@link Builder#measureLossAfter} is set. Memory: the
 * gradient and the vectors that the subclass keeps, each as long as theta.
 *
 * <p>No step makes theta infinite or not a number: an update that would is undone and ends in a
 * {@link NonFiniteLossException}. The vectors that the optimizer keeps are then lost, and it refuses to go on until a
 * state is restored.
 */
public abstract class FirstOrder implements Optimizer {
    final CommonSettings common;
    final StateVectors vectors;
    private final BatchCursor cursor;
    private final SameObjective same = new SameObjective();
    private final boolean measureLossAfter;
    private final Plateau.Watch plateau;
    private final WholeRule whole;

    /** Of the whole rule, which is closed when a step in another thread has ended. */
    private final Lifetime rule;

    private INDArray gradient;
    private Elements slope;
    private UpdateLoop loop;
    private long steps;
    private double shrunk = 1;
    private boolean isLost;

    /**
     * For subclasses whose steps are made element by element.
     *
     * @param settings which are copied
     * @param stateNames names of the vectors that the optimizer keeps; all begin as zeros
     */
    protected FirstOrder(Builder<?> settings, String... stateNames) {
        this(settings, null, List.of(stateNames));
    }

    /**
     * For subclasses whose steps are made from the whole gradient.
     *
     * @param settings which are copied
     * @param whole makes the steps; closed with the optimizer
     */
    protected FirstOrder(Builder<?> settings, WholeRule whole) {
        this(settings, Objects.requireNonNull(whole, "whole"), List.of());
    }

    private FirstOrder(Builder<?> settings, WholeRule whole, List<String> stateNames) {
        this.whole = whole;
        this.rule = new Lifetime("the optimizer", whole == null ? () -> {} : whole::close);
        GroupSettings rest = GroupSettings.of(settings.learningRate, settings.weightDecay);
        this.common = new CommonSettings(
                rest,
                new StepGroups(rest, settings.groups),
                settings.decoupled,
                new Clipping(settings.clipNorm, settings.clipValue),
                settings.plateau);
        this.cursor = new BatchCursor(settings.batchSize, settings.seed);
        this.measureLossAfter = settings.measureLossAfter;
        this.plateau = settings.plateau == null ? null : new Plateau.Watch(settings.plateau);
        this.vectors = new StateVectors(stateNames);
    }

    /**
     * Makes the rule of one step, or of one group of parameters in it: then all rules of a step are of one class and
     * differ by the rate alone.
     *
     * @param step its number, from 1
     * @param rate the learning rate of this step
     * @return a rule that is used for this step only
     */
    protected UpdateRule rule(long step, double rate) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " must override rule(step, rate), or give"
                + " a WholeRule to the constructor");
    }

    /**
     * A name with the settings that all first-order optimizers share, as far as they are in use.
     *
     * @param kind such as {@code adam}
     * @param more settings of its own, such as {@code mu=0.9}
     * @return such as {@code adam(lr=0.001)}
     */
    protected final String nameOf(String kind, String... more) {
        return common.name(kind, more);
    }

    /**
     * {@return the settings of this kind alone by name, as values of which {@link StableText} makes text} A schedule is
     * given as {@link ScheduleText#of}. The optimizer's name unless overridden.
     */
    protected Map<String, Object> ownSettings() {
        return Map.of("name", name());
    }

    @Override
    public final Map<String, String> settings() {
        return common.text(getClass().getSimpleName(), ownSettings());
    }

    @Override
    public final StepReport step(Objective objective, INDArray theta) {
        return vectors.lifetime().during(() -> rule.during(() -> stepOnce(objective, theta)));
    }

    private StepReport stepOnce(Objective objective, INDArray theta) {
        same.require(this, objective);
        Check.vector("theta", theta, objective.dtype(), objective.size());
        prepare(theta, objective.workers());
        double costBefore = objective.cost();
        int[] batch = cursor.next(objective.examples(), objective.block());
        Scope scope = Scope.view(batch, cursor.noise(steps));
        INDArray point = gradientPoint(theta);
        double loss = whole == null
                ? objective.gradient(point, scope, gradient)
                : whole.gradient(objective, theta, scope, gradient);
        double gradientNorm = SharedVectors.norm(slope, objective.workers());
        requireFinite(objective, point, scope, loss, gradientNorm);
        double clipFactor = common.clipping().factor(gradientNorm);
        List<GradientStep.Part> parts = common.groups().parts(objective.trainable(), this::rate);
        double clippedNorm = whole == null ? Double.NaN : common.clip(gradient, clipFactor);
        List<UpdatePart> updates = whole == null
                ? parts.stream()
                        .map(part -> update(part, steps + 1, clipFactor))
                        .toList()
                : whole(objective, theta, scope, parts);
        UpdateLoop.Outcome outcome = loop.run(updates, whole == null ? gradientNorm : Vectors.norm(slope));
        if (outcome.isUndone()) {
            isLost = whole != null || !vectors.isEmpty();
            throw new NonFiniteLossException(place() + ": loss " + loss + " and gradient norm " + gradientNorm
                    + " are finite but the update is not: " + loop.firstNonFinite(vectors.names())
                    + "; theta is what it was before this step; lower the learning rate, or clip the gradient");
        }
        objective.thetaChanged(theta);
        advance(objective, scope, loss, parts.get(parts.size() - 1).rate());
        Map<String, Double> telemetry = telemetry(parts, updates);
        common.clipping().tell(telemetry, gradientNorm, whole == null ? outcome.clippedNorm() : clippedNorm);
        return new StepReport(
                steps,
                loss,
                measureLossAfter ? objective.value(theta, scope) : Double.NaN,
                gradientNorm,
                outcome.moved(),
                batch.length,
                objective.cost() - costBefore,
                outcome.hasMoved(),
                outcome.hasMoved() ? "a first-order step is always taken" : Displacement.NONE,
                Optional.empty(),
                telemetry);
    }

    private void requireFinite(Objective objective, INDArray point, Scope scope, double loss, double gradientNorm) {
        if (!Double.isFinite(loss) || !Double.isFinite(gradientNorm)) {
            throw new NonFiniteLossException(place() + ": loss " + loss + ", gradient norm " + gradientNorm + "; "
                    + objective.firstNonFinite(point, scope).orElse("all operations are finite one by one")
                    + "; lower the learning rate, or look at the data");
        }
    }

    private Map<String, Double> telemetry(List<GradientStep.Part> parts, List<UpdatePart> updates) {
        Map<String, Double> telemetry = new LinkedHashMap<>();
        common.groups().tell(parts, telemetry);
        telemetry.putAll(whole == null ? updates.get(updates.size() - 1).rule().telemetry() : whole.telemetry());
        return telemetry;
    }

    /** Memory for the first step, and access to theta if it is another array than before. */
    private void prepare(INDArray theta, Workers workers) {
        checkNotLost();
        if (gradient == null) {
            gradient = vectors.newVector(theta);
            slope = Elements.of(gradient);
        }
        if (loop == null || !loop.isOf(theta, workers)) {
            common.groups().requireWithin(theta.length());
            loop = new UpdateLoop(Elements.of(theta), slope, vectors.elementsFor(theta, name()), workers);
        }
    }

    /** Where the gradient of a step is taken, theta unless overridden; a {@link WholeRule} takes it at theta. */
    INDArray gradientPoint(INDArray theta) {
        return theta;
    }

    /** Counts the step, and moves to the next batch. */
    private void advance(Objective objective, Scope scope, double loss, double rate) {
        steps++;
        cursor.advance();
        if (plateau != null) {
            plateau.see(loss, objective.weight(scope));
            if (cursor.isAtStartOfEpoch()) {
                plateau.endEpoch(rate);
            }
        }
    }

    private String place() {
        return name() + " step " + (steps + 1) + ", " + cursor;
    }

    private void checkNotLost() {
        vectors.lifetime().require();
        if (isLost) {
            throw new IllegalStateException(name() + ": the update before was not finite, so that "
                    + (whole == null ? String.join(" and ", vectors.names()) : "what it keeps") + " are lost;"
                    + " restore a state, or begin with a new optimizer");
        }
    }

    @Override
    public final void skipExamples() {
        checkNotLost();
        if (!cursor.hasBegun()) {
            throw new IllegalStateException(name() + " has not made a step yet, so there are no examples to leave out");
        }
        cursor.skip();
    }

    @Override
    public final void shrinkSteps(double factor) {
        checkNotLost();
        shrunk *= Check.positive("the factor", Check.fraction("the factor", factor));
    }

    private double rate(Schedule schedule) {
        double scheduled = shrunk * schedule.at(steps);
        Schedule.Named.checked("the learning rate", scheduled, Double.POSITIVE_INFINITY, steps);
        return plateau == null ? scheduled : plateau.rate(scheduled);
    }

    UpdatePart update(GradientStep.Part part, long step, double clipFactor) {
        return new UpdatePart(rule(step, part.rate()), common.frame(part, clipFactor), part.spans());
    }

    /** The gradient becomes the step; what the rule keeps is lost if it fails on the way. */
    private List<UpdatePart> whole(Objective objective, INDArray theta, Scope scope, List<GradientStep.Part> parts) {
        isLost = true;
        List<GradientStep.Part> left = common.decay(theta, gradient, parts);
        whole.apply(new GradientStep(objective, theta, scope, gradient, steps + 1, left));
        isLost = false;
        return List.of(new UpdatePart(new Multiple(1), UpdateFrame.NONE, objective.trainable()));
    }

    @Override
    public final boolean hasOwnArrays() {
        return whole != null && whole.hasOwnArrays();
    }

    @Override
    public final OptimizerState state() {
        vectors.lifetime().require();
        if (isLost) {
            throw new IllegalStateException(name() + ": the update before was not finite, so that there is no state");
        }
        Map<String, Double> numbers = new HashMap<>(cursor.stateNumbers());
        numbers.put("shrunk", shrunk);
        if (plateau != null) {
            numbers.putAll(plateau.stateNumbers());
        }
        numbers.putAll(common.groups().stateNumbers());
        Map<String, INDArray> all = new HashMap<>(vectors.named());
        if (whole != null) {
            numbers.putAll(whole.stateNumbers());
            all.putAll(whole.stateVectors());
        }
        return new OptimizerState(steps, numbers, all);
    }

    @Override
    public final void restore(OptimizerState state) {
        vectors.lifetime().require();
        if (whole == null) {
            vectors.require(state, name());
        }
        cursor.require(state);
        common.groups().require(name(), state);
        double newShrunk = Check.positive("the state's 'shrunk'", state.number("shrunk"));
        if (plateau != null) {
            plateau.restoreState(state);
        }
        if (whole != null) {
            whole.restore(state);
        }
        vectors.restore(state);
        loop = null;
        same.forget();
        steps = state.steps();
        cursor.restoreState(state);
        shrunk = newShrunk;
        isLost = false;
    }

    @Override
    public void close() {
        vectors.close();
        rule.close();
    }

    /**
     * Settings that all first-order optimizers share. Begins with batches of 100 examples, no weight decay and no
     * clipping.
     *
     * @param <B> the builder itself
     */
    public abstract static class Builder<B extends Builder<B>> extends StepSettings<B> {
        /**
         * For subclasses.
         *
         * @param learningRate unless set, positive
         */
        protected Builder(double learningRate) {
            super(learningRate);
        }

        /** {@return an optimizer that has not stepped yet} */
        public abstract FirstOrder build();
    }

    /** {@return the name with the main settings} */
    @Override
    public String toString() {
        return name();
    }
}
