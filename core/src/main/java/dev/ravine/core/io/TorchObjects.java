package dev.ravine.core.io;

import dev.ravine.core.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The functions and classes that the pickle of a state_dict names, and nothing else: ordered dictionaries, tensors as
 * views of storages, parameters, and the types of storages. What they do: {@code torch/_utils.py}.
 */
final class TorchObjects implements Pickle.Objects {
    private static final int LEAST_TENSOR_ARGUMENTS = 6;
    private static final int STORAGE_FIELDS = 5;

    private static final Map<String, Object> KNOWN = Map.ofEntries(
            Map.entry("collections.OrderedDict", Function.ORDERED_DICT),
            Map.entry("torch._utils._rebuild_tensor_v2", Function.TENSOR),
            Map.entry("torch._utils._rebuild_parameter", Function.PARAMETER),
            Map.entry("torch.Size", Function.SIZE),
            Map.entry("torch.jit._pickle.restore_type_tag", Function.TAG),
            Map.entry("torch.FloatStorage", ElementType.F32),
            Map.entry("torch.DoubleStorage", ElementType.F64),
            Map.entry("torch.HalfStorage", ElementType.F16),
            Map.entry("torch.BFloat16Storage", ElementType.BF16),
            Map.entry("torch.LongStorage", ElementType.I64),
            Map.entry("torch.IntStorage", ElementType.I32),
            Map.entry("torch.ShortStorage", ElementType.I16),
            Map.entry("torch.CharStorage", ElementType.I8),
            Map.entry("torch.ByteStorage", ElementType.U8),
            Map.entry("torch.BoolStorage", ElementType.BOOL));

    private enum Function {
        ORDERED_DICT,
        TENSOR,
        PARAMETER,
        SIZE,
        /** C++ programs write it around dictionaries and lists, with the name of their type. */
        TAG
    }

    /**
     * Numbers in an entry of the archive.
     *
     * @param type of its elements
     * @param key the entry's name
     * @param count of elements
     */
    record Storage(ElementType type, String key, long count) {}

    /**
     * A view of a storage.
     *
     * @param storage which has all elements
     * @param offset of the first element
     * @param shape sizes of the axes
     * @param strides elements from one index of an axis to the next
     */
    record Tensor(Storage storage, long offset, Shape shape, List<Long> strides) {}

    @Override
    public Object global(String name) {
        return KNOWN.get(name);
    }

    @Override
    public String advice() {
        return "save the parameters alone: torch.save(model.state_dict(), path) with PyTorch's defaults";
    }

    @Override
    public Object persistent(Object id, Pickle pickle) throws MalformedFileException {
        if (id instanceof Pickle.Tuple tuple
                && tuple.elements().size() == STORAGE_FIELDS
                && "storage".equals(tuple.elements().get(0))
                && tuple.elements().get(1) instanceof ElementType type
                && tuple.elements().get(2) instanceof String key
                && tuple.elements().get(4) instanceof Long count
                && count >= 0) {
            return new Storage(type, key, count);
        }
        throw pickle.malformed("a storage with its type, key, device and number of elements", "something else");
    }

    @Override
    public Object call(Object function, List<Object> arguments, Pickle pickle) throws MalformedFileException {
        if (function == Function.ORDERED_DICT && arguments.isEmpty()) {
            return new LinkedHashMap<>();
        }
        if (function == Function.TENSOR && arguments.size() >= LEAST_TENSOR_ARGUMENTS) {
            return tensor(arguments, pickle);
        }
        if (function == Function.PARAMETER && !arguments.isEmpty() && arguments.get(0) instanceof Tensor tensor) {
            return tensor;
        }
        if (function == Function.SIZE && arguments.size() == 1 && arguments.get(0) instanceof Pickle.Tuple sizes) {
            return sizes;
        }
        if (function == Function.TAG && !arguments.isEmpty()) {
            return arguments.get(0);
        }
        throw pickle.malformed("a call that makes a dictionary, a tensor, a parameter or a size", "another one");
    }

    private static Tensor tensor(List<Object> arguments, Pickle pickle) throws MalformedFileException {
        if (!(arguments.get(0) instanceof Storage storage && arguments.get(1) instanceof Long offset)) {
            throw pickle.malformed("a tensor of a storage and an offset", "something else");
        }
        if (arguments.size() > LEAST_TENSOR_ARGUMENTS && !isNothing(arguments.get(LEAST_TENSOR_ARGUMENTS))) {
            throw pickle.malformed("a tensor of the storage's own numbers", "one that negates or conjugates them");
        }
        long[] sizes = integers(arguments.get(2), pickle);
        long[] strides = integers(arguments.get(3), pickle);
        Shape shape = pickle.checkedShape(sizes, storage.type);
        if (strides.length != sizes.length || offset < 0 || !isInside(storage, offset, sizes, strides)) {
            throw pickle.malformed(
                    "sizes and strides that stay inside of a storage of " + storage.count + " elements",
                    "others from element " + offset + " on, for a tensor of shape " + shape);
        }
        return new Tensor(storage, offset, shape, Arrays.stream(strides).boxed().toList());
    }

    private static boolean isNothing(Object object) {
        return object == Pickle.None.NONE || (object instanceof Map<?, ?> map && map.isEmpty());
    }

    private static boolean isInside(Storage storage, long offset, long[] sizes, long[] strides) {
        try {
            long last = offset;
            for (int axis = 0; axis < sizes.length; axis++) {
                if (sizes[axis] == 0) {
                    return true; // there are no elements
                }
                if (strides[axis] < 0) {
                    return false;
                }
                last = Math.addExact(last, Math.multiplyExact(sizes[axis] - 1, strides[axis]));
            }
            return last < storage.count;
        } catch (ArithmeticException e) {
            return false; // beyond 2^63
        }
    }

    private static long[] integers(Object tuple, Pickle pickle) throws MalformedFileException {
        List<Object> elements = tuple instanceof Pickle.Tuple t ? t.elements() : List.of(Pickle.None.NONE);
        long[] integers = new long[elements.size()];
        for (int i = 0; i < integers.length; i++) {
            if (!(elements.get(i) instanceof Long integer)) {
                throw pickle.malformed("a tuple of integers as sizes or strides", "something else");
            }
            integers[i] = integer;
        }
        return integers;
    }
}
