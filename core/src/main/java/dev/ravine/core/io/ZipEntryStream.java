package dev.ravine.core.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/** The unpacked bytes of one entry of a zip archive. It reads no byte of the file beyond the entry's own. */
final class ZipEntryStream {
    private static final int HEADER = 0x04034b50;
    private static final int HEADER_BYTES = 30;
    private static final int BUFFER = 1 << 16;

    private ZipEntryStream() {}

    /** Opens an entry; the channel stays open when the stream is closed. */
    static InputStream open(FileChannel channel, ZipDirectory.Entry entry) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (header.hasRemaining()) {
            if (channel.read(header, entry.header() + header.position()) < 0) {
                throw new EOFException("no header at byte " + entry.header());
            }
        }
        if (header.getInt(0) != HEADER) {
            throw new ZipException("no header at byte " + entry.header());
        }
        int names = (header.getShort(26) & 0xffff) + (header.getShort(28) & 0xffff);
        Packed packed = new Packed(channel, entry.header() + HEADER_BYTES + names, entry.packed());
        return entry.method() == ZipDirectory.STORED ? packed : new Unpacked(packed);
    }

    /** A stretch of a file. */
    private static final class Packed extends InputStream {
        private final FileChannel channel;
        private long at;
        private long left;

        Packed(FileChannel channel, long at, long left) {
            this.channel = channel;
            this.at = at;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int count) throws IOException {
            if (left == 0 || count == 0) {
                return count == 0 ? 0 : -1;
            }
            int got = channel.read(ByteBuffer.wrap(into, from, (int) Math.min(count, left)), at);
            if (got > 0) {
                at += got;
                left -= got;
            }
            return got;
        }
    }

    private static final class Unpacked extends InflaterInputStream {
        private boolean isPadded;

        Unpacked(InputStream packed) {
            super(packed, new Inflater(true), BUFFER);
        }

        /** Raw deflate needs one more byte than there is (see the documentation of Inflater). */
        @Override
        protected void fill() throws IOException {
            len = in.read(buf, 0, buf.length);
            if (len < 0 && !isPadded) {
                isPadded = true;
                buf[0] = 0;
                len = 1;
            } else if (len < 0) {
                throw new EOFException("the compressed data end too early");
            }
            inf.setInput(buf, 0, len);
        }

        @Override
        public void close() throws IOException {
            super.close();
            inf.end();
        }
    }
}
