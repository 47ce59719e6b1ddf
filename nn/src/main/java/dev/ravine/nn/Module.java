package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer or a model: named parameters, named child modules, and a {@link #forward} that builds a graph.
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
 * <p>A parameter or module that is used at several places is one parameter, counted once. Parameters get their numbers
 * from {@link #initialize} on the outermost module. Modules are made and changed by one thread at a time.
 */
public abstract class Module {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Module> children = new LinkedHashMap<>();
    private String label = getClass().getSimpleName();
    private boolean training = true;
    private int initializations;
    private long noiseSeed;
    private ParameterVector vector;

    /** A module without parameters and children yet. */
    protected Module() {}

    /**
     * Builds the graph of the output.
     *
     * @param x input; its first axis counts the examples
     * @return output
     * @throws ShapeException if the input does not fit
     */
    public abstract Tensor forward(Tensor x);

    /**
     * {@link #forward}, with errors that carry the path of layers down to the operation. Call children by this.
     *
     * @param x input
     * @return output
     * @throws ShapeException if the input does not fit, naming the layer
     */
    public final Tensor apply(Tensor x) {
        try {
            return forward(x);
        } catch (ShapeException e) {
            throw e.within(label);
        }
    }

    // ---- for subclasses ---------------------------------------------------------------------------------------

    /**
     * Declares a parameter.
     *
     * @param name unique in this module, without dots
     * @param initializer how its numbers begin
     * @param shape its sizes; for weights, inputs first
     * @return the parameter
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final Parameter parameter(String name, Initializer initializer, long... shape) {
        checkName(name);
        Parameter parameter = new Parameter(name, Shape.of(shape), initializer);
        parameters.put(name, parameter);
        return parameter;
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
        checkName(name);
        children.put(name, module);
        ((Module) module).label = name;
        return module;
    }

    private void checkName(String name) {
        if (name.isEmpty() || name.contains(".") || parameters.containsKey(name) || children.containsKey(name)) {
            throw new IllegalArgumentException(
                    "'" + name + "' cannot name a part of " + getClass().getSimpleName()
                            + ": names are unique in their module, not empty and without dots; taken are "
                            + parameters.keySet() + " and " + children.keySet());
        }
    }

    /**
     * The seed of this module's random numbers, such as dropout's; set by {@link #initialize}.
     *
     * @return differs from module to module
     */
    protected final long noiseSeed() {
        return noiseSeed;
    }

    // ---- parameters -------------------------------------------------------------------------------------------

    /**
     * All parameters of this module and its children by path, such as {@code encoder.0.weight}; own ones first, then
     * the children's in order of declaration. One that is used twice appears once, under its first path.
     *
     * @return an unmodifiable map in a fixed order
     */
    public final Map<String, Parameter> namedParameters() {
        Map<String, Parameter> named = new LinkedHashMap<>();
        Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        visit(
                "",
                (prefix, module) -> module.parameters.forEach((name, parameter) -> {
                    if (seen.add(parameter)) {
                        named.put(prefix + name, parameter);
                    }
                }));
        return Collections.unmodifiableMap(named);
    }

    /**
     * Gives all parameters numbers, in one new vector. What a parameter begins with depends on the seed and its path
     * only.
     *
     * @param dtype of all parameters, {@link DType#FLOAT32} or {@link DType#FLOAT64}
     * @param seed the same seed gives the same numbers
     * @return the vector, which owns the memory; also at {@link #parameterVector()}
     * @throws IllegalArgumentException if the dtype is not floating-point
     */
    public final ParameterVector initialize(DType dtype, long seed) {
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("parameters must be FLOAT32 or FLOAT64, found " + dtype);
        }
        Rng rng = new Rng(seed);
        vector = new ParameterVector(namedParameters(), dtype);
        for (ParameterVector.Segment s : vector.segments()) {
            s.parameter().initializer().fill(s.parameter().array(), rng.split(s.path()));
        }
        visit(
                "",
                (prefix, module) ->
                        module.noiseSeed = rng.split("noise of " + prefix).nextLong());
        initializations++;
        return vector;
    }

    /**
     * {@link #initialize(DType, long)} in single precision.
     *
     * @param seed the same seed gives the same numbers
     * @return the vector, which owns the memory
     */
    public final ParameterVector initialize(long seed) {
        return initialize(DType.FLOAT32, seed);
    }

    /**
     * The vector that holds all parameters.
     *
     * @return the last result of {@link #initialize}
     * @throws IllegalStateException if this module has not been initialized as the outermost one, or its parameters
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
     * Copies of all parameters by path.
     *
     * @return arrays in the order of {@link #namedParameters()}
     */
    public final Map<String, INDArray> stateDict() {
        return parameterVector().copies();
    }

    /**
     * Overwrites all parameters. Nothing is changed unless everything fits.
     *
     * @param state arrays by path, of the parameters' shapes and dtype
     * @throws IllegalArgumentException if a path is missing or unknown, naming all that does not fit
     * @throws ShapeException if all paths are right but a shape or dtype is not, naming each
     */
    public final void loadStateDict(Map<String, INDArray> state) {
        Set<String> missing = new TreeSet<>(parameterVector().paths());
        missing.removeAll(state.keySet());
        Set<String> unknown = new TreeSet<>(state.keySet());
        unknown.removeAll(parameterVector().paths());
        String misfits = misfits(state);
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalArgumentException("the state does not fit this model: missing " + missing + ", unknown "
                    + unknown + (misfits.isEmpty() ? "" : ", and " + misfits) + "; the model has "
                    + parameterVector().paths());
        }
        if (!misfits.isEmpty()) {
            throw new ShapeException("the state does not fit this model: " + misfits);
        }
        vector.segments()
                .forEach(s -> Vectors.copy(
                        Arena.dense(state.get(s.path())), s.parameter().array()));
        vector.touch();
    }

    /** All arrays of a state whose shape or dtype is not their parameter's. */
    private String misfits(Map<String, INDArray> state) {
        return vector.segments().stream()
                .filter(s -> state.containsKey(s.path()))
                .filter(s -> !Shape.of(state.get(s.path())).equals(s.parameter().shape())
                        || DType.of(state.get(s.path())) != vector.dtype())
                .map(s -> "parameter '" + s.path() + "' is " + vector.dtype() + " "
                        + s.parameter().shape() + ", the state has " + DType.of(state.get(s.path())) + " "
                        + Shape.of(state.get(s.path())))
                .collect(Collectors.joining("; "));
    }

    // ---- modes ------------------------------------------------------------------------------------------------

    /** Switches this module and its children to training, the mode they begin in. */
    public final void train() {
        setTraining(true);
    }

    /** Switches this module and its children to evaluation: dropout passes everything. */
    public final void eval() {
        setTraining(false);
    }

    /**
     * The mode.
     *
     * @return true in training
     */
    public final boolean isTraining() {
        return training;
    }

    private void setTraining(boolean value) {
        visit("", (prefix, module) -> module.training = value);
    }

    /** Builds something in evaluation mode and restores each module's own mode. */
    final <T> T inEvaluation(Supplier<T> build) {
        IdentityHashMap<Module, Boolean> modes = new IdentityHashMap<>();
        visit("", (prefix, module) -> modes.put(module, module.training));
        try {
            eval();
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
     * Tells apart the graphs that {@link #forward} builds: two calls under the same version build the same. It changes
     * with the mode, with freezing and with initialization, and comes back when a mode does.
     *
     * @return a fingerprint of the state of the whole module
     */
    public final long version() {
        return fingerprint(initializations);
    }

    /** Asked before every evaluation, so it makes no objects; a module that stands at two places counts twice. */
    private long fingerprint(long before) {
        long state = mixed(before, training);
        for (Parameter parameter : parameters.values()) {
            state = mixed(state, parameter.isFrozen());
        }
        for (Module child : children.values()) {
            state = child.fingerprint(state);
        }
        return state;
    }

    private static long mixed(long state, boolean flag) {
        return Long.rotateLeft((state + (flag ? 1 : 2)) * 0x9E3779B97F4A7C15L, 29);
    }

    /** Calls a visitor once for each module of the tree, outermost first, with the prefix of its parameters' paths. */
    private void visit(String prefix, BiConsumer<String, Module> visitor) {
        visit(prefix, visitor, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private void visit(String prefix, BiConsumer<String, Module> visitor, Set<Module> seen) {
        if (seen.add(this)) {
            visitor.accept(prefix, this);
            children.forEach((name, module) -> module.visit(prefix + name + ".", visitor, seen));
        }
    }
}
