package dev.ravine.core.kernels;

import dev.ravine.core.Hold;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kernel that is native code, and whose arrays must therefore stay until it has ended. */
final class HeldKernel implements Kernel {
    private final Kernel inner;
    private final Hold hold;

    HeldKernel(Kernel inner, INDArray... arrays) {
        this.inner = inner;
        this.hold = Hold.of(List.of(arrays));
    }

    @Override
    public void run() {
        hold.enter();
        try {
            inner.run();
        } finally {
            hold.exit();
        }
    }

    @Override
    public void close() {
        inner.close();
    }
}
