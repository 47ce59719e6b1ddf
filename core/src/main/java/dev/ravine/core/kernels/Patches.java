package dev.ravine.core.kernels;

/**
 * Patches of a batch of images: what each window sees, [rows, columns, channels of a group], one position after the
 * other. A stretch of positions in one output line is put together in a Java array, from the lines of the image that it
 * sees.
 */
final class Patches {
    /** The length of a stretch. This many numbers stay in a processor's second-level cache. */
    private static final int STRETCH = 1 << 14;

    private final ImageWindows windows;
    private final int bytes;
    private final int channels;
    private final int row;
    private final int patch;
    private final boolean isContiguous;

    /**
     * Patches of one group of channels.
     *
     * @param windows over the images
     * @param bytes of a number
     * @param channels of the group
     */
    Patches(ImageWindows windows, int bytes, int channels) {
        this.windows = windows;
        this.bytes = bytes;
        this.channels = channels;
        this.row = windows.columns * channels;
        this.patch = windows.rows * row;
        this.isContiguous = channels == windows.channels && windows.dilationRight == 1;
    }

    /** Writes the patches of some positions, of the channels from one on. */
    void unfold(NativeNumbers image, int first, int positions, int channel, NativeNumbers patches) {
        for (int done = 0; done < positions; ) {
            int count = stretch(first + done, positions - done);
            Line line = PatchMemory.patchLine(image, bytes, count * patch);
            for (int k = 0; k < windows.rows; k++) {
                copyRow(image, first + done, count, k, channel, line);
            }
            patches.write(done * patch, count * patch, line, 0);
            done += count;
        }
    }

    /** Adds the patches of some positions to the images, the transpose of {@link #unfold}. */
    void fold(NativeNumbers patches, int first, int positions, int channel, NativeNumbers image) {
        for (int done = 0; done < positions; ) {
            int count = stretch(first + done, positions - done);
            Line line = PatchMemory.patchLine(image, bytes, count * patch);
            patches.read(done * patch, count * patch, line, 0);
            for (int k = 0; k < windows.rows; k++) {
                addRow(line, first + done, count, k, channel, image);
            }
            done += count;
        }
    }

    private int stretch(int first, int most) {
        int inLine = windows.outWidth - first % windows.outWidth;
        return Math.min(Math.min(most, inLine), Math.max(1, STRETCH / patch));
    }

    /** The part of an image's line that a stretch sees with one row of its windows; columns outside are zeros. */
    private final class Seen {
        final int start;
        final int width;
        final int before;
        final int inside;
        final Line line;

        /** Null in {@link #line} if the whole line is outside of the image. */
        Seen(NativeNumbers image, int first, int count, int k) {
            int outLine = first / windows.outWidth;
            int seen = windows.line(outLine % windows.outHeight, k);
            int column = windows.column(first % windows.outWidth, 0);
            width = (count - 1) * windows.strideRight + (windows.columns - 1) * windows.dilationRight + 1;
            before = Math.min(width, Math.max(0, -column));
            inside = Math.max(0, Math.min(column + width, windows.width) - (column + before));
            int imageLine = outLine / windows.outHeight * windows.height + seen;
            start = (imageLine * windows.width + column + before) * windows.channels;
            line = windows.hasLine(seen) ? PatchMemory.imageLine(image, bytes, width * windows.channels) : null;
            if (line != null) {
                line.zero(0, before * windows.channels);
                if (inside > 0) {
                    image.read(start, inside * windows.channels, line, before * windows.channels);
                }
                int end = (before + inside) * windows.channels;
                line.zero(end, width * windows.channels - end);
            }
        }

        void writeBack(NativeNumbers image) {
            if (inside > 0) {
                image.write(start, inside * windows.channels, line, before * windows.channels);
            }
        }
    }

    private void copyRow(NativeNumbers image, int first, int count, int k, int channel, Line patches) {
        Seen seen = new Seen(image, first, count, k);
        int step = windows.strideRight * windows.channels;
        if (seen.line == null) {
            for (int p = 0; p < count; p++) {
                patches.zero(p * patch + k * row, row);
            }
        } else if (isContiguous) {
            seen.line.copy(0, step, patches, k * row, patch, count, row);
        } else {
            for (int tap = 0; tap < windows.columns; tap++) {
                int from = tap * windows.dilationRight * windows.channels + channel;
                seen.line.copy(from, step, patches, k * row + tap * channels, patch, count, channels);
            }
        }
    }

    private void addRow(Line patches, int first, int count, int k, int channel, NativeNumbers image) {
        Seen seen = new Seen(image, first, count, k);
        int step = windows.strideRight * windows.channels;
        if (seen.line == null) {
            return;
        }
        if (isContiguous) {
            patches.addTo(k * row, patch, seen.line, 0, step, count, row);
        } else {
            for (int tap = 0; tap < windows.columns; tap++) {
                int to = tap * windows.dilationRight * windows.channels + channel;
                patches.addTo(k * row + tap * channels, patch, seen.line, to, step, count, channels);
            }
        }
        seen.writeBack(image);
    }
}
