package dev.ravine.core.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * The unpacked bytes of gzip data, which may be several members in a row (RFC 1952). Members without contents are
 * passed over one after another, while the JDK's {@code GZIPInputStream} calls itself once for each of them.
 */
final class Gunzip extends InputStream {
    static final int FIRST = 0x1f;
    static final int SECOND = 0x8b;

    private static final int DEFLATE = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;
    private static final int AFTER_FLAGS = 6;

    private final InputStream packed;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int limit;

    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private boolean isEnded;
    private boolean hasTrailingBytes;

    /** Reads the first header. */
    Gunzip(InputStream packed) throws IOException {
        this.packed = packed;
        if (next() != FIRST || next() != SECOND) {
            throw new ZipException("it does not begin as gzip does");
        }
        readHeader();
    }

    /** Whether bytes that are no member stand behind the last one, once the end has been read. */
    boolean hasTrailingBytes() {
        return hasTrailingBytes;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
        while (!isEnded && most > 0) {
            int got = inflate(into, from, most);
            if (got > 0) {
                checksum.update(into, from, got);
                return got;
            }
            if (inflater.finished()) {
                at = limit - inflater.getRemaining();
                readTrailer();
                readNextHeader();
            } else if (inflater.needsDictionary()) {
                throw new ZipException("it needs a dictionary, which gzip does not have");
            } else if (!fill()) {
                throw new EOFException("the compressed data end too early");
            } else {
                inflater.setInput(buffer, 0, limit);
            }
        }
        return most == 0 ? 0 : -1;
    }

    private int inflate(byte[] into, int from, int most) throws ZipException {
        try {
            return inflater.inflate(into, from, most);
        } catch (DataFormatException e) {
            ZipException broken = new ZipException(e.getMessage());
            broken.initCause(e);
            throw broken;
        }
    }

    /** What follows the magic number. */
    private void readHeader() throws IOException {
        checksum.reset();
        checksum.update(FIRST);
        checksum.update(SECOND);
        int method = next();
        int flags = next();
        if (method != DEFLATE || (flags & RESERVED) != 0) {
            throw new ZipException("expected method 8 and flags below 32, found " + method + " and " + flags);
        }
        skip(AFTER_FLAGS);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC) != 0) {
            int expected = (int) checksum.getValue() & 0xffff;
            if ((next() | next() << 8) != expected) {
                throw new ZipException("a header does not have its checksum");
            }
        }
        checksum.reset();
        inflater.reset();
        inflater.setInput(buffer, at, limit - at);
    }

    private void readTrailer() throws IOException {
        long found = checksum.getValue();
        long size = inflater.getBytesWritten() & 0xffff_ffffL;
        if (littleEndianInt() != found || littleEndianInt() != size) {
            throw new ZipException("the unpacked data do not have their checksum and size");
        }
    }

    private void readNextHeader() throws IOException {
        if (at == limit && !fill()) {
            isEnded = true;
        } else if (next() == FIRST && (at < limit || fill()) && next() == SECOND) {
            readHeader();
        } else {
            isEnded = true;
            hasTrailingBytes = true;
        }
    }

    private long littleEndianInt() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    /** Text ends with a zero. */
    private void skipText() throws IOException {
        int last;
        do {
            last = next();
        } while (last != 0);
    }

    /** One packed byte. */
    private int next() throws IOException {
        if (at == limit && !fill()) {
            throw new EOFException("the compressed data end too early");
        }
        int next = buffer[at++] & 0xff;
        checksum.update(next);
        return next;
    }

    private boolean fill() throws IOException {
        at = 0;
        limit = Math.max(0, packed.read(buffer, 0, buffer.length));
        return limit > 0;
    }

    /** Gives back the native memory; the packed stream stays open. */
    @Override
    public void close() {
        inflater.end();
    }
}
