package dev.ravine.optim.objective;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.DType;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A view of another linearization: a subclass overrides the methods that differ. The view's forms are made of the
 * view's own products, so that a subclass that changes or counts products does the same to forms. Closing it closes the
 * other.
 */
public abstract class ForwardingLinearization implements Linearization {
    private final Linearization viewed;

    /**
     * For subclasses.
     *
     * @param viewed is asked for everything that a subclass does not override
     */
    protected ForwardingLinearization(Linearization viewed) {
        this.viewed = Objects.requireNonNull(viewed, "viewed");
    }

    /** {@return the other linearization} */
    public final Linearization viewed() {
        return viewed;
    }

    @Override
    public long size() {
        return viewed.size();
    }

    @Override
    public DType dtype() {
        return viewed.dtype();
    }

    @Override
    public double value() {
        return viewed.value();
    }

    @Override
    public void gradient(INDArray out) {
        viewed.gradient(out);
    }

    @Override
    public void product(Curvature curvature, INDArray vector, INDArray out) {
        viewed.product(curvature, vector, out);
    }

    @Override
    public void product(Curvature curvature, double structural, INDArray vector, INDArray out) {
        viewed.product(curvature, structural, vector, out);
    }

    @Override
    public void close() {
        viewed.close();
    }
}
