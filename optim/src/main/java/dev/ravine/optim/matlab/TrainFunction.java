package dev.ravine.optim.matlab;

import dev.ravine.core.Check;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Rprop;
import dev.ravine.optim.leastsquares.BayesianRegularization;
import dev.ravine.optim.leastsquares.DampedGaussNewton;
import dev.ravine.optim.newton.Bfgs;
import dev.ravine.optim.newton.ConjugacyRule;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.NonlinearConjugateGradients;
import dev.ravine.optim.newton.ScaledConjugateGradients;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;

/**
 * A training function with MATLAB's name, parameters and defaults, on an optimizer of Ravine:
 *
 * <pre>{@code
 * TrainingRecord tr = TrainFunction.trainlm().epochs(200).maxFail(6).train(net, data, validation);
 * }</pre>
 *
 * <p>A parameter such as {@code mu_dec} is a method such as {@link #muDec}. A parameter that the function does not have
 * is an error. {@code docs/coming-from-trainlm.md} has a table of all names, and says what differs.
 */
public final class TrainFunction {
    private final Kind kind;
    private int epochs = 1000;
    private double goal;
    private double minGrad;
    private int maxFail;
    private double time = Double.POSITIVE_INFINITY;
    private Loss performFcn = Loss.meanSquaredError();
    private double mu;
    private double muDec = 0.1;
    private double muInc = 10;
    private double muMax = 1e10;
    private double sigma = 5e-5;
    private double lambda = 5e-7;
    private double delta0 = 0.07;
    private double deltInc = 1.2;
    private double deltDec = 0.5;
    private double deltaMax = 50;

    /** Groups of parameters that some functions have. */
    private enum Group {
        MU("mu, mu_dec, mu_inc and mu_max", "trainlm and trainbr"),
        SCALED("sigma and lambda", "trainscg"),
        DELTA("delta0, delt_inc, delt_dec and deltamax", "trainrp"),
        NONE("", "");

        private final String parameters;
        private final String functions;

        Group(String parameters, String functions) {
            this.parameters = parameters;
            this.functions = functions;
        }
    }

    /** The functions with their defaults. */
    private enum Kind {
        TRAINLM(1e-7, 6, Group.MU),
        TRAINBR(1e-7, 0, Group.MU),
        TRAINSCG(1e-6, 6, Group.SCALED),
        TRAINCGB(1e-10, 6, Group.NONE),
        TRAINCGF(1e-10, 6, Group.NONE),
        TRAINCGP(1e-10, 6, Group.NONE),
        TRAINBFG(1e-6, 6, Group.NONE),
        TRAINOSS(1e-10, 6, Group.NONE),
        TRAINRP(1e-5, 6, Group.DELTA);

        private final double minGrad;
        private final int maxFail;
        private final Group group;

        Kind(double minGrad, int maxFail, Group group) {
            this.minGrad = minGrad;
            this.maxFail = maxFail;
            this.group = group;
        }

        private String title() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private TrainFunction(Kind kind) {
        this.kind = kind;
        this.minGrad = kind.minGrad;
        this.maxFail = kind.maxFail;
        this.mu = kind == Kind.TRAINBR ? 0.005 : 0.001;
    }

    /** {@return Levenberg-Marquardt, by {@link DampedGaussNewton}} */
    public static TrainFunction trainlm() {
        return new TrainFunction(Kind.TRAINLM);
    }

    /** {@return Bayesian regularization, by {@link BayesianRegularization}; without validation stops} */
    public static TrainFunction trainbr() {
        return new TrainFunction(Kind.TRAINBR);
    }

    /** {@return scaled conjugate gradients, by {@link ScaledConjugateGradients}} */
    public static TrainFunction trainscg() {
        return new TrainFunction(Kind.TRAINSCG);
    }

    /** {@return conjugate gradients with restarts of Powell and Beale, by {@link NonlinearConjugateGradients}} */
    public static TrainFunction traincgb() {
        return new TrainFunction(Kind.TRAINCGB);
    }

    /** {@return conjugate gradients of Fletcher and Reeves, by {@link NonlinearConjugateGradients}} */
    public static TrainFunction traincgf() {
        return new TrainFunction(Kind.TRAINCGF);
    }

    /** {@return conjugate gradients of Polak and Ribière, by {@link NonlinearConjugateGradients}} */
    public static TrainFunction traincgp() {
        return new TrainFunction(Kind.TRAINCGP);
    }

    /** {@return BFGS, by {@link Bfgs}} */
    public static TrainFunction trainbfg() {
        return new TrainFunction(Kind.TRAINBFG);
    }

    /** {@return the one-step secant method, by {@link Lbfgs#oneStepSecant}} */
    public static TrainFunction trainoss() {
        return new TrainFunction(Kind.TRAINOSS);
    }

    /** {@return resilient backpropagation, by {@link Rprop}} */
    public static TrainFunction trainrp() {
        return new TrainFunction(Kind.TRAINRP);
    }

    /**
     * The most epochs.
     *
     * @param most at least 1; 1,000 without it
     * @return this
     */
    public TrainFunction epochs(int most) {
        this.epochs = Check.atLeastOne("epochs", most);
        return this;
    }

    /**
     * The performance at which to stop.
     *
     * @param perf not negative; 0 without it
     * @return this
     */
    public TrainFunction goal(double perf) {
        this.goal = Check.notNegative("goal", perf);
        return this;
    }

    /**
     * {@code min_grad}: the norm of the gradient at which to stop. It is known when a step begins, so one more step is
     * made than would be needed.
     *
     * @param norm not negative; 1e-7 for trainlm and trainbr, 1e-6 for trainscg and trainbfg, 1e-5 for trainrp, else
     *     1e-10
     * @return this
     */
    public TrainFunction minGrad(double norm) {
        this.minGrad = Check.notNegative("min_grad", norm);
        return this;
    }

    /**
     * {@code max_fail}: after how many epochs in a row without a better validation performance to stop. The net then
     * gets the parameters of its best epoch.
     *
     * @param fails 0 for never, as for trainbr; else 6 without it
     * @return this
     */
    public TrainFunction maxFail(int fails) {
        this.maxFail = Check.notNegative("max_fail", fails);
        return this;
    }

    /**
     * The time of training.
     *
     * @param seconds positive; no limit without it
     * @return this
     */
    public TrainFunction time(double seconds) {
        this.time = Check.positive("time", seconds);
        return this;
    }

    /**
     * The performance function.
     *
     * @param loss {@link Loss#meanSquaredError} without it, which is {@code mse}
     * @return this
     */
    public TrainFunction performFcn(Loss loss) {
        this.performFcn = Objects.requireNonNull(loss, "loss");
        return this;
    }

    private TrainFunction with(Group group) {
        if (kind.group != group) {
            throw new IllegalStateException(kind.title() + " has no parameters " + group.parameters + "; "
                    + group.functions + (group == Group.MU ? " have" : " has") + " them");
        }
        return this;
    }

    /**
     * The first damping.
     *
     * @param first positive; 0.001 for trainlm, 0.005 for trainbr
     * @return this
     * @throws IllegalStateException if it is another function
     */
    public TrainFunction mu(double first) {
        with(Group.MU).mu = Check.positive("mu", first);
        return this;
    }

    /**
     * {@code mu_dec}: the factor of mu after a step.
     *
     * @param factor above 0 and below 1; 0.1 without it
     * @return this
     * @throws IllegalStateException if the function is neither trainlm nor trainbr
     */
    public TrainFunction muDec(double factor) {
        with(Group.MU).muDec = factor;
        return this;
    }

    /**
     * {@code mu_inc}: the factor of mu after a trial that was not better.
     *
     * @param factor above 1; 10 without it
     * @return this
     * @throws IllegalStateException if the function is neither trainlm nor trainbr
     */
    public TrainFunction muInc(double factor) {
        with(Group.MU).muInc = factor;
        return this;
    }

    /**
     * {@code mu_max}: the damping at which to stop.
     *
     * @param largest positive; 1e10 without it
     * @return this
     * @throws IllegalStateException if the function is neither trainlm nor trainbr
     */
    public TrainFunction muMax(double largest) {
        with(Group.MU).muMax = largest;
        return this;
    }

    /**
     * The length of the step for differences of gradients.
     *
     * @param length positive; 5e-5 without it
     * @return this
     * @throws IllegalStateException if the function is not trainscg
     */
    public TrainFunction sigma(double length) {
        with(Group.SCALED).sigma = length;
        return this;
    }

    /**
     * The first damping of scaled conjugate gradients.
     *
     * @param first positive; 5e-7 without it
     * @return this
     * @throws IllegalStateException if the function is not trainscg
     */
    public TrainFunction lambda(double first) {
        with(Group.SCALED).lambda = first;
        return this;
    }

    /**
     * The first size of steps.
     *
     * @param size positive; 0.07 without it
     * @return this
     * @throws IllegalStateException if the function is not trainrp
     */
    public TrainFunction delta0(double size) {
        with(Group.DELTA).delta0 = size;
        return this;
    }

    /**
     * {@code delt_inc} and {@code delt_dec}: the factors of sizes.
     *
     * @param inc where a gradient keeps its sign, at least 1; 1.2 without it
     * @param dec where it changes its sign, above 0 and below 1; 0.5 without it
     * @return this
     * @throws IllegalStateException if the function is not trainrp
     */
    public TrainFunction delt(double inc, double dec) {
        with(Group.DELTA).deltInc = inc;
        this.deltDec = dec;
        return this;
    }

    /**
     * The largest size of steps.
     *
     * @param size positive; 50 without it
     * @return this
     * @throws IllegalStateException if the function is not trainrp
     */
    public TrainFunction deltaMax(double size) {
        with(Group.DELTA).deltaMax = size;
        return this;
    }

    /** {@return a new optimizer with these parameters, for use with a {@link Trainer}} */
    public Optimizer optimizer() {
        return switch (kind) {
            case TRAINLM ->
                DampedGaussNewton.builder()
                        .mu(mu)
                        .muDec(muDec)
                        .muInc(muInc)
                        .muMax(muMax)
                        .build();
            case TRAINBR ->
                BayesianRegularization.builder()
                        .mu(mu)
                        .muDec(muDec)
                        .muInc(muInc)
                        .muMax(muMax)
                        .build();
            case TRAINSCG ->
                ScaledConjugateGradients.builder().sigma(sigma).lambda(lambda).build();
            case TRAINCGB -> conjugate(ConjugacyRule.POWELL_BEALE);
            case TRAINCGF -> conjugate(ConjugacyRule.FLETCHER_REEVES);
            case TRAINCGP -> conjugate(ConjugacyRule.POLAK_RIBIERE);
            case TRAINBFG -> Bfgs.builder().build();
            case TRAINOSS -> Lbfgs.oneStepSecant().build();
            case TRAINRP ->
                Rprop.builder()
                        .learningRate(delta0)
                        .etas(deltDec, deltInc)
                        .sizes(Math.min(1e-6, deltaMax), deltaMax)
                        .measureLossAfter(true)
                        .build();
        };
    }

    private static Optimizer conjugate(ConjugacyRule rule) {
        return NonlinearConjugateGradients.builder().rule(rule).build();
    }

    /**
     * Trains without validation.
     *
     * @param net initialized; changed
     * @param training all of it is used in each step
     * @return what happened
     */
    public TrainingRecord train(Module net, DataSet training) {
        return train(net, training, null);
    }

    /**
     * Trains. With validation data and a {@code max_fail}, the net ends with the parameters that were best on them.
     *
     * @param net initialized; changed
     * @param training all of it is used in each step
     * @param validation data that are not trained on; null for none
     * @return what happened
     */
    public TrainingRecord train(Module net, DataSet training, DataSet validation) {
        boolean isValidated = validation != null && maxFail > 0;
        Epochs seen = new Epochs(
                goal, minGrad, time, "validation " + Metric.loss(performFcn).name());
        try (Optimizer optimizer = optimizer()) {
            Trainer.Builder builder = Trainer.builder(net, performFcn, training)
                    .optimizer(optimizer)
                    .budget(Budget.steps(epochs))
                    .listener(seen);
            if (validation != null) {
                builder.validation(validation, Metric.loss(performFcn));
            }
            if (isValidated) {
                builder.earlyStopping(maxFail, 0).keepBest();
            }
            Trainer trainer = builder.build();
            seen.stops(trainer);
            TrainingResult result = trainer.train();
            return seen.record(kind.title(), kind.group == Group.MU, result);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the name of the function} */
    @Override
    public String toString() {
        return kind.title();
    }
}
