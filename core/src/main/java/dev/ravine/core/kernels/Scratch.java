package dev.ravine.core.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** Small arrays of one thread, which stay in the first cache of its processor. What they hold is lost with every use. */
final class Scratch {
    /** Elements of a block: three arrays of so many doubles fill the usual 32 KiB to three quarters. */
    static final int BLOCK = 1024;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    final float[][] floats = new float[4][BLOCK];
    final double[][] doubles = new double[4][BLOCK];

    /** For the functions themselves. */
    final float[] first = new float[BLOCK];

    final float[] second = new float[BLOCK];
    final int[] bits = new int[BLOCK];
    final int[] otherBits = new int[BLOCK];

    private final ByteBuffer memory =
            ByteBuffer.allocateDirect(BLOCK * Float.BYTES).order(ByteOrder.nativeOrder());
    private final FloatBuffer asFloats = memory.asFloatBuffer();
    private final IntBuffer asBits = memory.asIntBuffer();

    private Scratch() {}

    static Scratch ofThread() {
        return OF_THREAD.get();
    }

    /** The bits of floats, for a whole block: compilers do not turn Float.floatToRawIntBits into vector instructions. */
    void toBits(float[] values, int[] into, int count) {
        asFloats.put(0, values, 0, count);
        asBits.get(0, into, 0, count);
    }

    /** The floats of bits, for a whole block. */
    void toFloats(int[] from, float[] into, int count) {
        asBits.put(0, from, 0, count);
        asFloats.get(0, into, 0, count);
    }
}
