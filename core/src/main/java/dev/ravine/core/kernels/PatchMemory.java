package dev.ravine.core.kernels;

/** Memory of one thread for patches, of one size whatever the batch. Any use may overwrite it. */
final class PatchMemory {
    /**
     * Bytes of patches that are multiplied at once. Large enough that a product reaches its speed, small enough to stay
     * in a processor's own cache.
     */
    private static final int BYTES = 1 << 20;

    private static final ThreadLocal<PatchMemory> OF_THREAD = ThreadLocal.withInitial(PatchMemory::new);

    private NativeNumbers singles;
    private NativeNumbers doubles;

    private final Line[] lines = new Line[4];

    private PatchMemory() {}

    /** The numbers of an image that one stretch of patches sees in a line. */
    static Line imageLine(NativeNumbers like, int bytes, int count) {
        return line(0, like, bytes, count);
    }

    /** A stretch of patches. */
    static Line patchLine(NativeNumbers like, int bytes, int count) {
        return line(1, like, bytes, count);
    }

    private static Line line(int which, NativeNumbers like, int bytes, int count) {
        Line[] lines = OF_THREAD.get().lines;
        int at = bytes == Float.BYTES ? which : which + 2;
        if (lines[at] == null || lines[at].size() < count) {
            lines[at] = like.newLine(count);
        }
        return lines[at];
    }

    /**
     * {@return how many patches fit}
     *
     * @param width the numbers of a patch, of at most 8 bytes each
     * @param bytes of a number
     */
    static int capacity(int width, int bytes) {
        return Math.max(1, BYTES / bytes / width);
    }

    /**
     * {@return the memory of this thread; it grows only if not even one patch fits}
     *
     * @param like says the type
     * @param bytes of a number
     * @param count the numbers needed
     */
    static NativeNumbers ofThread(NativeNumbers like, int bytes, int count) {
        PatchMemory own = OF_THREAD.get();
        boolean isSingle = bytes == Float.BYTES;
        NativeNumbers memory = isSingle ? own.singles : own.doubles;
        if (memory == null || memory.size() < count) {
            memory = like.allocate(Math.max(count, BYTES / bytes));
            own.singles = isSingle ? memory : own.singles;
            own.doubles = isSingle ? own.doubles : memory;
        }
        return memory;
    }
}
