package dev.ravine.autodiff;

import dev.ravine.core.kernels.Kernel;

/** A product that is added to a copy. */
record AfterCopy(Kernel copy, Kernel product) implements Kernel {
    @Override
    public void run() {
        copy.run();
        product.run();
    }

    @Override
    public void close() {
        copy.close();
        product.close();
    }
}
