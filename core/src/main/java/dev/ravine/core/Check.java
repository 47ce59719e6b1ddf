package dev.ravine.core;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Ranges of settings: each method returns the value, or throws {@link IllegalArgumentException} that names the setting.
 */
public final class Check {
    /** The elements of the longest array of every Java machine. */
    private static final int LONGEST = Integer.MAX_VALUE - 8;

    private Check() {}

    /**
     * Refuses an array that cannot be read or written as a flat vector of a size.
     *
     * @param what names it in the error, such as {@code theta}
     * @param vector dense
     * @param dtype that it must have
     * @param size the number of elements that it must have
     * @throws ShapeException if dtype or size differ
     */
    public static void vector(String what, INDArray vector, DType dtype, long size) {
        if (vector.length() != size || DType.of(vector) != dtype) {
            throw new ShapeException(what + " must be a vector of " + size + " " + dtype + " elements, found "
                    + DType.of(vector) + " " + Shape.of(vector));
        }
    }

    /**
     * {@return an unmodifiable copy of a list without nulls}
     *
     * @param what its elements are, in the plural, such as {@code the parameters}
     * @param elements any
     * @param <T> their type
     * @throws NullPointerException if the list or one of its elements is null
     */
    public static <T> List<T> noNulls(String what, Collection<? extends T> elements) {
        Objects.requireNonNull(elements, what);
        int at = 0;
        for (T each : elements) {
            if (each == null) {
                throw new NullPointerException(
                        what + " must not be null, but number " + at + " of " + elements.size() + " is");
            }
            at++;
        }
        return List.copyOf(elements);
    }

    /**
     * {@return the same array, which has no nulls}
     *
     * @param what its elements are, in the plural, such as {@code the parameters}
     * @param elements any
     * @param <T> their type
     * @throws NullPointerException if the array or one of its elements is null
     */
    public static <T> T[] noNullsIn(String what, T[] elements) {
        Objects.requireNonNull(elements, what);
        for (int i = 0; i < elements.length; i++) {
            if (elements[i] == null) {
                throw new NullPointerException(
                        what + " must not be null, but number " + i + " of " + elements.length + " is");
            }
        }
        return elements;
    }

    /**
     * {@return the same map, which has no nulls}
     *
     * @param what its values are, in the plural, such as {@code the arrays}
     * @param entries any
     * @param <K> the type of keys
     * @param <V> the type of values
     * @throws NullPointerException if the map, one of its keys or one of its values is null
     */
    public static <K, V> Map<K, V> noNullsIn(String what, Map<K, V> entries) {
        noNullNamesIn(what, entries).forEach((key, value) -> {
            if (value == null) {
                throw new NullPointerException(what + " must not be null, but that of '" + key + "' is");
            }
        });
        return entries;
    }

    /**
     * {@return the same map, whose values may be null, but none of its keys}
     *
     * @param what its values are, in the plural, such as {@code the settings}
     * @param entries any
     * @param <K> the type of keys
     * @param <V> the type of values
     * @throws NullPointerException if the map or one of its keys is null
     */
    public static <K, V> Map<K, V> noNullNamesIn(String what, Map<K, V> entries) {
        Objects.requireNonNull(entries, what);
        for (K key : entries.keySet()) {
            if (key == null) {
                throw new NullPointerException("the names of " + what + " must not be null, but one is");
            }
        }
        return entries;
    }

    /**
     * {@return a positive finite number}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static double positive(String what, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must be positive and finite, found " + value);
        }
        return value;
    }

    /**
     * {@return a number above 0, up to 1}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static double share(String what, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException(what + " must be above 0 and at most 1, found " + value);
        }
        return value;
    }

    /**
     * {@return a number from 0 to below 1}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static double fraction(String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(what + " must be from 0 to below 1, found " + value);
        }
        return value;
    }

    /**
     * {@return a finite number of at least 1}
     *
     * @param what the name of the setting
     * @param factor its value
     */
    public static double growth(String what, double factor) {
        if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must be at least 1 and finite, found " + factor);
        }
        return factor;
    }

    /**
     * {@return a number of at least 0}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static int notNegative(String what, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(what + " must not be negative, found " + value);
        }
        return value;
    }

    /**
     * {@return a finite number of at least 0}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static double notNegative(String what, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must not be negative and must be finite, found " + value);
        }
        return value;
    }

    /**
     * {@return a number of at least 1}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static long atLeastOne(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, found " + value);
        }
        return value;
    }

    /**
     * {@return a number of at least 1}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static int atLeastOne(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, found " + value);
        }
        return value;
    }

    /**
     * {@return a length that an array may have}
     *
     * @param what it counts, in the plural, such as {@code examples}
     * @param length any number, before a product of it can overflow
     * @param bytes of an element
     * @throws IllegalArgumentException if it is negative, beyond Java's longest array, 2^31 - 9 elements, or if the
     *     heap could never hold so many, saying how many are possible
     */
    public static int arrayLength(String what, long length, int bytes) {
        long heap = Runtime.getRuntime().maxMemory();
        if (length < 0 || length > LONGEST) {
            throw new IllegalArgumentException(
                    what + " must be from 0 to " + LONGEST + ", the length of Java's longest array, found " + length);
        }
        if (length > heap / bytes) {
            throw new IllegalArgumentException(what + " must be at most " + heap / bytes + ", of " + bytes
                    + " bytes each, to fit into a heap of " + (heap >> 20) + " MiB, found " + length
                    + "; a larger heap (-Xmx) holds more");
        }
        return (int) length;
    }

    /**
     * {@return an index}
     *
     * @param what it counts, in the singular, such as {@code column}
     * @param index from 0
     * @param size how many there are
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public static int index(String what, int index, int size) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException(what + " " + index + " is outside of 0.." + (size - 1));
        }
        return index;
    }

    /**
     * {@return the largest order of an explicit matrix, from 1 to 16,383; a square matrix of doubles of that order
     * fills the largest array}
     *
     * @param value the limit
     */
    public static int order(int value) {
        if (value < 1 || value > 16_383) {
            throw new IllegalArgumentException("the limit must be from 1 to 16383, found " + value);
        }
        return value;
    }

    /**
     * {@return a whole number in a range}
     *
     * @param what the name of the number
     * @param value its value
     * @param least included
     * @param most included, at most 2^53, up to which all whole numbers are doubles
     */
    public static long whole(String what, double value, long least, long most) {
        if (!(value == Math.rint(value) && value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    what + " must be a whole number from " + least + " to " + most + ", found " + value);
        }
        return (long) value;
    }
}
