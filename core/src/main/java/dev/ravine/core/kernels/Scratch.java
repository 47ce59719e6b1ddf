package dev.ravine.core.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** Small arrays of one thread, which stay in the first cache of its processor. What they hold is lost with every use. */
final class Scratch {
    /** Elements of a chunk: three arrays of so many doubles fill the usual 32 KiB to three quarters. */
    static final int CHUNK = 1024;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    final float[][] floats = new float[4][CHUNK];
    final double[][] doubles = new double[4][CHUNK];

    /** For the functions themselves. */
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

    /** The bits of floats, for a whole chunk: compilers do not turn Float.floatToRawIntBits into vector instructions. */
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
