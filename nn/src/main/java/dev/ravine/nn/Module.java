package dev.ravine.nn;

import dev.ravine.autodiff.Batch;
import dev.ravine.autodiff.Examples;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer or a model. It has named parameters, named child modules, and a {@link #forward} that builds a graph.
 *
 * <pre>{@code
 * final class Scale extends Module {
 *     private final Parameter gain;
 *
 *     Scale(long width) {
 *         gain = parameter("gain", Initializer.ones(), width);
 *     }
 *
 *     @Override
 *     public Tensor forward(Tensor x) {
 *         return x.mul(gain.tensor());
 *     }
 * }
 * }</pre>
 *
 * <p>Rows must not mix: an example's output depends on its own row of the input alone. Objectives rely on this to cut a
 * batch into parts and add the results. A module that does mix rows overrides {@link #rowsMix()}.
 * {@link ModuleContract} proves this and all other rules for layers.
 *
 * <p>Parameters get their numbers from {@link #initialize} on the outermost module. A parameter or module that is used
 * in several places counts once. Modules are made and changed by one thread at a time.
 */
public abstract class Module {
    private final ModuleParts<Module> parts = new ModuleParts<>(getClass());
    private String label = getClass().getSimpleName();
    private boolean training = true;
    private int initializations;
    private long noiseSeed;
    private ParameterVector vector;

    /** Makes a module without parameters or children. */
    protected Module() {}

    /**
     * {@return the output, as a graph of the input} Callers outside of the module use {@link #apply}.
     *
     * @param x input; its first axis counts the examples
     * @throws ShapeException if the input does not fit
     */
    public abstract Tensor forward(Tensor x);

    /**
     * {@return the result of {@link #forward}} Errors in shapes name the path of layers down to the operation. A module
     * calls its children by this method.
     *
     * <p>A call from outside of all modules begins a model of its own: its noise depends on the modules and on the
     * noise that x is computed from. So two such calls with the same x draw the same noise. Put the two uses into a
     * module to have them differ.
     *
     * @param x input; its first axis counts the examples
     * @throws ShapeException if the input does not fit, naming the layer
     */
    public final Tensor apply(Tensor x) {
        return apply(x, this::forward);
    }

    /**
     * {@return the result of a function in place of {@link #forward}, with errors and noise as in {@link
     * #apply(Tensor)}} For modules with further inputs, such as a mask:
     *
     * <pre>{@code
     * public Tensor apply(Tensor x, Tensor mask) {
     *     return apply(x, in -> forward(in, mask));
     * }
     * }</pre>
     *
     * @param x input; its first axis counts the examples
     * @param forward builds the graph
     * @throws ShapeException if the input does not fit, naming the layer
     */
    protected final Tensor apply(Tensor x, UnaryOperator<Tensor> forward) {
        try {
            return LayerPath.during(this, label, x, () -> NoisePlaces.build(x, forward));
        } catch (ShapeException e) {
            throw e.within(label);
        }
    }

    // ---- for subclasses ---------------------------------------------------------------------------------------

    /**
     * Declares a parameter whose initializer needs no fans, or a weight matrix [inputs, outputs]. A shape with two axes
     * is taken as such a matrix. Any other shape has {@link Fans#UNKNOWN unknown fans}: an initializer that asks for
     * them makes {@link #initialize} fail.
     *
     * @param name unique in this module, without dots
     * @param initializer gives its first numbers
     * @param shape the sizes of its axes; for weights, inputs before outputs
     * @return the parameter
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final Parameter parameter(String name, Initializer initializer, long... shape) {
        return parameter(name, initializer, Fans.ofUnnamed(shape), shape);
    }

    /**
     * Declares a parameter with the fan-in and fan-out that its initializer scales by.
     *
     * @param name unique in this module, without dots
     * @param initializer gives its first numbers
     * @param fans such as {@link Fans#kernel} for a convolution
     * @param shape the sizes of its axes; for weights, inputs before outputs
     * @return the parameter
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final Parameter parameter(String name, Initializer initializer, Fans fans, long... shape) {
        return parts.add(name, new Parameter(name, Shape.of(shape), initializer, fans));
    }

    /**
     * Declares a buffer: an array that belongs to the state of a module, but is no parameter.
     *
     * @param name unique in this module, without dots
     * @param value of all its elements at first
     * @param shape the sizes of its axes
     * @return the buffer
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final Buffer buffer(String name, double value, long... shape) {
        return parts.add(name, new Buffer(Shape.of(shape), value));
    }

    /**
     * Says in {@link #forward}, in training mode, what a buffer would be for this batch alone.
     * {@link RunningStatistics#update} computes it and gives the buffer the mean over batches.
     *
     * @param buffer of this module
     * @param ofBatch a tensor of its shape
     */
    protected final void track(Buffer buffer, Tensor ofBatch) {
        BatchStatistics.collect(buffer, ofBatch);
    }

    /**
     * Declares a child module.
     *
     * @param name unique in this module, without dots
     * @param module the child
     * @param <M> its type
     * @return the child
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final <M extends Module> M child(String name, M module) {
        Objects.requireNonNull(module, () -> "the child '" + name + "'");
        parts.add(name, (Module) module);
        ((Module) module).label = name;
        return module;
    }

    /**
     * {@return a seed for random numbers of this module, such as dropout's} Call it in {@link #forward}, once for each
     * {@link Tensor#noise}. Each module has other seeds, and a graph has another seed at each call: a module that is
     * used in several places, or that draws noise twice, draws other numbers each time. {@link #initialize} sets the
     * seeds.
     */
    protected final long noiseSeed() {
        return NoisePlaces.next(noiseSeed);
    }

    /**
     * {@return what tells this layer from others of its class, for {@link #toString}, such as {@code rate 0.5}} Empty
     * unless overridden. Shapes of parameters need not be told.
     */
    protected String description() {
        return "";
    }

    /**
     * {@return a line for each layer: its name, its kind and description, its parameters with their shapes, and how
     * many numbers they hold} The first line has the sum of them. A parameter or layer that is used twice counts once.
     */
    @Override
    public String toString() {
        return ModuleText.of(this, m -> m.parts, Module::description);
    }

    /**
     * {@return the path of this layer in the graph that is being built, such as {@code Sequential.0}} For errors that
     * appear when a program runs. The layer's own name if no graph is being built.
     */
    protected final String path() {
        return LayerPath.current().orElse(label);
    }

    // ---- parameters -------------------------------------------------------------------------------------------

    /**
     * {@return all parameters by path, such as {@code encoder.0.weight}, unmodifiable} A module's own come before those
     * of its children, both in order of declaration. A parameter that is used twice has its first path.
     */
    public final Map<String, Parameter> namedParameters() {
        return ModuleParts.named(this, m -> m.parts, ModuleParts::parameters);
    }

    /** {@return all modules within this one by path, each once} */
    public final Map<String, Module> namedModules() {
        return ModuleParts.named(this, m -> m.parts, ModuleParts::children);
    }

    /** {@return all buffers by path, as {@link #namedParameters()} lists parameters} */
    public final Map<String, Buffer> namedBuffers() {
        return ModuleParts.named(this, m -> m.parts, ModuleParts::buffers);
    }

    /**
     * Allocates a vector for all parameters and fills it. The first numbers of a parameter depend on the seed and its
     * path alone.
     *
     * @param dtype of all parameters, {@link DType#FLOAT32} or {@link DType#FLOAT64}
     * @param seed the same seed gives the same numbers
     * @return the vector, which owns the memory; {@link #parameterVector()} returns it from now on
     * @throws IllegalArgumentException if the dtype is not floating-point
     * @throws IllegalStateException if an initializer needs fans that the layer did not give, naming the parameter
     */
    public final ParameterVector initialize(DType dtype, long seed) {
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("parameters must be FLOAT32 or FLOAT64, found " + dtype);
        }
        Rng rng = new Rng(seed);
        ParameterVector theta = new ParameterVector(namedParameters(), dtype);
        theta.initialize(rng);
        vector = theta;
        namedBuffers().forEach((path, buffer) -> buffer.place(path, dtype));
        visit((prefix, module) ->
                module.noiseSeed = rng.split("noise of " + prefix).nextLong());
        initializations++;
        return vector;
    }

    /**
     * Does {@link #initialize(DType, long)} in single precision.
     *
     * @param seed the same seed gives the same numbers
     * @return the vector, which owns the memory
     */
    public final ParameterVector initialize(long seed) {
        return initialize(DType.FLOAT32, seed);
    }

    /**
     * {@return the vector of all parameters, as {@link #initialize} made it}
     *
     * @throws IllegalStateException if this module has not been initialized as the outermost one, or if its parameters
     *     have moved to another vector since
     */
    public final ParameterVector parameterVector() {
        if (vector != null && !vector.isCurrent()) {
            throw new IllegalStateException("parameters of " + label + " have moved to another vector, since a module"
                    + " inside or around it has been initialized later; initialize the outermost module only");
        }
        if (vector == null) {
            throw new IllegalStateException(
                    label + " has no parameter vector; call initialize(dtype, seed) on the outermost module first");
        }
        return vector;
    }

    /**
     * {@return copies of all parameters by path, in the order of {@link #namedParameters()}, and then of all buffers,
     * in that of {@link #namedBuffers()}}
     */
    public final Map<String, INDArray> stateDict() {
        return state().copies();
    }

    /**
     * Overwrites all parameters and buffers, or none if an array does not fit.
     *
     * @param state arrays by path, of the shapes and dtype that {@link #stateDict()} has
     * @throws IllegalArgumentException if a path is missing or unknown, with a list of everything that does not fit
     * @throws ShapeException if all paths fit, but a shape or dtype does not; the message lists each
     */
    public final void loadStateDict(Map<String, INDArray> state) {
        state().load(Check.noNullsIn("the arrays of the state", state));
    }

    private ModuleState state() {
        return new ModuleState(parameterVector(), namedBuffers());
    }

    // ---- modes ------------------------------------------------------------------------------------------------

    /** Switches this module and its children to training mode, in which they start. */
    public final void train() {
        visit((prefix, module) -> module.training = true);
    }

    /** Switches this module and its children to evaluation mode, in which dropout does nothing. */
    public final void eval() {
        visit((prefix, module) -> module.training = false);
    }

    /** {@return true in training mode, false in evaluation mode} */
    public final boolean isTraining() {
        return training;
    }

    /**
     * {@return whether an example's output depends on the other rows of the batch, in the present mode}
     *
     * <p>By default, a module mixes rows if one of its children does. A module whose own {@link #forward} mixes rows
     * overrides this method. Batch normalization, for example, mixes rows in training mode only:
     *
     * <pre>{@code
     * @Override
     * public boolean rowsMix() {
     *     return isTraining();
     * }
     * }</pre>
     *
     * <p>If this is false, objectives sum losses, gradients and products over parts of a batch. These sums are wrong if
     * rows mix all the same; {@link ModuleContract} finds such a module. The result may change only when
     * {@link #graphKey()} does.
     */
    public boolean rowsMix() {
        for (Module child : parts.children().values()) {
            if (child.rowsMix()) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@return whether rows mix in the present mode: because {@link #rowsMix()} says so, or because an operation of the
     * graph is seen to mix them, such as a mean over the examples}
     *
     * @param features an input whose first axis counts at least two examples
     */
    public final boolean rowsMix(Tensor features) {
        return rowsMix()
                || new Batch(features.shape().size(0), List.of(features))
                        .of(apply(features))
                        .filter(examples -> examples.kind() == Examples.Kind.MIXED)
                        .isPresent();
    }

    /**
     * {@return the path of the first module that mixes rows in the present mode, such as {@code Sequential.2}; empty if
     * {@link #rowsMix()} is false} It is meant for error messages and begins with this module's name, as in errors of
     * shapes.
     */
    public final Optional<String> firstMixing() {
        return rowsMix() ? Optional.of(mixingPath(label)) : Optional.empty();
    }

    /** Follows the first child that mixes down to the module whose own forward mixes. */
    private String mixingPath(String path) {
        for (Map.Entry<String, Module> child : parts.children().entrySet()) {
            if (child.getValue().rowsMix()) {
                return child.getValue().mixingPath(path + "." + child.getKey());
            }
        }
        return path;
    }

    /** This module and all within it, each once, outermost first. */
    final List<Module> all() {
        List<Module> all = new ArrayList<>();
        visit((prefix, module) -> all.add(module));
        return all;
    }

    /** The mode of this module alone. */
    final void setOwnMode(boolean toTraining) {
        training = toTraining;
    }

    /** Runs something in evaluation mode and restores each module's own mode. */
    final <T> T inEvaluation(Supplier<T> build) {
        return inMode(false, build);
    }

    /** Runs something in training or evaluation mode and restores each module's own mode. */
    final <T> T inMode(boolean toTraining, Supplier<T> build) {
        IdentityHashMap<Module, Boolean> modes = new IdentityHashMap<>();
        visit((prefix, module) -> modes.put(module, module.training));
        try {
            visit((prefix, module) -> module.training = toTraining);
            return build.get();
        } finally {
            modes.forEach((module, mode) -> module.training = mode);
        }
    }

    /** Freezes all parameters of this module and its children. */
    public final void freeze() {
        namedParameters().values().forEach(Parameter::freeze);
    }

    /** Unfreezes all parameters of this module and its children. */
    public final void unfreeze() {
        namedParameters().values().forEach(Parameter::unfreeze);
    }

    /**
     * {@return whether this module's own {@link #forward} uses the numbers of its own buffers in the present mode} If
     * it does not, new numbers make no new graph. Batch normalization uses them in evaluation only.
     */
    protected boolean readsBuffers() {
        return true;
    }

    /**
     * {@return a key for the graph that {@link #forward} builds: equal keys mean equal graphs} It depends on the modes,
     * on frozen parameters, on the numbers of buffers that are used, and on initialization, and returns to an earlier
     * value when they do.
     */
    public final long graphKey() {
        return fingerprint(initializations);
    }

    /** Makes no objects, since every evaluation asks for it. A module that is used in two places counts twice. */
    private long fingerprint(long before) {
        long state = parts.key(before, training, readsBuffers());
        for (Module child : parts.children().values()) {
            state = child.fingerprint(state);
        }
        return state;
    }

    private void visit(BiConsumer<String, Module> visitor) {
        ModuleParts.visit(this, m -> m.parts, visitor);
    }
}
