package dev.ravine.optim.kronecker;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Rng;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.ExampleCycle;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.ReductionRatio;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.StepValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * K-FAC (Martens and Grosse, "Optimizing neural networks with Kronecker-factored approximate curvature", ICML 2015):
 * steps along the gradient times the damped inverse of {@link KroneckerFactors}. One step:
 *
 * <ol>
 *   <li>value and gradient over a batch, which may grow;
 *   <li>factors of a part of the batch, averaged with earlier ones, and every few steps their inverse with damping
 *       gamma^2;
 *   <li>the direction d = -F^-1 g; then rate and momentum that minimise the model g'p + p'(G + (l2 + lambda) I) p / 2
 *       over p = rate d + momentum (last step), momentum not negative, with the exact Gauss-Newton matrix G of a part
 *       of the batch, which takes forward tangents alone;
 *   <li>every few steps the reduction ratio over the batch, which moves lambda and may reject the step, and the choice
 *       among three gammas by the model.
 * </ol>
 *
 * <p>The matrix of inverses is symmetric and positive definite, so every direction descends. A rejected step forgets
 * the last one.
 *
 * <p>For a layer of m inputs and n outputs the products with the inverse cost (m + n) / (3 batch) gradients of the
 * batch a step. So batches should have 500 examples or more. Memory is that of the factors and of up to three inverses.
 */
public final class Kfac extends SecondOrder {
    private final Builder settings;
    private final Map<String, Object> own;
    private final ExampleCycle data;
    private KfacDirections directions;
    private KfacSlope slopes;
    private OptimizerState saved;
    private Linearization pinned;
    private INDArray last;
    private INDArray step;
    private INDArray trial;
    private List<INDArray> candidates;
    private double lambda;
    private double gamma;
    private double lossAfter;
    /** The number of the step, from 0. */
    private long present;

    private int repetitions;
    private String rejected = "";
    private boolean isFresh = true;

    private Kfac(Builder settings) {
        this.settings = settings.copy();
        this.own = settings.own();
        this.data = settings.cycle();
        this.lambda = settings.lambda(0, settings.damping);
        this.gamma = settings.gamma;
    }

    /**
     * The settings of Martens' MATLAB program of K-FAC: block-tridiagonal inverses, targets drawn from the model for
     * the first eighth of the batch, factors averaged with 0.95, batches that grow from 1,000 examples to all in step
     * 500, lambda 150 with ratios every 5 steps, three gammas every 20 steps but none above 1, inverses every 20 steps
     * and in the first three, no rejection. {@code tridiagonal(false)} is its other option, and the only one for layers
     * that an example uses at several places. Two of its habits cost time: from lambda 150 damping takes a hundred
     * steps to come down, and the first gamma is above the largest, so that the first choice jumps to 1. Batches are
     * consecutive examples, which his program draws.
     *
     * @return a builder
     */
    public static Builder reference() {
        return KfacPreset.REFERENCE.applyTo(builder());
    }

    /**
     * The settings of kfac-jax (Botev and Martens, 2022) with adaptive rate, momentum and damping, which begins with
     * lambda 150 in its autoencoder example: random signs over the whole batch, a normalised average with decay 0.95
     * after 10 passes that count alike, gamma^2 the sum of lambda and L2 at inverses in step 1 and every 5 steps,
     * lambda times 0.9^5 or its inverse every 5 steps by ratios without damping, no rejection.
     *
     * @return a builder, with the batch of {@link #builder}
     */
    public static Builder kfacJax() {
        return KfacPreset.KFAC_JAX.applyTo(builder());
    }

    /**
     * The settings of K-FAC in the paper on K-BFGS (Goldfarb, Ren and Bahamou, NeurIPS 2020), with which its
     * autoencoder of MNIST was trained: batches of 1,000, rate 1 without momentum along an average of gradients with
     * decay 0.9, targets drawn from the model for the whole batch, factors that begin with the mean of an epoch and
     * decay by 0.9, gamma, the root of lambda 3, added to both factors, inverses in the first 20 steps and every 20.
     * Their program computes the mean of an epoch but replaces it in the first step. For another lambda set gamma, too.
     *
     * @return a builder
     */
    public static Builder kbfgsPaper() {
        return KfacPreset.KBFGS.applyTo(builder());
    }

    /**
     * Begins with block-diagonal factors of random signs, batches of 500 examples of which half come again in the next
     * step and which double in 150 steps, a quarter of them and 250 at most for factors, a quarter and 250 at least for
     * the model of rate and momentum, lambda 0.1 and gamma its square root, and Martens' other constants.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Settings of {@link Kfac}. */
    public static final class Builder extends KfacSettings<Builder> {
        private Builder() {}

        /**
         * {@return an optimizer that has not stepped yet}
         *
         * @throws IllegalStateException if two settings do not go together
         */
        public Kfac build() {
            requireEffect();
            return new Kfac(this);
        }
    }

    // ---- gradient ---------------------------------------------------------------------------------------------

    @Override
    protected Scope nextScope(Objective objective, long k) {
        present = k;
        Scope all = Scope.all().withNoise(new Rng(settings.seed).split(k).nextLong());
        return data.gradient(objective, all, k);
    }

    /** From a linearization, whose activations serve the exact model too. */
    @Override
    protected double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        bind(objective);
        if (settings.isFixed()) {
            return objective.gradient(theta, scope, out);
        }
        unpin();
        pinned = objective.linearize(theta, scope);
        double loss = objective.gradient(pinned, theta, out);
        Scope part = settings.forModel(scope, objective.examples(), present);
        if (part != scope) {
            unpin();
            pinned = objective.linearize(theta, part);
        }
        return loss;
    }

    private void bind(Objective objective) {
        if (last == null) {
            last = newVector(objective.dtype(), objective.size());
            step = newVector(last);
            trial = newVector(last);
            candidates = List.of(newVector(last), newVector(last), newVector(last));
            slopes = new KfacSlope(settings, () -> newVector(last));
        }
        if (directions == null) {
            directions = new KfacDirections(settings.factorsOf().build(objective), settings);
            slopes.leave(directions.factors().layout().left());
            takeOver(objective);
        }
        if (gamma == 0) {
            gamma = Math.sqrt(lambda + objective.l2());
        }
    }

    /** What was saved, unless other parameters were frozen then, which have other blocks. */
    private void takeOver(Objective objective) {
        if (saved == null) {
            return;
        }
        Vectors.copy(saved.vector("last"), last);
        slopes.restore(saved);
        Span.clearOutside(objective.trainable(), last);
        slopes.clearOutside(objective.trainable());
        isFresh = !directions.restore(saved);
        saved = null;
    }

    private void unpin() {
        if (pinned != null) {
            pinned.close();
            pinned = null;
        }
    }

    // ---- step -------------------------------------------------------------------------------------------------

    @Override
    protected Attempt attempt(Point at) {
        try {
            Objective objective = at.objective();
            lambda = settings.lambda(at.step(), lambda);
            directions.updateFactors(at, isFresh);
            INDArray slope = slopes.of(at.gradient());
            StepChoice choice = propose(at, slope);
            boolean calibrates = at.step() == 0 && settings.calibration > 0 && !settings.isFixed();
            choice = calibrates ? calibrated(at, slope, choice) : choice;
            choice.combine(candidates, last, step);
            directions.keep(choice.i());
            gamma = choice.gamma();
            data.advance(objective, at.scope(), at.step());
            Attempt.Builder report = judge(at, choice);
            return end(at, calibrates ? report.tell("repetitions", repetitions) : report);
        } finally {
            unpin();
        }
    }

    /** Inverts if it is time to, and finds the step. */
    private StepChoice propose(Point at, INDArray slope) {
        long k = at.step() + 1;
        boolean isChoosing = settings.choosesGamma(k);
        boolean isDue = isFresh || isChoosing || settings.inverts(k);
        if (isDue && settings.followsDamping()) {
            gamma = Math.sqrt(lambda + at.objective().l2());
        }
        double smallest = smallestGamma(at.objective());
        List<Double> gammas = isChoosing ? settings.gammas(gamma, smallest) : List.of(Math.max(smallest, gamma));
        if (isDue) {
            refresh(at, gammas);
        }
        return choose(at, slope, gammas);
    }

    private double smallestGamma(Objective objective) {
        return settings.smallestGamma(directions.factors().meanDiagonal(), objective.l2());
    }

    private void refresh(Point at, List<Double> gammas) {
        directions.refresh(gammas, at);
        isFresh = false;
    }

    /** The step with a lambda that the rule leaves alone. */
    private StepChoice calibrated(Point at, INDArray slope, StepChoice first) {
        StepChoice[] choice = {first};
        repetitions = Calibration.run(
                settings.calibration,
                lambda,
                () -> {
                    choice[0].combine(candidates, last, step);
                    return settings.nextDamping(lambda, ratio(at, choice[0]).value());
                },
                wanted -> {
                    lambda = wanted;
                    double root = settings.gamma == 0
                            ? Math.sqrt(lambda + at.objective().l2())
                            : gamma;
                    List<Double> gammas = List.of(Math.max(smallestGamma(at.objective()), root));
                    refresh(at, gammas);
                    choice[0] = choose(at, slope, gammas);
                });
        return choice[0];
    }

    /** The best step along the direction of each gamma, and the best of these by the model. */
    private StepChoice choose(Point at, INDArray slope, List<Double> gammas) {
        List<INDArray> vectors = new ArrayList<>();
        for (int i = 0; i < gammas.size(); i++) {
            directions.compute(i, slope, candidates.get(i), at.objective());
            vectors.add(candidates.get(i));
        }
        if (settings.isFixed()) {
            return new StepChoice(0, gammas.get(0), settings.fixed(at.step()));
        }
        vectors.add(last);
        double[][] forms = pinned.forms(settings.curvature, vectors);
        return StepChoice.best(
                gammas, vectors, forms, at.gradient(), lambda + at.objective().l2(), settings.goesBack);
    }

    /** The reduction ratio of the present step over its own examples. */
    private ReductionRatio ratio(Point at, StepChoice choice) {
        double promised =
                choice.best().change() - (settings.ratioWithoutDamping ? lambda / 2 * Vectors.dot(step, step) : 0);
        double loss = StepValues.around(at, trial).at(step, 1);
        return ReductionRatio.of(promised, at.loss(), loss, at.objective().dtype());
    }

    /** Moves lambda, and says whether the step is rejected. */
    private Attempt.Builder judge(Point at, StepChoice choice) {
        double change = choice.best().change();
        Attempt.Builder report = Attempt.at(at, choice.report(directions.words(at.step(), settings.rest)))
                .damping(lambda)
                .tell("gamma", choice.gamma())
                .tell("rate", choice.best().rate())
                .tell("momentum", choice.best().momentum());
        lossAfter = Double.NaN;
        rejected = Double.isFinite(Vectors.norm(step)) ? "" : "rejected: the step is not finite";
        if (settings.isFixed() || !rejected.isEmpty()) {
            return report;
        }
        report.tell("model", change);
        if (!(change < 0)) {
            rejected = "rejected: the model promises no decrease";
        } else if ((at.step() + 1) % settings.dampingEvery == 0) {
            ReductionRatio ratio = ratio(at, choice);
            report.ratio(ratio.value());
            lambda = settings.dampingSchedule == null ? settings.nextDamping(lambda, ratio.value()) : lambda;
            lossAfter = ratio.loss();
            boolean isHigher = !(lossAfter <= at.loss());
            rejected = settings.rejects && isHigher ? "rejected: the loss would be " + lossAfter : "";
        }
        return report;
    }

    /** Accepts or rejects; an accepted step takes along those of the first-order rule. */
    private Attempt end(Point at, Attempt.Builder report) {
        boolean isAccepted = rejected.isEmpty();
        Vectors.copy(step, last);
        Vectors.scale(isAccepted ? 1 : 0, last);
        if (isAccepted && slopes.hasRest()) {
            slopes.addRest(at.step() + 1, at.gradient(), step);
            lossAfter = Double.NaN;
        }
        return report.along(new Acceptance.Outcome(
                step,
                0,
                isAccepted ? 1 : 0,
                isAccepted ? lossAfter : at.loss(),
                isAccepted,
                isAccepted ? "accepted" : rejected));
    }

    /** Before the first step there is nothing but what {@link #takeOver} looks at. */
    @Override
    protected void trainableRestored(List<Span> spans) {}

    /** New factors are made, since other parameters have blocks. */
    @Override
    protected void trainableChanged(List<Span> spans) {
        if (last != null) {
            Span.clearOutside(spans, last);
            slopes.clearOutside(spans);
        }
        forget();
    }

    private void forget() {
        if (directions != null) {
            directions.close();
            directions = null;
            isFresh = true;
        }
    }

    /** {@return lambda, the damping of the model that the next step will use} */
    public double damping() {
        return lambda;
    }

    // ---- state ------------------------------------------------------------------------------------------------

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = new HashMap<>(data.stateNumbers());
        numbers.put("damping", lambda);
        numbers.put("gamma", gamma);
        numbers.put("seed", (double) settings.seed);
        if (saved != null) {
            KfacDirections.NUMBERS.forEach(name -> numbers.put(name, saved.number(name)));
        } else if (!isFresh) {
            numbers.putAll(directions.stateNumbers());
        }
        return numbers;
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        if (saved != null) {
            return saved.vectors();
        }
        if (isFresh) {
            return Map.of();
        }
        Map<String, INDArray> vectors = new HashMap<>(Map.of(
                "last", last,
                "factors", directions.factors().average(),
                "inverse", directions.inverse().numbers()));
        slopes.save(vectors);
        return vectors;
    }

    @Override
    public boolean hasOwnArrays() {
        return true;
    }

    @Override
    protected void restoreState(OptimizerState state) {
        double restoredLambda = state.size("damping");
        double restoredGamma = state.size("gamma");
        state.requireSetting("seed", (double) settings.seed);
        data.restoreState(state);
        lambda = restoredLambda;
        gamma = restoredGamma;
        forget();
        saved = state.vectors().isEmpty() ? null : state;
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return own;
    }

    @Override
    public String name() {
        return settings.isFixed()
                ? "kfac(lr=" + Schedule.Named.label(settings.rate) + ", mu=" + Schedule.Named.label(settings.momentum)
                        + ")"
                : "kfac(lambda=" + settings.damping + ")";
    }

    /** A step in another thread ends with an error. */
    @Override
    public void close() {
        super.close();
        Optional.ofNullable(pinned).ifPresent(Linearization::close); // not forgotten: a step may be using it
        if (directions != null) {
            directions.close();
        }
    }
}
