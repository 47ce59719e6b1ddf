package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Averaged;
import dev.ravine.optim.Averaging;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.firstorder.Adadelta;
import dev.ravine.optim.firstorder.Adagrad;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Adamax;
import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.firstorder.Lion;
import dev.ravine.optim.firstorder.NAdam;
import dev.ravine.optim.firstorder.Plateau;
import dev.ravine.optim.firstorder.RAdam;
import dev.ravine.optim.firstorder.RmsProp;
import dev.ravine.optim.firstorder.Rprop;
import dev.ravine.optim.firstorder.ScheduleFreeAdamW;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.firstorder.SharpnessAware;
import dev.ravine.optim.kronecker.FactorAveraging;
import dev.ravine.optim.kronecker.FactorDamping;
import dev.ravine.optim.kronecker.Kfac;
import dev.ravine.optim.kronecker.KroneckerFactors;
import dev.ravine.optim.leastsquares.BayesianRegularization;
import dev.ravine.optim.leastsquares.DampedGaussNewton;
import dev.ravine.optim.leastsquares.GaussNewton;
import dev.ravine.optim.leastsquares.LeastSquaresSolver;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.matrix.AdaHessian;
import dev.ravine.optim.matrix.Muon;
import dev.ravine.optim.matrix.Shampoo;
import dev.ravine.optim.matrix.Soap;
import dev.ravine.optim.matrix.Sophia;
import dev.ravine.optim.matrix.SophiaEstimate;
import dev.ravine.optim.newton.Bfgs;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.newton.ConjugacyRule;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.NonlinearConjugateGradients;
import dev.ravine.optim.newton.RatioExamples;
import dev.ravine.optim.newton.ScaledConjugateGradients;
import dev.ravine.optim.newton.Start;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Steps, a checkpoint on disk, and as many again with a new net, optimizer and objective are twice as many steps, bit for bit,
 * whatever the number of threads.
 */
class ExactResumeTest {
    private static final int STEPS = 5;

    @TempDir
    Path folder;

    private record Case(String name, DType dtype, Function<Module, Optimizer> optimizer) {
        @Override
        public String toString() {
            return name + " " + dtype;
        }
    }

    static Stream<Case> cases() {
        Map<String, Function<Module, Optimizer>> all = new LinkedHashMap<>();
        all.put("sgd", net -> Sgd.builder().batchSize(48).seed(3).build());
        all.put("momentum", net -> Sgd.builder().momentum(0.9).batchSize(48).build());
        all.put(
                "nesterov, scheduled",
                net -> Sgd.builder()
                        .nesterov(0.9)
                        .learningRate(Schedule.warmUp(3, 0.1, Schedule.cosine(0.1, 0.01, 10)))
                        .batchSize(48)
                        .build());
        all.put(
                "plateau",
                net -> Sgd.builder()
                        .learningRate(1)
                        .plateau(new Plateau(0.5, 0, 0.9, 1, 0.01))
                        .batchSize(80)
                        .build());
        all.put("adagrad", net -> Adagrad.builder().batchSize(48).build());
        all.put("rmsprop", net -> RmsProp.builder().momentum(0.9).batchSize(48).build());
        all.put("adam", net -> Adam.builder().batchSize(48).build());
        all.put("adamw", net -> Adam.adamW().batchSize(48).build());
        all.put(
                "adam, groups",
                net -> withGroup(Adam.builder(), net)
                        .learningRate(Schedule.cosine(0.1, 0, 20))
                        .weightDecay(0.01)
                        .build());
        all.put(
                "muon",
                net -> Muon.builder(net)
                        .matrices(ParameterGroup.of("weights", net, Parameters.named("*.weight")))
                        .batchSize(48)
                        .build());
        all.put("soap", net -> Soap.builder(net).every(3).batchSize(48).build());
        all.put("shampoo", net -> Shampoo.builder(net).every(3).batchSize(48).build());
        all.put("adahessian", net -> AdaHessian.builder().batchSize(48).build());
        all.put("sophia", net -> Sophia.builder().every(3).batchSize(48).build());
        all.put(
                "sophia-h",
                net -> Sophia.builder()
                        .estimate(SophiaEstimate.HUTCHINSON)
                        .every(3)
                        .batchSize(48)
                        .build());
        addVariants(all);
        all.put("lbfgs", net -> Lbfgs.builder().memory(3).build());
        addDescent(all);
        all.put("hf", net -> HessianFree.builder().curvatureExamples(80).seed(5).build());
        all.put(
                "hf, growing",
                net -> HessianFree.builder()
                        .gradientExamples(60)
                        .lossExamples(75)
                        .curvatureExamples(30)
                        .growth(1.2)
                        .build());
        all.put(
                "hf, kronecker",
                net -> HessianFree.builder()
                        .curvatureExamples(80)
                        .kroneckerPreconditioner(
                                KroneckerFactors.builder().averaging(FactorAveraging.MARTENS, 0.9), FactorDamping.TRACE)
                        .factorUpdates(0.5, 4)
                        .start(Start.KRONECKER_STEP)
                        .ratioExamples(RatioExamples.LOSS)
                        .maxIterations(3)
                        .smallestDamping(0.5)
                        .build());
        all.put(
                "kfac",
                net -> Kfac.builder()
                        .batch(60, 1.2)
                        .inverses(4, 2)
                        .gammaRule(4, 0.6, 1e-4, 10)
                        .build());
        all.put(
                "kfac, old factors",
                net -> Kfac.builder()
                        .batch(60, 1.2)
                        .inverses(6, 1)
                        .updates(3)
                        .gammaRule(6, 0.6, 1e-4, 10)
                        .build());
        all.put("kfac, published", net -> Kfac.reference().batch(60, 1.2).build());
        all.put("line search newton", net -> LineSearchNewton.builder().build());
        all.put("trust region newton", net -> TrustRegionNewton.builder().build());
        all.put("exact newton", net -> ExactNewton.builder().build());
        all.put(
                "block newton",
                net -> BlockNewton.builder(net)
                        .exactUpTo(20)
                        .gradientExamples(120)
                        .lossExamples(40)
                        .curvatureExamples(70)
                        .build());
        all.put(
                "block newton, kronecker",
                net -> BlockNewton.builder(net)
                        .exactUpTo(20)
                        .curvatureExamples(70)
                        .kroneckerPreconditioner(
                                KroneckerFactors.builder().averaging(FactorAveraging.WEIGHTED_MEAN, 0.5),
                                FactorDamping.NORM)
                        .factorUpdates(1, 3)
                        .build());
        all.put(
                "levenberg-marquardt",
                net -> LevenbergMarquardt.builder()
                        .solver(LeastSquaresSolver.CONJUGATE_GRADIENTS)
                        .scaled(false)
                        .build());
        all.put(
                "gauss-newton",
                net -> GaussNewton.builder()
                        .solver(LeastSquaresSolver.CONJUGATE_GRADIENTS)
                        .build());
        return Stream.of(DType.FLOAT32, DType.FLOAT64)
                .flatMap(dtype -> all.entrySet().stream().map(e -> new Case(e.getKey(), dtype, e.getValue())));
    }

    /** Biases do not decay, and have half of the rate. */
    private static <B extends FirstOrder.Builder<B>> B withGroup(B builder, Module net) {
        return builder.group(
                        ParameterGroup.of("biases", net, Parameters.biasesAndGains()),
                        g -> g.weightDecay(0).rateFactor(0.5))
                .batchSize(48);
    }

    private static void addDescent(Map<String, Function<Module, Optimizer>> all) {
        all.put("bfgs", net -> Bfgs.builder().build());
        all.put("one-step secant", net -> Lbfgs.oneStepSecant().build());
        all.put(
                "conjugate gradients, restarts",
                net -> NonlinearConjugateGradients.builder()
                        .rule(ConjugacyRule.POWELL_BEALE)
                        .build());
        all.put(
                "conjugate gradients",
                net -> NonlinearConjugateGradients.builder().build());
        all.put(
                "scaled conjugate gradients",
                net -> ScaledConjugateGradients.builder().build());
        all.put("damped gauss-newton", net -> DampedGaussNewton.builder().build());
        all.put(
                "bayesian regularization",
                net -> BayesianRegularization.builder().build());
    }

    private static void addVariants(Map<String, Function<Module, Optimizer>> all) {
        all.put("amsgrad", net -> Adam.builder().amsGrad(true).batchSize(48).build());
        all.put("nadam", net -> NAdam.builder().momentumDecay(0.1).batchSize(48).build());
        all.put("radam", net -> RAdam.builder().batchSize(48).build());
        all.put("adamax", net -> Adamax.builder().batchSize(48).build());
        all.put("adadelta", net -> Adadelta.builder().batchSize(48).build());
        all.put("rprop", net -> Rprop.builder().build());
        all.put("lion", net -> Lion.builder().weightDecay(0.1).batchSize(48).build());
        all.put(
                "schedule-free",
                net -> withGroup(ScheduleFreeAdamW.builder(), net)
                        .learningRate(Schedule.warmUp(8, 0.1, Schedule.constant(0.01)))
                        .weightDecay(0.1)
                        .build());
        all.put(
                "sharpness-aware",
                net -> SharpnessAware.builder(
                                Sgd.builder().momentum(0.9).batchSize(48).build())
                        .adaptive(true)
                        .build());
        all.put(
                "adam, averaged",
                net -> new Averaged(Adam.builder().batchSize(48).build(), Averaging.biasCorrected(0.9)));
        all.put(
                "hf, averaged",
                net -> new Averaged(HessianFree.builder().curvatureExamples(80).build(), Averaging.uniform(3)));
        all.put(
                "sharpness-aware, averaged",
                net -> new Averaged(
                        SharpnessAware.builder(Adam.builder().batchSize(48).build())
                                .build(),
                        Averaging.stochasticWeights(2, 3)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void goesOnExactly(Case c) throws IOException {
        double[] whole = run(c, folder.resolve("whole"), 2 * STEPS, 1);
        double[] half = run(c, folder.resolve("parts"), STEPS, 2);
        double[] parts = run(c, folder.resolve("parts"), 2 * STEPS, 4);
        assertThat(parts).isEqualTo(whole).isNotEqualTo(half);
        assertThat(state(folder.resolve("parts"))).isEqualTo(state(folder.resolve("whole")));
        assertThat(steps(folder.resolve("parts"))).isEqualTo(steps(folder.resolve("whole")));
    }

    /** Work counts on as if there had been no interruption, so a budget of work ends at the same step. */
    @ParameterizedTest
    @MethodSource("cases")
    void spendsABudgetOfWorkExactly(Case c) throws IOException {
        Budget budget = Budget.gradients(45);
        double[] whole = run(c, folder.resolve("whole"), budget, 1);
        for (int gradients = 5; gradients < 45; gradients += 10) {
            run(c, folder.resolve("parts"), Budget.gradients(gradients), 2);
        }
        assertThat(run(c, folder.resolve("parts"), budget, 2)).isEqualTo(whole);
        assertThat(steps(folder.resolve("parts"))).isEqualTo(steps(folder.resolve("whole")));
    }

    /** All columns of all steps but the seconds. */
    private static List<String> steps(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve("steps.csv")).stream()
                .map(line -> line.replaceFirst("^([^,]*,[^,]*,)[^,]*,", "$1"))
                .toList();
    }

    private static double[] run(Case c, Path folder, int steps, int threads) throws IOException {
        return run(c, folder, Budget.steps(steps), threads);
    }

    private static double[] run(Case c, Path folder, Budget budget, int threads) throws IOException {
        DataSet moons = Generators.twoMoons(200, 0.1, 1).as(c.dtype);
        Dropout twice = new Dropout(0.2);
        var net = new Sequential(new Linear(2, 8), Activation.tanh(), twice, twice, new Linear(8, 2));
        net.initialize(c.dtype, 1);
        try (Optimizer optimizer = c.optimizer.apply(net);
                Workers workers = new Workers(threads)) {
            Trainer.builder(net, Loss.softmaxCrossEntropy(), moons)
                    .optimizer(optimizer)
                    .l2(c.name.startsWith("bayes") ? 0 : 1e-3) // Bayesian regularization has its own
                    .examplesAtOnce(16)
                    .workers(workers)
                    .budget(budget)
                    .checkpoints(new CheckpointFolder(folder, 1), 1000)
                    .listener(new CsvListener(folder))
                    .build()
                    .train();
        }
        return Arena.toDoubles(net.parameterVector().array());
    }

    private static Map<String, Object> state(Path folder) throws IOException {
        Checkpoint checkpoint = new CheckpointFolder(folder, 1).latest().orElseThrow();
        Map<String, Object> state = new LinkedHashMap<>(checkpoint.state().numbers());
        state.putAll(checkpoint.state().vectors());
        state.putAll(checkpoint.numbers());
        state.remove("seconds");
        assertThat(checkpoint.numbers()).containsKeys("gradients", "operations_rest", "seconds");
        return state;
    }
}
