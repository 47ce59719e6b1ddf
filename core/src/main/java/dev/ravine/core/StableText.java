package dev.ravine.core;

import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Values as text that is the same in every process, so that a setting can be saved and compared later. Equal text means
 * equal settings, as far as a value can be seen from outside: a record is known by its components, an array by its
 * numbers, a lambda by the class that it was written in.
 */
public final class StableText {
    private StableText() {}

    /**
     * {@return the text of a value}
     *
     * @param value a number, text, constant, record, collection, map or array of such values; any other object is known
     *     by its {@code toString}, or by its class if it has none of its own; null is {@code none}
     */
    public static String of(Object value) {
        if (value == null) {
            return "none";
        } else if (value instanceof Double || value instanceof Float) {
            return number(((Number) value).doubleValue());
        } else if (value instanceof Enum<?> constant) {
            return constant.name();
        } else if (value instanceof Record record) {
            return record(record);
        } else if (value instanceof Set<?> all) {
            return all.stream().map(StableText::of).sorted().toList().toString();
        } else if (value instanceof Collection<?> all) {
            return list(all.toArray());
        } else if (value instanceof Map<?, ?> map) {
            Map<String, String> sorted = new TreeMap<>();
            map.forEach((key, each) -> sorted.put(of(key), of(each)));
            return sorted.toString();
        } else if (value instanceof INDArray array) {
            return numbers(array);
        } else if (value instanceof Object[] array) {
            return list(array);
        } else if (value.getClass().isArray()) {
            return Arrays.deepToString(new Object[] {value});
        }
        return object(value);
    }

    /**
     * {@return the texts of named values, sorted by name}
     *
     * @param values by name
     */
    public static Map<String, String> ofAll(Map<String, ?> values) {
        Map<String, String> texts = new TreeMap<>();
        Check.noNullNamesIn("the values", values).forEach((name, value) -> texts.put(name, of(value)));
        return texts;
    }

    /**
     * {@return a number that reads back exactly, whole numbers without a fraction}
     *
     * @param value any
     */
    public static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /**
     * {@return eight hexadecimal digits that differ for different numbers, almost certainly}
     *
     * @param values in order; their bits count
     */
    public static String digest(double... values) {
        CRC32 crc = new CRC32();
        for (double value : values) {
            add(crc, value);
        }
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    private static void add(CRC32 crc, double value) {
        long bits = Double.doubleToLongBits(value);
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            crc.update((int) (bits >>> shift) & 0xff);
        }
    }

    private static String numbers(INDArray array) {
        CRC32 crc = new CRC32();
        Elements elements = Elements.of(Arena.dense(array));
        for (int i = 0; i < elements.size(); i++) {
            add(crc, elements.get(i));
        }
        return DType.of(array) + " " + Shape.of(array) + " with numbers "
                + HexFormat.of().toHexDigits((int) crc.getValue());
    }

    private static String list(Object[] values) {
        StringJoiner text = new StringJoiner(", ", "[", "]");
        for (Object value : values) {
            text.add(of(value));
        }
        return text.toString();
    }

    private static String record(Record record) {
        StringJoiner text = new StringJoiner(", ", record.getClass().getSimpleName() + "(", ")");
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                text.add(component.getName() + "=" + of(component.getAccessor().invoke(record)));
            } catch (ReflectiveOperationException | InaccessibleObjectException e) {
                return object(record);
            }
        }
        return text.toString();
    }

    /** Without the address that ends the text of an object that has no text of its own. */
    private static String object(Object value) {
        String name = value.getClass().getName();
        int hidden = name.indexOf("$$Lambda");
        if (hidden >= 0) {
            return "a lambda in " + name.substring(0, hidden);
        }
        try {
            boolean isOwn = value.getClass().getMethod("toString").getDeclaringClass() != Object.class;
            return isOwn ? value.toString() : "a " + name;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every class has toString", e);
        }
    }
}
