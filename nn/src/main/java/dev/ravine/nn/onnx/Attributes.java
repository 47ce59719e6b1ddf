package dev.ravine.nn.onnx;

import dev.ravine.core.io.ProtoMessage;
import java.util.ArrayList;
import java.util.List;

/** Attributes of a node; numbers of fields and types are those of {@code AttributeProto} in {@code onnx.proto}. */
final class Attributes {
    private static final int NAME = 1;
    private static final int FLOAT = 2;
    private static final int INTEGER = 3;
    private static final int INTEGERS = 8;
    private static final int STRINGS = 9;
    private static final int TYPE = 20;
    private static final int TYPE_FLOAT = 1;
    private static final int TYPE_INTEGER = 2;
    private static final int TYPE_STRING = 3;
    private static final int STRING = 4;
    private static final int TYPE_INTEGERS = 7;
    private static final int TYPE_STRINGS = 8;

    private final List<ProtoMessage> all = new ArrayList<>();

    static Attributes none() {
        return new Attributes();
    }

    private ProtoMessage add(String name, int type) {
        ProtoMessage message = new ProtoMessage().text(NAME, name).integer(TYPE, type);
        all.add(message);
        return message;
    }

    Attributes number(String name, double value) {
        add(name, TYPE_FLOAT).number(FLOAT, (float) value);
        return this;
    }

    Attributes integer(String name, long value) {
        add(name, TYPE_INTEGER).integer(INTEGER, value);
        return this;
    }

    Attributes text(String name, String value) {
        add(name, TYPE_STRING).text(STRING, value);
        return this;
    }

    Attributes integers(String name, long... values) {
        ProtoMessage message = add(name, TYPE_INTEGERS);
        for (long value : values) {
            message.integer(INTEGERS, value);
        }
        return this;
    }

    Attributes texts(String name, List<String> values) {
        ProtoMessage message = add(name, TYPE_STRINGS);
        values.forEach(value -> message.text(STRINGS, value));
        return this;
    }

    void addTo(ProtoMessage node, int field) {
        all.forEach(attribute -> node.message(field, attribute));
    }
}
