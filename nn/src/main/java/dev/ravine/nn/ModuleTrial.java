package dev.ravine.nn;

import dev.ravine.autodiff.ContractViolation;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One instance of a layer in one mode and dtype, and all checks of a {@link ModuleContract} but derivatives. */
final class ModuleTrial {
    private static final int NOISE = 5;

    private final Settings settings;
    private final DType dtype;
    private final boolean training;
    private final Module module;
    private final Comparison comparison;
    private final ParameterVector theta;
    private final int rows;
    private final double[] x;

    /**
     * What is to be proven, and where.
     *
     * @param layer makes a new instance at each call
     * @param input shape of the input
     * @param limit of indices, or 0 for a floating-point input
     * @param numbers range of a floating-point input
     * @param parameters range of the parameters
     * @param seed of inputs, parameters and noise
     */
    record Settings(
            Supplier<? extends Module> layer, Shape input, int limit, Range numbers, Range parameters, long seed) {}

    /**
     * An interval to draw from.
     *
     * @param low its lower end
     * @param high its upper end
     */
    record Range(double low, double high) {}

    ModuleTrial(Settings settings, DType dtype, boolean training) {
        this.settings = settings;
        this.dtype = dtype;
        this.training = training;
        this.module = settings.layer.get();
        this.rows = (int) settings.input.size(0);
        this.x = input(0);
        this.comparison = new Comparison(
                name() + ", " + dtype + ", input " + settings.input + ", seed " + settings.seed,
                dtype == DType.FLOAT64 ? 1e-11 : 2e-4);
        module.unfreeze();
        this.theta = initialized(module, settings.seed);
        setMode(training);
    }

    /** {@return the layer and its mode, for messages} */
    String name() {
        return module.getClass().getSimpleName() + (training ? " in training mode" : " in evaluation mode");
    }

    Module module() {
        return module;
    }

    private void setMode(boolean toTraining) {
        if (toTraining) {
            module.train();
        } else {
            module.eval();
        }
    }

    /** Runs a check in which the layer may throw anything. */
    void guarded(Runnable check) {
        try {
            check.run();
        } catch (RuntimeException e) {
            String hint = e instanceof IllegalStateException
                    ? "; parameters must be declared by parameter(...), and modules inside by child(...)"
                    : "";
            ContractViolation violation = comparison.violation("an exception", "none", e + hint);
            violation.initCause(e);
            throw violation;
        }
    }

    /** Runs all checks. */
    void check() {
        guarded(() -> {
            checkInitialNumbers();
            useInTheOtherMode();
            checkGraph();
            checkRepetition();
            checkReplay();
            checkFreezing();
            if (!module.rowsMix()) {
                checkRows();
                checkShards();
            }
            if (!training) {
                checkSavedWeights();
            }
        });
    }

    // ---- parameters -------------------------------------------------------------------------------------------

    private ParameterVector initialized(Module made, long seed) {
        ParameterVector[] vector = new ParameterVector[1];
        guarded(() -> vector[0] = made.initialize(dtype, seed));
        return vector[0];
    }

    private void checkInitialNumbers() {
        double[] first = Arena.toDoubles(theta.array());
        try (ParameterVector again = initialized(settings.layer.get(), settings.seed)) {
            comparison.same(
                    "initial numbers of another instance with the same seed", first, Arena.toDoubles(again.array()));
        }
        for (ParameterVector.Segment s : theta.segments()) {
            comparison.finite("initial numbers of '" + s.path() + "'", part(s, first));
        }
        theta.set(RowBatch.arrayOf(dtype, Shape.of(theta.size()), parameters(0)));
        double[] numbers = Arena.toDoubles(module.parameterVector().array());
        for (ParameterVector.Segment s : theta.segments()) {
            comparison.same(
                    "numbers of '" + s.path() + "' as part of the parameter vector",
                    part(s, numbers),
                    Arena.toDoubles(s.parameter().array()));
        }
    }

    private static double[] part(ParameterVector.Segment s, double... vector) {
        return Arrays.copyOfRange(vector, (int) s.offset(), (int) (s.offset() + s.size()));
    }

    private void checkReplay() {
        INDArray before = Arena.copyOf(theta.array());
        try (RowBatch batch = batch(module, 0, rows)) {
            batch.run(x, NOISE);
            theta.set(RowBatch.arrayOf(dtype, Shape.of(theta.size()), parameters(1)));
            comparison.compare(
                    "outputs of a replay after the parameter vector changed, against those of a new graph (forward must"
                            + " use parameter.tensor(), not its numbers)",
                    run().outputs,
                    batch.run(x, NOISE).outputs);
        }
        theta.set(before);
    }

    private void checkFreezing() {
        RowBatch.Result free = run();
        module.freeze();
        RowBatch.Result frozen = run();
        module.unfreeze();
        RowBatch.Result again = run();
        comparison.compare("outputs while frozen", free.outputs, frozen.outputs);
        for (ParameterVector.Segment s : theta.segments()) {
            comparison.same(
                    "gradient by '" + s.path()
                            + "' while frozen (forward must use parameter.tensor(), not its variable)",
                    new double[(int) s.size()],
                    part(s, frozen.byParameters));
        }
        comparison.compare("outputs after unfreezing", free.outputs, again.outputs);
        comparison.compare("gradients by parameters after unfreezing", free.byParameters, again.byParameters);
    }

    private void checkSavedWeights() {
        Module other = settings.layer.get();
        try (ParameterVector loaded = initialized(other, settings.seed + 1)) {
            other.eval();
            Path file = Files.createTempFile("contract", ".safetensors");
            try {
                Weights.save(module, file);
                Weights.load(other, file);
            } finally {
                Files.delete(file);
            }
            comparison.same(
                    "weights that another instance loaded",
                    Arena.toDoubles(theta.array()),
                    Arena.toDoubles(loaded.array()));
            try (RowBatch batch = batch(other, 0, rows)) {
                comparison.compare(
                        "outputs of another instance with the saved weights (instances may differ in declared"
                                + " parameters only, and keep nothing from their first use)",
                        run().outputs,
                        batch.run(x, NOISE).outputs);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- graphs -----------------------------------------------------------------------------------------------

    /** Shows whether the layer keeps something from its first use. */
    private void useInTheOtherMode() {
        setMode(!training);
        run();
        setMode(training);
    }

    private void checkGraph() {
        Set<Tensor> known = Collections.newSetFromMap(new IdentityHashMap<>());
        module.namedParameters().values().forEach(p -> known.add(p.variable()));
        module.namedBuffers().values().forEach(b -> known.add(b.tensor()));
        try (RowBatch batch = batch(module, 0, rows)) {
            Deque<Tensor> open = new ArrayDeque<>(List.of(batch.outputs()));
            while (!open.isEmpty()) {
                Tensor t = open.pop();
                if (known.add(t)) {
                    t.operands().forEach(open::push);
                    if (t.operands().isEmpty() && t.op().name().equals("variable")) {
                        throw comparison.violation(
                                "variables of the graph",
                                "only parameters and buffers, declared by parameter(...) and buffer(...) here or in a child(...)",
                                "another one, of shape " + t.shape());
                    }
                }
            }
        }
        comparison.finite(
                "outputs (choose between(...) and parametersBetween(...) so that the layer is defined)", run().outputs);
    }

    private void checkRepetition() {
        double[] first = run().outputs;
        comparison.compare(
                "outputs of a second graph (forward must draw random numbers by Tensor.noise only)",
                first,
                run().outputs);
        useInTheOtherMode();
        comparison.compare("outputs after a change of mode and back", first, run().outputs);
        if (!training) {
            comparison.compare(
                    "outputs in evaluation mode with other noise (eval() reaches modules that are declared by"
                            + " child(...))",
                    first,
                    run(NOISE + 1).outputs);
        }
    }

    // ---- rows -------------------------------------------------------------------------------------------------

    private void checkRows() {
        double[] other = input(1);
        int width = x.length / rows;
        try (RowBatch batch = batch(module, 0, rows)) {
            double[] before = batch.run(x, NOISE).outputs;
            int outputWidth = before.length / rows;
            for (int row = 0; row < rows; row++) {
                double[] changed = x.clone();
                System.arraycopy(other, row * width, changed, row * width, width);
                double[] after = batch.run(changed, NOISE).outputs;
                System.arraycopy(before, row * outputWidth, after, row * outputWidth, outputWidth);
                comparison.compare(
                        "outputs of other rows after row " + row + " of the input changed (rows mix, so rowsMix() must"
                                + " return true in this mode)",
                        before,
                        after);
            }
        }
    }

    private void checkShards() {
        RowBatch.Result whole = run();
        RowBatch.Result shards;
        try (RowBatch first = batch(module, 0, 1);
                RowBatch rest = batch(module, 1, rows)) {
            shards = first.run(x, NOISE).plus(rest.run(x, NOISE));
        }
        String check =
                " of a batch cut in two (outputs may not depend on an example's place in a batch, and noise must be"
                        + " drawn by Tensor.noisePerExample)";
        comparison.compare("outputs" + check, whole.outputs, shards.outputs);
        comparison.compare("gradients by the input" + check, whole.byInput, shards.byInput);
        comparison.compare("sums of gradients by parameters" + check, whole.byParameters, shards.byParameters);
    }

    private RowBatch.Result run() {
        return run(NOISE);
    }

    private RowBatch.Result run(long noise) {
        try (RowBatch batch = batch(module, 0, rows)) {
            return batch.run(x, noise);
        }
    }

    private RowBatch batch(Module of, int from, int to) {
        long[] dims = settings.input.toArray();
        dims[0] = (long) to - from;
        Tensor features = Tensor.input("x", settings.limit > 0 ? DType.INT64 : dtype, Shape.of(dims));
        return new RowBatch(of, dtype, features, from, comparison);
    }

    // ---- random numbers ---------------------------------------------------------------------------------------

    private double[] input(int which) {
        Rng rng = new Rng(settings.seed).split("input").split(which);
        Range range = settings.numbers;
        return LongStream.range(0, settings.input.count())
                .mapToDouble(
                        i -> settings.limit > 0 ? rng.nextLong(settings.limit) : rng.nextDouble(range.low, range.high))
                .toArray();
    }

    private double[] parameters(int which) {
        Rng rng = new Rng(settings.seed).split("parameters").split(which);
        Range range = settings.parameters;
        return LongStream.range(0, theta.size())
                .mapToDouble(i -> rng.nextDouble(range.low, range.high))
                .toArray();
    }
}
