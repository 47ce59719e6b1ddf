package dev.ravine.nn.onnx;

import dev.ravine.core.io.ProtoMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A graph while it is built. Numbers of fields are those of {@code GraphProto}, {@code NodeProto}, {@code TensorProto}
 * and {@code ValueInfoProto} in {@code onnx.proto}.
 */
final class OnnxGraph {
    static final int ELEMENT_FLOAT = 1;
    static final int ELEMENT_INT64 = 7;

    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_NAME = 2;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_NAME = 3;
    private static final int NODE_TYPE = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int TENSOR_SIZE = 1;
    private static final int TENSOR_ELEMENT = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW = 9;
    private static final int VALUE_NAME = 1;
    private static final int VALUE_TYPE = 2;

    private final ProtoMessage message = new ProtoMessage();
    private int nodes;
    private int constants;

    OnnxGraph(String name) {
        message.text(GRAPH_NAME, name);
    }

    /** Adds an operation with one output, and returns the output's name. */
    String node(String type, Attributes attributes, String... inputs) {
        return nodes(1, type, attributes, inputs).get(0);
    }

    /** Adds an operation with several outputs, and returns their names. An input that is left out is empty. */
    List<String> nodes(int outputs, String type, Attributes attributes, String... inputs) {
        String name = type + "_" + nodes++;
        List<String> names = outputs == 1 ? List.of(name) : List.of(name, name + "_1");
        add(name, names, type, attributes, inputs);
        return names;
    }

    /** Gives a value another name. */
    void rename(String value, String name) {
        add(name, List.of(name), "Identity", Attributes.none(), value);
    }

    private void add(String name, List<String> outputs, String type, Attributes attributes, String... inputs) {
        ProtoMessage node = new ProtoMessage();
        for (String input : inputs) {
            node.text(NODE_INPUT, input);
        }
        outputs.forEach(output -> node.text(NODE_OUTPUT, output));
        node.text(NODE_NAME, name).text(NODE_TYPE, type);
        attributes.addTo(node, NODE_ATTRIBUTE);
        message.message(GRAPH_NODE, node);
    }

    /** Adds numbers under a name, which is made unique, and returns it. */
    String constant(String name, Numbers numbers) {
        byte[] raw = new byte[numbers.values().length * Float.BYTES];
        ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(numbers.values());
        return constant(name, ELEMENT_FLOAT, raw, numbers.sizes());
    }

    /** Adds a row of integers and returns its name. */
    String integers(String name, long... values) {
        byte[] raw = new byte[values.length * Long.BYTES];
        ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
        return constant(name, ELEMENT_INT64, raw, values.length);
    }

    private String constant(String name, int element, byte[] raw, long... sizes) {
        String unique = name + "_" + constants++;
        ProtoMessage tensor = new ProtoMessage();
        for (long size : sizes) {
            tensor.integer(TENSOR_SIZE, size);
        }
        tensor.integer(TENSOR_ELEMENT, element).text(TENSOR_NAME, unique).bytes(TENSOR_RAW, raw);
        message.message(GRAPH_INITIALIZER, tensor);
        return unique;
    }

    void input(String name, int element, long... sizes) {
        message.message(GRAPH_INPUT, value(name, element, sizes));
    }

    void output(String name, int element, long... sizes) {
        message.message(GRAPH_OUTPUT, value(name, element, sizes));
    }

    /** A tensor type: {@code TypeProto.tensor_type} with an element type and a shape of numbers or names. */
    private static ProtoMessage value(String name, int element, long... sizes) {
        ProtoMessage shape = new ProtoMessage().message(1, new ProtoMessage().text(2, "examples"));
        for (int axis = 0; axis < sizes.length; axis++) {
            ProtoMessage size = new ProtoMessage();
            if (sizes[axis] == OnnxModel.ANY) {
                size.text(2, "size_" + (axis + 1));
            } else {
                size.integer(1, sizes[axis]);
            }
            shape.message(1, size);
        }
        ProtoMessage tensor = new ProtoMessage().integer(1, element).message(2, shape);
        return new ProtoMessage().text(VALUE_NAME, name).message(VALUE_TYPE, new ProtoMessage().message(1, tensor));
    }

    ProtoMessage message() {
        return message;
    }
}
