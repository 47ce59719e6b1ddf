package dev.ravine.optim.kronecker;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Rng;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.linear.Stop;
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
 *       over p = rate d + momentum (last step), with the exact Gauss-Newton matrix G of the batch, which takes forward
 *       tangents alone;
 *   <li>every few steps the reduction ratio over the batch, which moves lambda and may reject the step, and the choice
 *       among three gammas by the model.
 * </ol>
 *
 * <p>The matrix of inverses is symmetric and positive definite, so every direction descends. A rejected step forgets the
 * last one.
 *
 * <p>Without products of factors a step costs about 2.5 gradients over its batch, or 1.3 with {@link Builder#fixed} rate
 * and momentum. For a layer of m inputs and n outputs the products cost (m + n) / (3 batch) gradients more. So batches
 * should have 500 examples or more. Memory is that of the factors and of up to three inverses.
 */
public final class Kfac extends SecondOrder {
    /** Eigenvalues of the two-by-two model that are smaller by this factor are rounding: the directions are parallel. */
    private static final double PARALLEL = 1e-12;

    private final Builder settings;
    private final Map<String, Object> own;
    private final ExampleCycle data;
    private KfacDirections directions;
    private OptimizerState saved;
    private Linearization pinned;
    private INDArray last;
    private INDArray step;
    private INDArray trial;
    private List<INDArray> candidates;
    private double lambda;
    private double gamma;
    private boolean isFresh = true;

    private Kfac(Builder settings) {
        this.settings = settings.copy();
        this.own = settings.own();
        this.data = settings.cycle();
        this.lambda = settings.damping;
        this.gamma = settings.gamma;
    }

    /**
     * Begins with block-diagonal factors of random signs from a quarter of the batch, batches of 500 examples that
     * double in 150 steps, damping 3 and gamma its square root, exact rate and momentum, and Martens' other constants.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Settings of {@link Kfac}. */
    public static final class Builder extends KfacSettings<Builder> {
        private Builder() {}

        /** {@return an optimizer that has not stepped yet} */
        public Kfac build() {
            return new Kfac(this);
        }
    }

    /** What a step did, for its report. */
    private record Solved(int iterations, Stop stopped, double smallestCurvature, String detail)
            implements SolverReport {}

    /** Inverse number i, its gamma, and the best step along its direction. */
    private record Choice(int i, double gamma, RateModel.Best best) {}

    // ---- gradient ---------------------------------------------------------------------------------------------

    @Override
    protected Scope nextScope(Objective objective, long k) {
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
        return objective.gradient(pinned, theta, out);
    }

    private void bind(Objective objective) {
        if (last == null) {
            last = newVector(objective.dtype(), objective.size());
            step = newVector(last);
            trial = newVector(last);
            candidates = List.of(newVector(last), newVector(last), newVector(last));
        }
        if (directions == null) {
            directions = new KfacDirections(settings.factors.build(objective), settings.factorDamping);
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
        Span.clearOutside(objective.trainable(), last);
        if (saved.number("blocks") == directions.factors().checksum()) {
            directions.factors().restore(saved.vector("factors"), (long) saved.number("factor_updates"));
            directions.inverse().restore(saved.vector("inverse"), saved.number("inverse_gamma"));
            isFresh = false;
        }
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
            long k = at.step() + 1;
            directions.factors().update(objective, at.theta(), examplesOfFactors(at));
            List<Double> gammas = gammas(k);
            if (isFresh || gammas.size() > 1 || k % settings.invertEvery == 0 || k <= settings.invertFirst) {
                directions.refresh(gammas, objective);
                isFresh = false;
            }
            Choice choice = choose(at, gammas);
            combine(choice.best, candidates.get(choice.i));
            directions.keep(choice.i);
            gamma = choice.gamma;
            data.advance(objective, at.scope(), at.step());
            return judge(at, choice);
        } finally {
            unpin();
        }
    }

    private Scope examplesOfFactors(Point at) {
        int available = at.scope().count(at.objective().examples());
        int count = (int) Math.ceil(available * settings.factorShare);
        return count == available
                ? at.scope()
                : at.scope().part(0, count, at.objective().examples());
    }

    private List<Double> gammas(long k) {
        boolean isChoosing = !settings.isFixed() && k > 1 && k % settings.gammaEvery == 0;
        return isChoosing
                ? List.of(bounded(gamma * settings.gammaFactor), bounded(gamma), bounded(gamma / settings.gammaFactor))
                : List.of(bounded(gamma));
    }

    /** Below the smallest gamma an inverse is that of rounding. */
    private double bounded(double wanted) {
        double scale = Math.sqrt(directions.factors().meanDiagonal());
        double smallest = Math.max(settings.smallestGamma * scale, Math.sqrt(Double.MIN_NORMAL));
        return Math.max(smallest, Math.min(settings.largestGamma, wanted));
    }

    /** The best step along the direction of each gamma, and the best of these by the model. */
    private Choice choose(Point at, List<Double> gammas) {
        List<INDArray> vectors = new ArrayList<>();
        for (int i = 0; i < gammas.size(); i++) {
            directions.compute(i, at.gradient(), candidates.get(i), at.objective());
            vectors.add(candidates.get(i));
        }
        if (settings.isFixed()) {
            return new Choice(0, gammas.get(0), new RateModel.Best(settings.rate, settings.momentum, Double.NaN));
        }
        vectors.add(last);
        double[][] forms = pinned.forms(settings.curvature, vectors);
        Choice best = null;
        for (int i = 0; i < gammas.size(); i++) {
            Choice choice = new Choice(i, gammas.get(i), bestAlong(at, candidates.get(i), forms, i));
            best = best == null || choice.best.change() < best.best.change() ? choice : best;
        }
        return best;
    }

    private RateModel.Best bestAlong(Point at, INDArray direction, double[][] forms, int i) {
        int end = forms.length - 1;
        double shift = lambda + at.objective().l2();
        double across = forms[i][end] + shift * Vectors.dot(direction, last);
        double[][] q = {
            {forms[i][i] + shift * Vectors.dot(direction, direction), across},
            {across, forms[end][end] + shift * Vectors.dot(last, last)}
        };
        double[] b = {Vectors.dot(at.gradient(), direction), Vectors.dot(at.gradient(), last)};
        return RateModel.minimise(q, b, PARALLEL);
    }

    /** rate d + momentum (last step) */
    private void combine(RateModel.Best best, INDArray direction) {
        Vectors.copy(last, step);
        Vectors.scale(best.momentum(), step);
        Vectors.axpy(best.rate(), direction, step);
    }

    /** Moves lambda, and accepts or rejects the step. */
    private Attempt judge(Point at, Choice choice) {
        String failed = directions.failed().isEmpty()
                ? ""
                : "the old inverse stays for " + String.join(", ", directions.failed());
        Attempt.Builder builder = Attempt.at(
                        at, new Solved(choice.i + 1, Stop.MINIMUM_ALONG, Double.POSITIVE_INFINITY, failed))
                .damping(lambda)
                .tell("gamma", choice.gamma)
                .tell("rate", choice.best.rate())
                .tell("momentum", choice.best.momentum());
        double loss = Double.NaN;
        String rejected = Double.isFinite(Vectors.norm(step)) ? "" : "rejected: the step is not finite";
        if (!settings.isFixed() && rejected.isEmpty()) {
            builder.tell("model", choice.best.change());
            if (!(choice.best.change() < 0)) {
                rejected = "rejected: the model promises no decrease";
            } else if ((at.step() + 1) % settings.dampingEvery == 0) {
                loss = StepValues.around(at, trial).at(step, 1);
                double ratio = ReductionRatio.of(
                                choice.best.change(),
                                at.loss(),
                                loss,
                                at.objective().dtype())
                        .value();
                builder.ratio(ratio);
                lambda = Math.max(dampingRule(ratio), settings.smallestDamping);
                rejected = settings.rejects && !(loss <= at.loss()) ? "rejected: the loss would be " + loss : "";
            }
        }
        boolean isAccepted = rejected.isEmpty();
        Vectors.copy(step, last);
        Vectors.scale(isAccepted ? 1 : 0, last);
        return builder.along(new Acceptance.Outcome(
                step,
                0,
                isAccepted ? 1 : 0,
                isAccepted ? loss : at.loss(),
                isAccepted,
                isAccepted ? "accepted" : rejected));
    }

    private double dampingRule(double ratio) {
        return settings.dampingRule.next(lambda, ratio);
    }

    /** Before the first step there is nothing but what {@link #takeOver} looks at. */
    @Override
    protected void trainableRestored(List<Span> spans) {}

    /** New factors are made, since other parameters have blocks. */
    @Override
    protected void trainableChanged(List<Span> spans) {
        if (last != null) {
            Span.clearOutside(spans, last);
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
            List.of("factor_updates", "inverse_gamma", "blocks").forEach(name -> numbers.put(name, saved.number(name)));
        } else if (!isFresh) {
            numbers.put("factor_updates", (double) directions.factors().updates());
            numbers.put("inverse_gamma", directions.inverse().gamma());
            numbers.put("blocks", directions.factors().checksum());
        }
        return numbers;
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        if (saved != null) {
            return saved.vectors();
        }
        return isFresh
                ? Map.of()
                : Map.of(
                        "last", last,
                        "factors", directions.factors().average(),
                        "inverse", directions.inverse().numbers());
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
                ? "kfac(lr=" + settings.rate + ", mu=" + settings.momentum + ")"
                : "kfac(lambda=" + settings.damping + ")";
    }

    /** A step in another thread ends with an error. */
    @Override
    public void close() {
        super.close();
        unpin();
        if (directions != null) {
            directions.close();
        }
    }
}
