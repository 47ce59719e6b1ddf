package dev.ravine.core.io;

import dev.ravine.core.Arena;
import dev.ravine.core.Elements;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads the tensors of a file that PyTorch's {@code torch.save} wrote: a {@code state_dict}, or dictionaries and lists
 * with tensors in them.
 *
 * <p>Such a file is a zip archive of a pickle and the numbers. Pickles can run any code. This reader runs none: it
 * knows the few functions and classes of tensors, refuses every other one by its name, and takes memory in proportion
 * to the file. Files of whole modules ({@code torch.save(model, path)}), of TorchScript, and those from before PyTorch
 * 1.6 are refused. F32 and F64 keep their type, F16 and BF16 become FLOAT32, and bools and integers INT64.
 */
public final class PyTorch {
    /** How much memory arrays may take for each byte of the file; 8-bit integers take 8. */
    private static final long MEMORY_RATIO = 16;

    /** Dictionaries within dictionaries. */
    private static final int DEEPEST = 64;

    private final Path file;
    private final TorchArchive archive;
    private final ByteOrder order;
    private final Map<String, INDArray> arrays = new LinkedHashMap<>();
    private long memoryLeft;
    private long visitsLeft;
    private long storagesLeft;

    /** The keys that lead to the present object. */
    private final List<String> path = new ArrayList<>();

    private final Map<TorchObjects.Storage, ByteBuffer> storages = new HashMap<>();

    private PyTorch(Path file, TorchArchive archive) throws IOException {
        this.file = file;
        this.archive = archive;
        this.order = archive.byteOrder();
        this.storagesLeft = Files.size(file);
        this.memoryLeft = MEMORY_RATIO * storagesLeft;
    }

    /**
     * Reads a file.
     *
     * @param file a file that {@code torch.save} wrote, usually called {@code .pt} or {@code .pth}
     * @return its tensors by name, which the garbage collector owns, in the order of the file. A tensor in a dictionary
     *     within a dictionary is called by both keys with a dot between them, one in a list by its index. Everything
     *     else, such as numbers and texts, is left out.
     * @throws NoSuchFileException if there is no such file
     * @throws MalformedFileException if the contents break the format, name anything but tensors, or need more than 16
     *     times the file's size in memory
     * @throws IOException if reading fails
     */
    public static Map<String, INDArray> read(Path file) throws IOException {
        try (TorchArchive archive = TorchArchive.open(file)) {
            return new PyTorch(file, archive).read();
        }
    }

    private Map<String, INDArray> read() throws IOException {
        byte[] pickle = archive.pickle();
        // Every use of an object takes a byte at least; a pickle that shares its parts could spell out far more.
        visitsLeft = pickle.length;
        Object root;
        try (ByteSource source =
                new ByteSource(new ByteArrayInputStream(pickle), archive.pickleName(), pickle.length)) {
            root = Pickle.read(source, new TorchObjects());
        }
        collect(root);
        if (arrays.isEmpty()) {
            throw new MalformedFileException(archive.pickleName() + ": expected tensors by name, as model.state_dict()"
                    + " gives them, but found none; check that the right object was saved");
        }
        return arrays;
    }

    private void collect(Object object) throws IOException {
        visit(1);
        if (object instanceof TorchObjects.Tensor tensor) {
            visit(path.stream().mapToLong(String::length).sum() / Long.BYTES);
            String name = String.join(".", path);
            if (arrays.put(name, array(name, tensor)) != null) {
                throw new MalformedFileException(
                        archive.pickleName() + ": expected distinct names of tensors but found " + Quoted.of(name)
                                + " twice; save the state_dict() alone");
            }
        } else if (object instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                collect(entry.getKey().toString(), entry.getValue());
            }
        } else if (object instanceof List<?> list) {
            collectAll(list);
        } else if (object instanceof Pickle.Tuple tuple) {
            collectAll(tuple.elements());
        }
    }

    private void collectAll(List<?> list) throws IOException {
        for (int i = 0; i < list.size(); i++) {
            collect(String.valueOf(i), list.get(i));
        }
    }

    private void collect(String key, Object object) throws IOException {
        path.add(key);
        collect(object);
        path.remove(path.size() - 1);
    }

    private void visit(long cost) throws MalformedFileException {
        visitsLeft -= cost;
        if (visitsLeft < 0 || path.size() > DEEPEST) {
            throw new MalformedFileException(archive.pickleName() + ": expected dictionaries at most " + DEEPEST
                    + " deep that do not share their parts but found more; save the state_dict() alone");
        }
    }

    private INDArray array(String name, TorchObjects.Tensor tensor) throws IOException {
        ElementType type = tensor.storage().type();
        long bytes = tensor.shape().count() * type.dtype().bytes();
        memoryLeft -= bytes;
        if (memoryLeft < 0) {
            throw new MalformedFileException(file + ": tensor " + Quoted.of(name) + ": expected tensors of up to "
                    + MEMORY_RATIO + " times the size of the file, " + Files.size(file) + " bytes, but found "
                    + bytes + " bytes more than that with this one; save tensor.clone() instead of views that repeat"
                    + " elements");
        }
        INDArray array = Arena.create(type.dtype(), tensor.shape());
        if (!array.isEmpty()) {
            fill(tensor, Elements.of(array));
        }
        return array;
    }

    /** The bytes of a storage, which several tensors may share. */
    private ByteBuffer bytes(TorchObjects.Storage storage) throws IOException {
        ByteBuffer known = storages.get(storage);
        if (known != null) {
            return known;
        }
        byte[] bytes = archive.storage(storage);
        storagesLeft -= bytes.length;
        if (storagesLeft < 0) {
            throw new MalformedFileException(file + ": storage " + Quoted.of(storage.key())
                    + ": expected entries that share no bytes of the file but found more than its size in all; do not"
                    + " trust this file");
        }
        storages.put(storage, ByteBuffer.wrap(bytes).order(order));
        return storages.get(storage);
    }

    private void fill(TorchObjects.Tensor tensor, Elements into) throws IOException {
        ElementType type = tensor.storage().type();
        ByteBuffer numbers = bytes(tensor.storage());
        long[] sizes = tensor.shape().toArray();
        long[] strides = tensor.strides().stream().mapToLong(Long::longValue).toArray();
        long[] index = new long[sizes.length];
        long at = tensor.offset();
        for (int i = 0; i < into.size(); i++) {
            ArrayBytes.putNext(type, numbers.position((int) at * type.bytes()), into, i);
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                at += strides[axis];
                if (++index[axis] < sizes[axis]) {
                    break;
                }
                at -= strides[axis] * sizes[axis];
                index[axis] = 0;
            }
        }
    }
}
