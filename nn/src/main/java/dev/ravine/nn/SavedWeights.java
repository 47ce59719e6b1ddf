package dev.ravine.nn;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.LayoutKernels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Named arrays from a file, and how they belong to the parameters of a module: under which names, in which layout and
 * precision. Each setting gives a new object:
 *
 * <pre>{@code
 * Weights.pytorch(file).within("model_state_dict").renamed("fc1", "0").renamed("fc2", "2").load(net);
 * }</pre>
 */
public final class SavedWeights {
    private final String origin;
    private final Map<String, INDArray> arrays;

    /** Whether weight matrices are [outputs, inputs]. */
    private final boolean areTransposed;

    private final boolean areConverted;

    private SavedWeights(String origin, Map<String, INDArray> arrays, boolean areTransposed, boolean areConverted) {
        this.origin = origin;
        this.arrays = arrays;
        this.areTransposed = areTransposed;
        this.areConverted = areConverted;
    }

    /**
     * {@return arrays in Ravine's layout, where weight matrices are [inputs, outputs]}
     *
     * @param origin where they come from, for errors
     * @param arrays by name, not to be changed
     */
    public static SavedWeights of(String origin, Map<String, INDArray> arrays) {
        return new SavedWeights(
                origin,
                Collections.unmodifiableMap(new LinkedHashMap<>(Check.noNullsIn("the arrays", arrays))),
                false,
                false);
    }

    /** {@return the arrays by their present names, as the file has them} */
    public Map<String, INDArray> arrays() {
        return arrays;
    }

    /**
     * {@return these weights in PyTorch's layout} Loading
     *
     * <ul>
     *   <li>transposes every weight matrix [outputs, inputs]: a parameter with two axes whose {@link Parameter#fans()
     *       fans} are their sizes, as in a linear or recurrent layer;
     *   <li>turns kernels [outputs, inputs, window...] into [window..., inputs, outputs]: parameters with more axes;
     *   <li>takes {@code weight} for {@code gain}, as normalizations call it, and leaves out
     *       {@code num_batches_tracked}.
     * </ul>
     */
    public SavedWeights transposed() {
        return new SavedWeights(origin, arrays, true, areConverted);
    }

    /**
     * {@return these weights, of which loading converts floating-point numbers to the module's dtype} Without this,
     * another dtype does not fit. A number that is too large for single precision is refused.
     */
    public SavedWeights converted() {
        return new SavedWeights(origin, arrays, areTransposed, true);
    }

    /**
     * {@return the weights within a prefix, without it}
     *
     * @param prefix as in {@code encoder}, which keeps {@code encoder.0.weight} as {@code 0.weight}
     * @throws IllegalArgumentException if no name begins with the prefix and a dot
     */
    public SavedWeights within(String prefix) {
        Map<String, INDArray> inside = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            if (name.startsWith(prefix + ".")) {
                inside.put(name.substring(prefix.length() + 1), array);
            }
        });
        requireFound(!inside.isEmpty(), prefix);
        return with(inside);
    }

    /**
     * {@return the weights with other names for an array, or for all within a prefix}
     *
     * @param from a name, or the part of names before a dot
     * @param to what takes its place
     * @throws IllegalArgumentException if there is no such name, or if two arrays get one name
     */
    public SavedWeights renamed(String from, String to) {
        requireFound(arrays.keySet().stream().anyMatch(name -> name.equals(from) || name.startsWith(from + ".")), from);
        return renamed(
                name -> name.equals(from) || name.startsWith(from + ".") ? to + name.substring(from.length()) : name);
    }

    /**
     * {@return the weights with other names}
     *
     * @param names gives each name its new one, or null to leave out the array
     * @throws IllegalArgumentException if two arrays get one name
     */
    public SavedWeights renamed(UnaryOperator<String> names) {
        Map<String, INDArray> renamed = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            String to = names.apply(name);
            if (to != null && renamed.put(to, array) != null) {
                throw new IllegalArgumentException(
                        origin + ": two arrays would be called '" + to + "', one of them was '" + name + "'");
            }
        });
        return with(renamed);
    }

    /**
     * {@return these weights of PyTorch, with the columns of a dense layer behind {@code Flatten} in the order of
     * images whose channels are last} PyTorch flattens an image [channels, height, width] channel by channel; here it
     * is flattened pixel by pixel.
     *
     * @param layer the name of the dense layer, such as {@code 3}, whose weight is [outputs, channels * height * width]
     * @param channels of the image before it is flattened
     * @param height its lines
     * @param width its columns
     * @throws IllegalStateException if these weights are not in PyTorch's layout
     * @throws IllegalArgumentException if there is no such weight, or it does not have this number of columns
     */
    public SavedWeights flattened(String layer, int channels, int height, int width) {
        if (!areTransposed) {
            throw new IllegalStateException(origin
                    + ": only weights of PyTorch flatten images channel by channel; read them by Weights.pytorch");
        }
        String name = layer + ".weight";
        requireFound(arrays.containsKey(name), name);
        INDArray array = arrays.get(name);
        if (array.rank() != 2 || array.size(1) != (long) channels * height * width) {
            throw new IllegalArgumentException(origin + ": '" + name + "' should be [outputs, " + channels + " * "
                    + height + " * " + width + "], found " + Shape.of(array)
                    + "; give the size of the image that is flattened, after all convolutions and pooling");
        }
        Map<String, INDArray> changed = new LinkedHashMap<>(arrays);
        changed.put(name, TorchLayout.channelsLast(array, channels, height, width));
        return with(changed);
    }

    private void requireFound(boolean isFound, String name) {
        if (!isFound) {
            throw new IllegalArgumentException(
                    origin + ": there is no array '" + name + "' or '" + name + ".*'; found " + arrays.keySet());
        }
    }

    private SavedWeights with(Map<String, INDArray> others) {
        return new SavedWeights(origin, Collections.unmodifiableMap(others), areTransposed, areConverted);
    }

    /**
     * Overwrites all parameters, or none if an array does not fit.
     *
     * @param module an initialized module
     * @return a complete report
     * @throws ShapeException if all names fit, but a shape or dtype does not; the message lists each
     * @throws IllegalArgumentException if names are missing or unknown, with a list of everything that does not fit; or
     *     if a number is too large for the module's dtype
     */
    public LoadReport load(Module module) {
        Map<String, INDArray> fitted = fitted(module);
        try {
            module.loadStateDict(fitted);
        } catch (IllegalArgumentException e) {
            String message = origin + ": " + e.getMessage() + advice(module.stateDict(), fitted);
            throw e instanceof ShapeException ? new ShapeException(message) : new IllegalArgumentException(message, e);
        }
        return new LoadReport(List.copyOf(module.stateDict().keySet()), List.of(), List.of(), List.of());
    }

    /**
     * Overwrites the parameters that have an array of their shape and dtype, and leaves the others as they are.
     *
     * @param module an initialized module
     * @return what has been loaded and what has not
     * @throws IllegalArgumentException if no parameter has a fitting array, with the report; or if a number is too
     *     large for the module's dtype
     */
    public LoadReport loadFitting(Module module) {
        Map<String, INDArray> found = fitted(module);
        Map<String, INDArray> state = module.stateDict();
        List<String> loaded = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<LoadReport.Misfit> misfits = new ArrayList<>();
        state.forEach((name, own) -> {
            INDArray array = found.get(name);
            if (array == null) {
                missing.add(name);
            } else if (described(array).equals(described(own))) {
                loaded.add(name);
            } else {
                misfits.add(new LoadReport.Misfit(name, described(own), described(array)));
            }
        });
        Set<String> unexpected = new TreeSet<>(found.keySet());
        unexpected.removeAll(state.keySet());
        LoadReport report = new LoadReport(
                List.copyOf(loaded), List.copyOf(missing), List.copyOf(unexpected), List.copyOf(misfits));
        if (loaded.isEmpty()) {
            throw new IllegalArgumentException(origin + ": no array fits a parameter, so nothing was loaded: " + report
                    + "; give arrays the names of parameters by renamed(...) or within(...)" + advice(state, found));
        }
        loaded.forEach(name -> state.put(name, found.get(name)));
        module.loadStateDict(state);
        return report;
    }

    /** What to do about arrays that fit but for their precision or layout. */
    private String advice(Map<String, INDArray> state, Map<String, INDArray> found) {
        boolean hasOtherPrecision = false;
        boolean isTransposed = false;
        for (Map.Entry<String, INDArray> own : state.entrySet()) {
            INDArray array = found.get(own.getKey());
            if (array != null) {
                Shape shape = Shape.of(own.getValue());
                hasOtherPrecision |= Shape.of(array).equals(shape) && isOfOtherPrecision(array, own.getValue());
                isTransposed |= !areTransposed
                        && array.rank() == 2
                        && shape.equals(Shape.of(array.size(1), array.size(0)))
                        && array.size(0) != array.size(1);
            }
        }
        return (hasOtherPrecision ? "; converted() takes numbers of another precision" : "")
                + (isTransposed ? "; if PyTorch wrote the weights, read them by Weights.pytorch" : "");
    }

    private static boolean isOfOtherPrecision(INDArray a, INDArray b) {
        return DType.of(a) != DType.of(b)
                && DType.of(a).isFloating()
                && DType.of(b).isFloating();
    }

    private static String described(INDArray array) {
        return DType.of(array) + " " + Shape.of(array);
    }

    /** The arrays in the module's layout and precision, as far as they belong to parameters. */
    private Map<String, INDArray> fitted(Module module) {
        DType dtype = module.parameterVector().dtype();
        Map<String, Parameter> parameters = module.namedParameters();
        Map<String, INDArray> fitted =
                areTransposed ? TorchLayout.named(arrays, parameters.keySet()) : new LinkedHashMap<>(arrays);
        parameters.forEach((name, parameter) -> fitted.computeIfPresent(name, (same, array) -> {
            INDArray inLayout = areTransposed ? TorchLayout.ours(array, parameter) : array;
            return areConverted && DType.of(array).isFloating() ? converted(name, inLayout, dtype) : inLayout;
        }));
        if (areConverted) {
            module.namedBuffers()
                    .forEach((name, buffer) -> fitted.computeIfPresent(
                            name,
                            (same, array) -> DType.of(array).isFloating() ? converted(name, array, dtype) : array));
        }
        return fitted;
    }

    private INDArray converted(String name, INDArray array, DType dtype) {
        if (DType.of(array) == dtype) {
            return array;
        }
        INDArray out = Arena.create(dtype, Shape.of(array));
        LayoutKernels.copy(Arena.dense(array), out).run();
        double[] before = Arena.toDoubles(array);
        double[] after = Arena.toDoubles(out);
        for (int i = 0; i < before.length; i++) {
            if (Double.isFinite(before[i]) && !Double.isFinite(after[i])) {
                throw new IllegalArgumentException(origin + ": parameter '" + name + "': element " + i + " is "
                        + before[i] + ", which is too large for " + dtype + "; initialize the module in FLOAT64");
            }
        }
        return out;
    }

    @Override
    public String toString() {
        return "SavedWeights[" + origin + ", " + arrays.keySet() + "]";
    }
}
