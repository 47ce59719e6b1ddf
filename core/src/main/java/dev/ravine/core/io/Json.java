package dev.ravine.core.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Small JSON texts, such as settings in the metadata of a file, as Java values: {@code Map<String, Object>} in the
 * order of the text, {@code List<Object>}, {@code String}, {@code Double}, {@code Boolean}, and null.
 */
public final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    /**
     * {@return a value as text}
     *
     * @param value of the types above; every Number is written as a double that reads back exactly
     * @throws IllegalArgumentException if a value has another type, or a number is not finite
     */
    public static String write(Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            write(value, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    private static void write(Object value, JsonGenerator out) throws IOException {
        if (value instanceof Map<?, ?> map) {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeFieldName((String) entry.getKey());
                write(entry.getValue(), out);
            }
            out.writeEndObject();
        } else if (value instanceof List<?> list) {
            out.writeStartArray();
            for (Object element : list) {
                write(element, out);
            }
            out.writeEndArray();
        } else if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            out.writeNumber(number.doubleValue());
        } else if (value instanceof Boolean truth) {
            out.writeBoolean(truth);
        } else if (value instanceof String text) {
            out.writeString(text);
        } else if (value == null) {
            out.writeNull();
        } else {
            throw new IllegalArgumentException("JSON: expected a map, list, text, finite number or truth value, found "
                    + value.getClass().getName() + " " + value);
        }
    }

    /**
     * {@return the value of a text}
     *
     * @param text one JSON value
     * @param where the text stands, for errors
     * @throws MalformedFileException if the text is no JSON, a name occurs twice in a map, or a number is too large
     */
    public static Object read(String text, String where) throws MalformedFileException {
        try (JsonParser in = FACTORY.createParser(text)) {
            Object value = read(in, in.nextToken());
            if (in.nextToken() != null) {
                throw new JsonParseException(in, "more text stands behind the value");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new MalformedFileException(
                    where + ": expected JSON, found " + Quoted.of(text) + " (" + e.getOriginalMessage() + ")", e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** The parser bounds the depth. */
    private static Object read(JsonParser in, JsonToken token) throws IOException {
        if (token == null) {
            throw new JsonParseException(in, "the text ends too early");
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                while (in.nextToken() != JsonToken.END_OBJECT) {
                    map.put(in.currentName(), read(in, in.nextToken()));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY; next = in.nextToken()) {
                    list.add(read(in, next));
                }
                yield list;
            }
            case VALUE_STRING -> in.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> finite(in);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new JsonParseException(in, "unexpected " + token);
        };
    }

    private static double finite(JsonParser in) throws IOException {
        double number = in.getDoubleValue();
        if (Double.isInfinite(number)) {
            throw new JsonParseException(in, "a number is too large for a double");
        }
        return number;
    }
}
