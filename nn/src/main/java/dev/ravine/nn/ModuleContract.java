package dev.ravine.nn;

import dev.ravine.autodiff.ContractViolation;
import dev.ravine.autodiff.DerivativeContract;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Proves a layer right, as it is: the class itself, with its parameters, in both modes and both dtypes.
 *
 * <pre>{@code
 * ModuleContract.of(() -> new ScaledArsinh(4), Shape.of(3, 4)).check();
 * }</pre>
 *
 * <p>At random inputs and parameters, {@link #check()} verifies in training and in evaluation mode that
 *
 * <ol>
 *   <li>a seed gives finite initial numbers, always the same, and all parameters are views of one vector;
 *   <li>outputs are finite, of the input's precision, with one row for each row of the input;
 *   <li>the graph contains no variable but the declared parameters;
 *   <li>building the graph again gives the same outputs, also after a change of mode and back; in evaluation mode the
 *       outputs contain no noise;
 *   <li>a program that replays the graph after the parameter vector changed gives what a new graph gives;
 *   <li>a frozen layer has the same outputs and zero gradients by its parameters, until it is unfrozen;
 *   <li>unless {@link Module#rowsMix()} is true, a change in one row leaves the outputs of the others as they are, and
 *       a batch cut in two has the outputs of the whole, with the same noise for each example, and gradients that add
 *       up to the whole's;
 *   <li>another instance that loads the saved weights has the same outputs in evaluation mode;
 *   <li>the {@link DerivativeContract} holds for the input and every parameter: J v, J'u, H v, symmetry of H, and the
 *       third derivative.
 * </ol>
 *
 * <p>Tolerances are 1e-11 of the largest number in float64, 2e-4 in float32, and those of {@link DerivativeContract}.
 * Derivatives are compared with finite differences of steps up to 2e-3, so inputs must keep that distance from kinks.
 * Frozen parameters are unfrozen first.
 */
public final class ModuleContract {
    private final Supplier<? extends Module> layer;
    private final Shape input;
    private final int limit;
    private ModuleTrial.Range numbers = new ModuleTrial.Range(-2, 2);
    private ModuleTrial.Range parameters = new ModuleTrial.Range(-1, 1);
    private long seed = 1;

    private ModuleContract(Supplier<? extends Module> layer, Shape input, int limit) {
        if (input.rank() == 0 || input.size(0) < 2) {
            throw new IllegalArgumentException("a contract needs an input of at least 2 rows, to see whether they mix;"
                    + " found the shape " + input);
        }
        this.layer = layer;
        this.input = input;
        this.limit = limit;
    }

    /**
     * {@return a contract for a layer with a floating-point input}
     *
     * @param layer makes a new instance with the same settings at each call
     * @param input shape of the input, whose first axis counts at least 2 examples
     */
    public static ModuleContract of(Supplier<? extends Module> layer, Shape input) {
        return new ModuleContract(layer, input, 0);
    }

    /**
     * {@return a contract for a layer whose input are INT64 indices}
     *
     * @param layer makes a new instance with the same settings at each call
     * @param input shape of the input, whose first axis counts at least 2 examples
     * @param limit indices run from 0 to limit - 1
     */
    public static ModuleContract ofIndices(Supplier<? extends Module> layer, Shape input, int limit) {
        return new ModuleContract(layer, input, limit);
    }

    /**
     * Sets the range of the input; -2 to 2 by default.
     *
     * @param from lower end
     * @param to upper end
     * @return this
     */
    public ModuleContract between(double from, double to) {
        this.numbers = new ModuleTrial.Range(from, to);
        return this;
    }

    /**
     * Sets the range of all parameters; -1 to 1 by default.
     *
     * @param from lower end
     * @param to upper end
     * @return this
     */
    public ModuleContract parametersBetween(double from, double to) {
        this.parameters = new ModuleTrial.Range(from, to);
        return this;
    }

    /**
     * Sets the seed of inputs, parameters and noise; 1 by default.
     *
     * @param newSeed any number
     * @return this
     */
    public ModuleContract seed(long newSeed) {
        this.seed = newSeed;
        return this;
    }

    /**
     * Verifies everything.
     *
     * @throws ContractViolation naming the layer, the mode, the first check that fails, what was expected and what was
     *     found
     */
    public void check() {
        var settings = new ModuleTrial.Settings(layer, input, limit, numbers, parameters, seed);
        for (boolean training : new boolean[] {true, false}) {
            for (DType dtype : new DType[] {DType.FLOAT64, DType.FLOAT32}) {
                new ModuleTrial(settings, dtype, training).check();
            }
            checkDerivatives(new ModuleTrial(settings, DType.FLOAT64, training));
        }
    }

    private void checkDerivatives(ModuleTrial trial) {
        Module module = trial.module();
        List<Parameter> own = List.copyOf(module.namedParameters().values());
        List<String> inputs = new ArrayList<>(List.of("input 0 is x"));
        module.namedParameters().keySet().forEach(path -> inputs.add(inputs.size() + " is '" + path + "'"));
        DerivativeContract contract = DerivativeContract.of(
                        trial.name() + " (" + String.join(", ", inputs) + ")", in -> applied(module, own, in))
                .seed(seed)
                .between(numbers.low(), numbers.high());
        if (limit > 0) {
            contract.indices(input, limit);
        } else {
            contract.input(input);
        }
        contract.between(parameters.low(), parameters.high());
        own.forEach(p -> contract.input(p.shape()));
        trial.guarded(contract::check);
    }

    /**
     * The layer's output for an input and parameters that stand in for its own while the graph is built. Buffers have
     * the dtype of these.
     */
    private static Tensor applied(Module module, List<Parameter> parameters, List<Tensor> in) {
        DType dtype = in.get(in.size() - 1).dtype();
        List<Buffer> buffers = List.copyOf(module.namedBuffers().values());
        List<Tensor> ofBuffers = new ArrayList<>();
        buffers.forEach(b -> ofBuffers.add(b.replace(b.constant(dtype))));
        List<Tensor> variables = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            variables.add(parameters.get(i).replace(in.get(i + 1)));
        }
        try {
            return module.apply(in.get(0));
        } finally {
            for (int i = 0; i < parameters.size(); i++) {
                parameters.get(i).replace(variables.get(i));
            }
            for (int i = 0; i < buffers.size(); i++) {
                buffers.get(i).replace(ofBuffers.get(i));
            }
        }
    }
}
