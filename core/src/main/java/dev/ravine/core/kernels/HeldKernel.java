package dev.ravine.core.kernels;

import dev.ravine.core.Hold;
import dev.ravine.core.Lifetime;
import java.lang.ref.Reference;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kernel whose arrays stay until it has ended, whoever closes their arena meanwhile. */
final class HeldKernel implements Kernel {
    private final Kernel inner;
    private final Hold hold;

    /**
     * A kernel of Java loops, held if the run takes so long that the hold costs nothing beside it. Loops over less
     * check their arrays at each chunk, and end before memory is returned.
     */
    static Kernel ifLarge(Kernel inner, INDArray... arrays) {
        for (INDArray array : arrays) {
            if (array.length() >= Lifetime.LONG) {
                return new HeldKernel(inner, arrays);
            }
        }
        return inner;
    }

    HeldKernel(Kernel inner, INDArray... arrays) {
        this.inner = inner;
        this.hold = Hold.of(List.of(arrays));
    }

    /** What it holds the arrays for. */
    Kernel inner() {
        return inner;
    }

    @Override
    public void run() {
        hold.enter();
        try {
            inner.run();
        } finally {
            hold.exit();
            // The arrays that the kernel refers to are not collected while it runs, even if nobody else knows them.
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void close() {
        inner.close();
    }
}
