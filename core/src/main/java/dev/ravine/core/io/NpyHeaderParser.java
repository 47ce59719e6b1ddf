package dev.ravine.core.io;

import dev.ravine.core.Shape;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the dictionary of an npy header. It is a Python literal; this parser knows only the literals that describe an
 * array: one dictionary of a string, a bool and a tuple of integers.
 */
final class NpyHeaderParser {
    private static final String DESCR = "descr";
    private static final String FORTRAN_ORDER = "fortran_order";
    private static final String SHAPE = "shape";

    private static final String LENGTH = "length of the header";

    /** Headers of plain arrays have a few hundred bytes; longer ones describe records. */
    private static final int LONGEST = 1 << 16;

    private final ByteSource source;
    private final long start;
    private final byte[] text;
    private int at;

    private String descr;
    private int descrAt;
    private Boolean fortran;
    private long[] sizes;
    private int sizesAt;

    /** The text is the source's content from byte start on. */
    private NpyHeaderParser(ByteSource source, long start, byte[] text) {
        this.source = source;
        this.start = start;
        this.text = text;
    }

    /** Reads a header up to the first number of the array. */
    static NpyHeader read(ByteSource source) throws IOException {
        byte[] start = source.take(NpyHeader.MAGIC.length + 2, "magic number and version");
        byte[] magic = Arrays.copyOf(start, NpyHeader.MAGIC.length);
        if (!Arrays.equals(magic, NpyHeader.MAGIC)) {
            throw source.malformed(
                    0,
                    "magic number",
                    "0x93 'NUMPY'",
                    Quoted.of(new String(magic, StandardCharsets.ISO_8859_1)),
                    "this is no npy file: check that the right file is given");
        }
        int major = start[NpyHeader.MAGIC.length];
        int minor = start[NpyHeader.MAGIC.length + 1];
        if (major < 1 || major > 3 || minor != 0) {
            throw source.malformed(
                    NpyHeader.MAGIC.length,
                    "version",
                    "1.0, 2.0 or 3.0",
                    (major & 0xff) + "." + (minor & 0xff),
                    "save the array in one of these versions");
        }
        long at = source.offset();
        long length = major == 1
                ? Short.toUnsignedLong(source.numbers(Short.BYTES, LENGTH).getShort())
                : Integer.toUnsignedLong(source.numbers(Integer.BYTES, LENGTH).getInt());
        long limit = Math.min(source.remaining(), LONGEST);
        if (length > limit) {
            throw source.malformed(
                    at,
                    LENGTH,
                    "at most " + limit + " bytes (the file has " + source.remaining() + " more, and plain arrays need"
                            + " no more than " + LONGEST + ")",
                    String.valueOf(length),
                    ByteSource.DAMAGED);
        }
        long textAt = source.offset();
        return new NpyHeaderParser(source, textAt, source.take((int) length, "header")).parse();
    }

    private NpyHeader parse() throws MalformedFileException {
        expect("header", "{");
        while (!accept("}")) {
            entry();
            if (!accept(",")) {
                expect("header", "}");
                break;
            }
        }
        if (at != text.length - 1 || text[at] != '\n') {
            throw unexpected("header", "spaces and one line feed after the last '}'");
        }
        if (descr == null || fortran == null || sizes == null) {
            String missing = descr == null ? DESCR : fortran == null ? FORTRAN_ORDER : SHAPE;
            throw unexpected("header", "a key '" + missing + "'");
        }
        ElementType type = type();
        Shape shape = Sizes.check(source, start + sizesAt, SHAPE, sizes, type.dtype());
        return new NpyHeader(type, byteOrder(type), fortran, shape);
    }

    private void entry() throws MalformedFileException {
        int keyAt = at;
        String key = string("header", "a key in quotes");
        expect("header", ":");
        boolean again = switch (key) {
            case DESCR -> {
                boolean seen = descr != null;
                descrAt = at;
                descr = string(DESCR, "one type in quotes, since records and other structures are not read,");
                yield seen;
            }
            case FORTRAN_ORDER -> {
                boolean seen = fortran != null;
                fortran = bool();
                yield seen;
            }
            case SHAPE -> {
                boolean seen = sizes != null;
                sizesAt = at;
                sizes = tuple();
                yield seen;
            }
            default -> {
                at = keyAt;
                throw unexpected(
                        "header", "the keys '" + DESCR + "', '" + FORTRAN_ORDER + "' and '" + SHAPE + "' only");
            }
        };
        if (again) {
            at = keyAt;
            throw unexpected("header", "each key once");
        }
    }

    private ElementType type() throws MalformedFileException {
        for (ElementType type : ElementType.values()) {
            boolean known = descr.length() == 3
                    && descr.substring(1).equals(type.npy())
                    && (type.bytes() == 1 ? "|<>" : "<>").indexOf(descr.charAt(0)) >= 0;
            if (known) {
                return type;
            }
        }
        throw source.malformed(
                start + descrAt,
                DESCR,
                "f4, f8, f2, i8, i4, i2, u4 or u2 after '<' or '>', or '|i1', '|u1' or '|b1'",
                Quoted.of(descr),
                "convert the array with astype('<f4'), astype('<f8') or astype('<i8') before it is saved");
    }

    private ByteOrder byteOrder(ElementType type) {
        return type.bytes() > 1 && descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /** Text without escapes; no accepted name has any. */
    private String string(String field, String expected) throws MalformedFileException {
        int quote = at < text.length ? text[at] : 0;
        if (quote != '\'' && quote != '"') {
            throw unexpected(field, expected);
        }
        int end = at + 1;
        while (end < text.length && text[end] != quote && text[end] != '\\' && text[end] != '\n') {
            end++;
        }
        if (end == text.length || text[end] != quote) {
            at = end;
            throw unexpected(field, "the end of a text in quotes");
        }
        String string = new String(text, at + 1, end - at - 1, StandardCharsets.ISO_8859_1);
        at = end + 1;
        skipSpaces();
        return string;
    }

    private boolean bool() throws MalformedFileException {
        if (accept("True")) {
            return true;
        }
        if (accept("False")) {
            return false;
        }
        throw unexpected(FORTRAN_ORDER, "True or False");
    }

    /** A tuple of one number ends with a comma, since (3) is a number in Python. */
    private long[] tuple() throws MalformedFileException {
        expect(SHAPE, "(");
        long[] numbers = new long[4];
        int count = 0;
        while (!accept(")")) {
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * count);
            }
            numbers[count++] = integer();
            boolean comma = accept(",");
            if (!comma && count == 1) {
                throw unexpected(SHAPE, "a comma after the only size");
            }
            if (!comma) {
                expect(SHAPE, ")");
                break;
            }
        }
        return Arrays.copyOf(numbers, count);
    }

    private long integer() throws MalformedFileException {
        int first = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        String digits = new String(text, first, at - first, StandardCharsets.US_ASCII);
        boolean number = !digits.isEmpty() && (digits.equals("0") || digits.charAt(0) != '0');
        try {
            if (number) {
                long value = Long.parseLong(digits);
                skipSpaces();
                return value;
            }
        } catch (NumberFormatException e) {
            // Beyond 2^63: falls through to the error.
        }
        at = first;
        throw unexpected(SHAPE, "a size from 0, below 2^63, in digits");
    }

    private void expect(String field, String token) throws MalformedFileException {
        if (!accept(token)) {
            throw unexpected(field, "'" + token + "'");
        }
    }

    private boolean accept(String token) {
        if (!new String(text, at, Math.min(token.length(), text.length - at), StandardCharsets.ISO_8859_1)
                .equals(token)) {
            return false;
        }
        at += token.length();
        skipSpaces();
        return true;
    }

    private void skipSpaces() {
        while (at < text.length && text[at] == ' ') {
            at++;
        }
    }

    private MalformedFileException unexpected(String field, String expected) {
        String found = at >= text.length
                ? "the end of the header"
                : Quoted.of(new String(text, at, Math.min(24, text.length - at), StandardCharsets.ISO_8859_1));
        return source.malformed(
                start + at, field, expected, found, "save the array with numpy.save, or read it with NumPy first");
    }
}
