package dev.ravine.core.data;

import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads text in UTF-8. */
public final class TextFile {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private TextFile() {}

    /**
     * {@return the whole text of a file, without a byte order mark; ends of lines are {@code \n}, however they are
     * written}
     *
     * @param file to read, at most 2 GB
     * @throws MalformedFileException if it is not UTF-8, naming the place
     * @throws IOException if it cannot be read
     */
    public static String read(Path file) throws IOException {
        return decode(Files.readAllBytes(file), file.toString());
    }

    /**
     * {@return the text of some bytes, as {@link #read} gives it}
     *
     * @param bytes UTF-8
     * @param name of their source, for errors
     * @throws MalformedFileException if they are not UTF-8, naming the place
     */
    public static String decode(byte[] bytes, String name) throws MalformedFileException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw new MalformedFileException(name + ", byte " + in.position() + ": expected UTF-8, found byte 0x"
                    + Integer.toHexString(bytes[in.position()] & 0xff) + "; convert the file to UTF-8");
        }
        decoder.flush(out);
        String text = out.flip().toString();
        String marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
        return marked.indexOf('\r') < 0 ? marked : marked.replace("\r\n", "\n").replace('\r', '\n');
    }
}
