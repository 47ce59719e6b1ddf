package dev.ravine.optim.objective;

import dev.ravine.autodiff.Jacobian;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.ParameterVector;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * f(theta) = ||r(theta)||^2 / 2 for residuals written in tensor operations, such as the errors of a curve fit or of a
 * small net. All residuals are in one graph, so memory grows with the data; for large data take {@link
 * SupervisedObjective}, whose Gauss-Newton products are those of a sum over shards.
 */
public final class ResidualObjective extends GraphObjective implements LeastSquares {
    private final List<Tensor> parameters;
    private final Tensor residuals;
    private final ParameterVector vector;
    private final List<Span> trainable;
    private Jacobian jacobian;

    /**
     * Wraps residuals of a vector.
     *
     * @param dtype of theta
     * @param size its length
     * @param function from theta, of shape [size], to the residuals, of any shape
     */
    public ResidualObjective(DType dtype, long size, UnaryOperator<Tensor> function) {
        this(Tensor.input("theta", dtype, Shape.of(size)), function);
    }

    private ResidualObjective(Tensor theta, UnaryOperator<Tensor> function) {
        this(
                List.of(theta),
                Objects.requireNonNull(function.apply(theta), "the function must return residuals, found null"),
                null);
    }

    private ResidualObjective(List<Tensor> parameters, Tensor residuals, ParameterVector vector) {
        super(parameters, residuals, residuals.square().sum().mul(0.5));
        this.parameters = parameters;
        this.residuals = residuals;
        this.vector = vector;
        this.trainable = vector == null ? super.trainable() : Span.trainable(vector);
    }

    /**
     * The errors of a module, (outputs - targets) / sqrt(examples), so that f is the mean over examples of half the
     * squared distance. Theta is the module's parameter vector; the module's mode is that of now,
     * and so are its frozen parameters, which the objective does not depend on.
     *
     * @param module initialized
     * @param data with targets of the outputs' shape and dtype
     * @return an objective, to be closed
     * @throws ShapeException if outputs and targets do not fit together
     */
    public static ResidualObjective of(Module module, DataSet data) {
        ParameterVector vector = module.parameterVector();
        Tensor outputs = module.apply(Tensor.constant(data.features()));
        Tensor targets = Tensor.constant(data.targets());
        if (!outputs.shape().equals(targets.shape()) || outputs.dtype() != targets.dtype()) {
            throw new ShapeException("residuals need targets like the outputs, " + outputs.dtype() + " "
                    + outputs.shape() + ", found " + targets.dtype() + " " + targets.shape());
        }
        List<Tensor> variables = vector.segments().stream()
                .map(ParameterVector.Segment::parameter)
                .map(Parameter::variable)
                .toList();
        return new ResidualObjective(variables, outputs.sub(targets).div(Math.sqrt(data.size())), vector);
    }

    @Override
    public List<Span> trainable() {
        return trainable;
    }

    @Override
    public long residuals() {
        return residuals.shape().count();
    }

    @Override
    public void jacobian(INDArray theta, INDArray values, INDArray columns) {
        lifetime().enter();
        try {
            if (jacobian == null) {
                jacobian = new Jacobian(residuals, parameters);
            }
            jacobian.at(theta, values, columns);
        } finally {
            lifetime().exit();
        }
    }

    @Override
    public void thetaChanged(INDArray theta) {
        super.thetaChanged(theta);
        if (vector != null) {
            vector.touch();
        }
    }

    @Override
    public double cost() {
        return super.cost() + (jacobian == null ? 0 : costInGradients(jacobian.executedCost()));
    }

    @Override
    void release() {
        if (jacobian != null) {
            jacobian.close();
        }
        super.release();
    }
}
