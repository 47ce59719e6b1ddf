package dev.ravine.autodiff;

import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.LayoutKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A bilinear function whose kernel can add to what is there. A program adds it to a sum without a pass of its own. */
interface AddableProduct extends Bilinear {
    /**
     * {@return the kernel y = B(a, b) + beta y}
     *
     * @param a the first operand
     * @param b the second operand
     * @param beta 0 to overwrite y, 1 to add to it
     * @param y the result
     */
    Kernel kernel(INDArray a, INDArray b, double beta, INDArray y);

    @Override
    default Kernel kernel(INDArray a, INDArray b, INDArray y) {
        return kernel(a, b, 0, y);
    }

    @Override
    default Computation accumulating() {
        return new PlusProduct(this);
    }

    /** y = s + B(a, b), which a program makes of a product and a sum; s may be a row that is added to each. */
    record PlusProduct(AddableProduct product) implements Computation {
        @Override
        public String name() {
            return product.name() + "Add";
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            Kernel added = product.kernel(in[1], in[2], 1, out);
            return in[0] == out ? added : new AfterCopy(LayoutKernels.broadcast(in[0], out), added);
        }

        @Override
        public boolean inPlace(int i) {
            return i == 0;
        }
    }
}
