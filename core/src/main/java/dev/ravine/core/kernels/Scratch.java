package dev.ravine.core.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** Small arrays of one thread, which stay in its processor's first-level cache. Any use may overwrite them. */
final class Scratch {
    /** Elements of a chunk: three arrays of this many doubles fill three quarters of the usual 32 KiB. */
    static final int CHUNK = 1024;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    /**
     * Two arrays for what is read, two for functions, and the others for the chunks that a {@link KernelChain} keeps.
     */
    static final int ARRAYS = 12;

    final float[][] floats = new float[ARRAYS][CHUNK];
    final double[][] doubles = new double[ARRAYS][CHUNK];

    /** Reserved for the functions themselves, like the three arrays below. */
    final float[] first = new float[CHUNK];

    final float[] second = new float[CHUNK];
    final int[] bits = new int[CHUNK];
    final int[] otherBits = new int[CHUNK];

    private final ByteBuffer memory =
            ByteBuffer.allocateDirect(CHUNK * Float.BYTES).order(ByteOrder.nativeOrder());
    private final FloatBuffer asFloats = memory.asFloatBuffer();
    private final IntBuffer asBits = memory.asIntBuffer();

    private Scratch() {}

    static Scratch ofThread() {
        return OF_THREAD.get();
    }

    /** The bits of floats, for a whole chunk: the JVM does not vectorise Float.floatToRawIntBits. */
    void toBits(float[] values, int[] into, int count) {
        asFloats.put(0, values, 0, count);
        asBits.get(0, into, 0, count);
    }

    /** The floats of bits, for a whole chunk. */
    void toFloats(int[] from, float[] into, int count) {
        asBits.put(0, from, 0, count);
        asFloats.get(0, into, 0, count);
    }
}
