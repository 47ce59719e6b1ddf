package dev.ravine.core.io;

import dev.ravine.core.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads the part of Python's pickle format, protocol 2, that plain data need: numbers, texts, lists, tuples and
 * dictionaries. Names of functions and classes go to {@link Objects}, which knows a fixed list and refuses all others:
 * nothing from the file is looked up or run. The opcodes: CPython's {@code pickletools}.
 */
final class Pickle {
    static final String FIELD = "pickle";

    /** The longest name of a function or class. */
    private static final int LONGEST_NAME = 256;

    private static final int PROTOCOL = 2;

    private final ByteSource source;
    private final Objects objects;
    private final ByteBuffer bytes;
    private final List<Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private int opcodeAt;

    /** Python's None. */
    enum None {
        NONE
    }

    /**
     * A tuple. It is compared by identity, since its elements may be nested deeply.
     *
     * @param elements in order
     */
    record Tuple(List<Object> elements) {
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** What a pickle may name and make. Errors are made by {@link Pickle#malformed}. */
    interface Objects {
        /** A function or class; null refuses it. */
        Object global(String name);

        /** An object that is kept outside of the pickle. */
        Object persistent(Object id, Pickle pickle) throws MalformedFileException;

        /** The result of a function. */
        Object call(Object function, List<Object> arguments, Pickle pickle) throws MalformedFileException;

        /** What to do about a refused name. */
        String advice();
    }

    private Pickle(ByteSource source, byte[] bytes, Objects objects) {
        this.source = source;
        this.objects = objects;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The object that a pickle holds: all of the source's bytes. */
    static Object read(ByteSource source, Objects objects) throws IOException {
        return new Pickle(source, source.take((int) source.remaining(), FIELD), objects).run();
    }

    private Object run() throws MalformedFileException {
        if (!bytes.hasRemaining() || bytes.get() != (byte) 0x80 || unsigned() != PROTOCOL) {
            throw malformed("protocol 2, which torch.save writes,", "another beginning");
        }
        while (true) {
            opcodeAt = bytes.position();
            int opcode = unsigned();
            if (opcode == '.') {
                Object result = pop();
                if (!stack.isEmpty() || !marks.isEmpty() || bytes.hasRemaining()) {
                    throw malformed("one object and the end of the pickle", "more");
                }
                return result;
            }
            if (!constant(opcode) && !collection(opcode) && !remembered(opcode) && !object(opcode)) {
                throw malformed(
                        "an opcode that plain data need",
                        String.format(Locale.ROOT, "0x%02x", opcode)
                                + (opcode > ' ' && opcode < 0x7f ? " ('" + (char) opcode + "')" : ""));
            }
        }
    }

    /** Pushes numbers and texts. */
    private boolean constant(int opcode) throws MalformedFileException {
        switch (opcode) {
            case 'N' -> stack.add(None.NONE);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'K' -> stack.add((long) unsigned());
            case 'M' -> stack.add((long) Short.toUnsignedInt(take(2).getShort()));
            case 'J' -> stack.add((long) take(4).getInt());
            case 0x8a -> stack.add(longNumber());
            case 'G' -> stack.add(take(8).order(ByteOrder.BIG_ENDIAN).getDouble());
            case 'X' -> stack.add(text(Integer.toUnsignedLong(take(4).getInt())));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Makes and fills lists, tuples and dictionaries. */
    private boolean collection(int opcode) throws MalformedFileException {
        switch (opcode) {
            case '(' -> marks.push(stack.size());
            case ')' -> stack.add(new Tuple(List.of()));
            case 't' -> stack.add(new Tuple(popToMark()));
            case 0x85, 0x86, 0x87 -> stack.add(new Tuple(pop(opcode - 0x84)));
            case ']' -> stack.add(new ArrayList<>());
            case '}' -> stack.add(new LinkedHashMap<>());
            case 'a' -> append(pop(1));
            case 'e' -> append(popToMark());
            case 's' -> putAll(pop(2));
            case 'u' -> putAll(popToMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Keeps objects for later use, and uses them. */
    private boolean remembered(int opcode) throws MalformedFileException {
        switch (opcode) {
            case 'q' -> memo.put((long) unsigned(), top());
            case 'r' -> memo.put(Integer.toUnsignedLong(take(4).getInt()), top());
            case 'h' -> stack.add(remembered((long) unsigned()));
            case 'j' -> stack.add(remembered(Integer.toUnsignedLong(take(4).getInt())));
            default -> {
                return false;
            }
        }
        return true;
    }

    private Object remembered(long key) throws MalformedFileException {
        Object object = memo.get(key);
        if (object == null) {
            throw malformed("a key under which an object is kept", String.valueOf(key));
        }
        return object;
    }

    /** Names functions and classes, and has them make objects. */
    private boolean object(int opcode) throws MalformedFileException {
        switch (opcode) {
            case 'c' -> stack.add(global());
            case 'Q' -> stack.add(objects.persistent(pop(), this));
            case 'R' -> {
                if (!(pop() instanceof Tuple arguments)) {
                    throw malformed("a tuple of arguments", "something else");
                }
                stack.add(objects.call(pop(), arguments.elements(), this));
            }
            case 'b' -> {
                // Attributes, such as the versions of modules that a state_dict carries; nothing here needs them.
                pop();
                if (!(top() instanceof Map)) {
                    throw malformed("a dictionary that gets attributes", "something else");
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private Object global() throws MalformedFileException {
        String name = line() + "." + line();
        Object global = objects.global(name);
        if (global == null) {
            throw source.malformed(
                    opcodeAt,
                    FIELD,
                    "the functions and classes of tensors only",
                    Quoted.of(name) + ", which is refused",
                    objects.advice());
        }
        return global;
    }

    private String line() throws MalformedFileException {
        int start = bytes.position();
        int end = start;
        int limit = Math.min(bytes.limit(), start + LONGEST_NAME);
        while (end < limit && bytes.get(end) != '\n') {
            end++;
        }
        if (end == limit) {
            throw malformed("a name of at most " + LONGEST_NAME + " bytes that ends its line", "a longer one");
        }
        byte[] line = new byte[end - start];
        bytes.get(line).get();
        return new String(line, StandardCharsets.ISO_8859_1);
    }

    private long longNumber() throws MalformedFileException {
        int length = unsigned();
        if (length > Long.BYTES) {
            throw malformed("an integer of at most 8 bytes", length + " bytes");
        }
        ByteBuffer digits = take(length);
        long number = 0;
        for (int i = 0; i < length; i++) {
            long digit = i == length - 1 ? digits.get() : Byte.toUnsignedLong(digits.get());
            number |= digit << (8 * i);
        }
        return number;
    }

    private String text(long length) throws MalformedFileException {
        ByteBuffer utf8 = take(length);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(utf8);
            return text.toString();
        } catch (CharacterCodingException e) {
            throw malformed("text in UTF-8", "other bytes");
        }
    }

    private int unsigned() throws MalformedFileException {
        return Byte.toUnsignedInt(take(1).get(0));
    }

    private ByteBuffer take(long count) throws MalformedFileException {
        if (count > bytes.remaining()) {
            throw malformed(count + " more bytes", "the end of the pickle after " + bytes.remaining());
        }
        ByteBuffer taken = bytes.slice().order(ByteOrder.LITTLE_ENDIAN).limit((int) count);
        bytes.position(bytes.position() + (int) count);
        return taken;
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.peek();
    }

    private Object top() throws MalformedFileException {
        if (stack.size() <= floor()) {
            throw malformed("an object to work on", "none");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() throws MalformedFileException {
        Object top = top();
        stack.remove(stack.size() - 1);
        return top;
    }

    private List<Object> pop(int count) throws MalformedFileException {
        if (stack.size() - count < floor()) {
            throw malformed(count + " objects to work on", String.valueOf(stack.size() - floor()));
        }
        return cut(stack.size() - count);
    }

    private List<Object> popToMark() throws MalformedFileException {
        if (marks.isEmpty()) {
            throw malformed("objects after a mark", "no mark");
        }
        return cut(marks.pop());
    }

    private List<Object> cut(int from) {
        List<Object> tail = stack.subList(from, stack.size());
        List<Object> objectsAbove = Collections.unmodifiableList(new ArrayList<>(tail));
        tail.clear();
        return objectsAbove;
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> elements) throws MalformedFileException {
        if (!(top() instanceof ArrayList<?> list)) {
            throw malformed("a list to append to", "something else");
        }
        ((ArrayList<Object>) list).addAll(elements);
    }

    @SuppressWarnings("unchecked")
    private void putAll(List<Object> pairs) throws MalformedFileException {
        if (!(top() instanceof LinkedHashMap<?, ?> map) || pairs.size() % 2 != 0) {
            throw malformed("a dictionary, and pairs of keys and values to put into it", "something else");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            Object key = pairs.get(i);
            if (!(key instanceof String || key instanceof Long)) {
                throw malformed("texts or integers as the keys of a dictionary", "something else");
            }
            if (((LinkedHashMap<Object, Object>) map).put(key, pairs.get(i + 1)) != null) {
                throw malformed("each key of a dictionary once", Quoted.of(key.toString()) + " again");
            }
        }
    }

    /** An error at the present opcode. */
    MalformedFileException malformed(String expected, String found) {
        return source.malformed(opcodeAt, FIELD, expected, found, objects.advice());
    }

    /** The shape of an array whose size is stated at the present opcode. */
    Shape checkedShape(long[] sizes, ElementType type) throws MalformedFileException {
        return Sizes.check(source, opcodeAt, "shape of a tensor", sizes, type.dtype());
    }
}
