package dev.ravine.core.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.ravine.core.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The header of a safetensors file, checked: a JSON object from the name of each tensor to its dtype, shape and place.
 *
 * @param tensors in the order of the header
 * @param metadata text by key
 */
record SafetensorsHeader(List<Tensor> tensors, Map<String, String> metadata) {
    /** The format's limit, in bytes. */
    static final int LONGEST = 100_000_000;

    private static final String METADATA = "__metadata__";
    private static final String DTYPE = "dtype";
    private static final String SHAPE = "shape";
    private static final String OFFSETS = "data_offsets";
    private static final Map<String, ElementType> TYPES =
            Arrays.stream(ElementType.values()).collect(Collectors.toMap(ElementType::name, type -> type));

    /** An object of objects with arrays of numbers is three deep. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names from files must not stay in tables that outlive the file.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(3)
                    .maxNumberLength(20)
                    .maxStringLength(LONGEST)
                    .build())
            .build();

    /**
     * One tensor's entry.
     *
     * @param name its key
     * @param type its elements
     * @param shape its shape
     * @param begin its first byte, counted from the end of the header
     * @param end the byte after its last one
     * @param at the byte of the file at which its place is stated
     */
    record Tensor(String name, ElementType type, Shape shape, long begin, long end, long at) {}

    /** The tensors in the order of their numbers in the file. */
    List<Tensor> inOrderOfPlace() {
        return tensors.stream()
                .sorted(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end))
                .toList();
    }

    /** Reads a header of a given length; the source has at least that many bytes left. */
    static SafetensorsHeader parse(ByteSource source, int length) throws IOException {
        long start = source.offset();
        ByteBuffer bytes = source.numbers(length, "header");
        if (bytes.get(0) != '{') {
            throw source.malformed(
                    start,
                    "header",
                    "'{' as its first byte",
                    String.format(Locale.ROOT, "0x%02x", bytes.get(0)),
                    "this is no safetensors file, or it is damaged: check that the right file is given");
        }
        SafetensorsHeader header = new Parsing(source, start, decode(source, start, bytes)).header();
        header.checkPlaces(source);
        return header;
    }

    private static String decode(ByteSource source, long start, ByteBuffer bytes) throws IOException {
        CharBuffer text = CharBuffer.allocate(bytes.remaining());
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(bytes, text, true);
        if (result.isError()) {
            throw source.malformed(
                    start + bytes.position(),
                    "header",
                    "text in UTF-8",
                    String.format(Locale.ROOT, "0x%02x", bytes.get(bytes.position())),
                    ByteSource.DAMAGED);
        }
        return text.flip().toString();
    }

    /** Checks that the tensors cover the rest of the file, without gaps or overlaps. */
    private void checkPlaces(ByteSource source) throws MalformedFileException {
        long covered = 0;
        for (Tensor tensor : inOrderOfPlace()) {
            if (tensor.begin != covered) {
                throw source.malformed(
                        tensor.at,
                        OFFSETS + " of tensor " + Quoted.of(tensor.name),
                        "data that begins at " + covered + ", where the tensor before it ends",
                        "[" + tensor.begin + ", " + tensor.end + "]",
                        "tensors must follow each other without gaps or overlaps; " + ByteSource.DAMAGED);
            }
            covered = tensor.end;
        }
        if (covered != source.remaining()) {
            throw source.malformed(
                    source.offset(),
                    "data of all tensors",
                    covered + " bytes, as the header announces,",
                    source.remaining() + " bytes",
                    ByteSource.DAMAGED);
        }
    }

    /** The bytes of a header, padded with spaces so that the data begins at a multiple of 8. */
    static byte[] render(List<Map.Entry<String, INDArray>> arrays, Map<String, String> metadata, FloatFormat format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                renderMetadata(json, metadata);
            }
            long begin = 0;
            for (Map.Entry<String, INDArray> entry : arrays) {
                begin = render(json, entry.getKey(), entry.getValue(), format, begin);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        while (bytes.size() % Long.BYTES != 0) {
            bytes.write(' ');
        }
        if (bytes.size() > LONGEST) {
            throw new IllegalArgumentException("the header of " + arrays.size() + " arrays and " + metadata.size()
                    + " texts of metadata has " + bytes.size() + " bytes, the limit of the safetensors format is "
                    + LONGEST + "; use shorter texts or several files");
        }
        return bytes.toByteArray();
    }

    private static void renderMetadata(JsonGenerator json, Map<String, String> metadata) throws IOException {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
            Names.checkEncodable("metadata key", entry.getKey());
            Names.checkEncodable("the metadata of key " + Quoted.of(entry.getKey()) + ",", entry.getValue());
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private static long render(JsonGenerator json, String name, INDArray array, FloatFormat format, long begin)
            throws IOException {
        Names.checkEncodable("array name", name);
        if (name.equals(METADATA)) {
            throw new IllegalArgumentException(
                    "'" + METADATA + "' cannot name an array: the safetensors format keeps it for metadata");
        }
        long end = begin + ArrayBytes.count(array, format);
        json.writeObjectFieldStart(name);
        json.writeStringField(DTYPE, ArrayBytes.type(array, format).name());
        json.writeFieldName(SHAPE);
        json.writeArray(array.shape(), 0, array.rank());
        json.writeFieldName(OFFSETS);
        json.writeArray(new long[] {begin, end}, 0, 2);
        json.writeEndObject();
        return end;
    }

    /** One pass over the JSON of one header. */
    private static final class Parsing {
        private final ByteSource source;
        private final long start;
        private final String text;
        private JsonParser json;
        private int countedCharacters;
        private long countedBytes;

        Parsing(ByteSource source, long start, String text) {
            this.source = source;
            this.start = start;
            this.text = text;
        }

        SafetensorsHeader header() throws IOException {
            try (JsonParser parser = JSON.createParser(text)) {
                json = parser;
                List<Tensor> tensors = new ArrayList<>();
                Map<String, String> metadata = Map.of();
                json.nextToken();
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    if (name.equals(METADATA)) {
                        metadata = metadata();
                    } else {
                        tensors.add(tensor(name));
                    }
                }
                if (json.nextToken() != null) {
                    throw unexpected("header", "nothing but spaces after the last '}'");
                }
                return new SafetensorsHeader(tensors, metadata);
            } catch (JsonProcessingException e) {
                JsonLocation place = e.getLocation() == null ? json.currentLocation() : e.getLocation();
                MalformedFileException malformed = source.malformed(
                        byteAt(place.getCharOffset()),
                        "header",
                        "a JSON object of tensors with distinct keys",
                        "broken JSON (" + Quoted.of(String.valueOf(e.getOriginalMessage())) + ")",
                        ByteSource.DAMAGED);
                malformed.initCause(e);
                throw malformed;
            }
        }

        private Map<String, String> metadata() throws IOException {
            expect(JsonToken.START_OBJECT, METADATA, "an object of texts");
            Map<String, String> metadata = new LinkedHashMap<>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                String field = METADATA + " of key " + Quoted.of(key);
                expect(JsonToken.VALUE_STRING, field, "a text");
                // The parser checks names, but not values.
                if (!Names.isEncodable(json.getText())) {
                    throw unexpected(field, "text without half of a surrogate pair");
                }
                metadata.put(key, json.getText());
            }
            return Collections.unmodifiableMap(metadata);
        }

        private Tensor tensor(String name) throws IOException {
            String of = " of tensor " + Quoted.of(name);
            expect(JsonToken.START_OBJECT, "entry" + of, "an object of " + DTYPE + ", " + SHAPE + " and " + OFFSETS);
            ElementType type = null;
            long[] sizes = null;
            long[] offsets = null;
            long shapeAt = 0;
            long offsetsAt = 0;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                switch (json.currentName()) {
                    case DTYPE -> type = type(DTYPE + of);
                    case SHAPE -> {
                        shapeAt = byteAt(at());
                        sizes = integers(SHAPE + of);
                    }
                    case OFFSETS -> {
                        offsetsAt = byteAt(at());
                        offsets = integers(OFFSETS + of);
                    }
                    default ->
                        throw unexpected(
                                "entry" + of, "the fields " + DTYPE + ", " + SHAPE + " and " + OFFSETS + " only");
                }
            }
            if (type == null || sizes == null || offsets == null) {
                String missing = type == null ? DTYPE : sizes == null ? SHAPE : OFFSETS;
                throw unexpected("entry" + of, "a field " + missing);
            }
            Shape shape = Sizes.check(source, shapeAt, SHAPE + of, sizes, type.dtype());
            checkOffsets(offsets, offsetsAt, OFFSETS + of, shape.count() * type.bytes());
            return new Tensor(name, type, shape, offsets[0], offsets[1], offsetsAt);
        }

        private ElementType type(String field) throws IOException {
            expect(JsonToken.VALUE_STRING, field, "a text");
            ElementType type = TYPES.get(json.getText());
            if (type == null) {
                throw source.malformed(
                        byteAt(at()),
                        field,
                        "a dtype that Ravine reads (F32, F64, F16, BF16, BOOL, or integers except U64)",
                        Quoted.of(json.getText()),
                        "convert the tensor to one of these before it is saved");
            }
            return type;
        }

        private long[] integers(String field) throws IOException {
            expect(JsonToken.START_ARRAY, field, "an array of integers");
            long[] integers = new long[2];
            int count = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                boolean small = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
                if (!small) {
                    throw unexpected(field, "an array of integers below 2^63");
                }
                if (count == integers.length) {
                    integers = Arrays.copyOf(integers, 2 * count);
                }
                integers[count++] = json.getLongValue();
            }
            return Arrays.copyOf(integers, count);
        }

        private void checkOffsets(long[] offsets, long at, String field, long bytes) throws MalformedFileException {
            if (offsets.length != 2
                    || offsets[0] < 0
                    || offsets[0] > offsets[1]
                    || offsets[1] - offsets[0] != bytes
                    || offsets[1] > source.remaining()) {
                throw source.malformed(
                        at,
                        field,
                        "a begin and an end " + bytes + " bytes apart, as dtype and shape say, from 0 to the "
                                + source.remaining() + " bytes of data that the file has",
                        Arrays.toString(offsets),
                        ByteSource.DAMAGED);
            }
        }

        private void expect(JsonToken token, String field, String expected) throws IOException {
            if (json.nextToken() != token) {
                throw unexpected(field, expected);
            }
        }

        private MalformedFileException unexpected(String field, String expected) throws IOException {
            String found = json.currentToken() == null ? "the end of the header" : Quoted.of(json.getText());
            return source.malformed(byteAt(at()), field, expected, found, ByteSource.DAMAGED);
        }

        private long at() {
            return json.currentTokenLocation().getCharOffset();
        }

        /**
         * The byte of the file at which a character of the header is; cheap where characters are asked for in order.
         */
        private long byteAt(long character) {
            if (character < countedCharacters) {
                countedCharacters = 0;
                countedBytes = 0;
            }
            for (; countedCharacters < Math.min(character, text.length()); countedCharacters++) {
                char c = text.charAt(countedCharacters);
                // A surrogate pair has 4 bytes.
                countedBytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
            }
            return start + countedBytes;
        }
    }
}
