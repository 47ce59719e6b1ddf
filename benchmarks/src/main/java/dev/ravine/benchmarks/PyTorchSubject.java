package dev.ravine.benchmarks;

import java.util.EnumSet;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch by its C++ API: Hessian-vector products by double backward, Gauss-Newton products by the double-vjp trick
 * (J v is the derivative of J'u with respect to u). The kept variants reuse the graphs of the first derivatives.
 */
final class PyTorchSubject implements Subject {
    private final PyTorchNet net;
    private final TensorVector direction;
    private final TensorVector gradient;
    private final Tensor outputs;
    private final Tensor dummy;
    private final TensorVector pullback;
    private PointerScope scope;
    private TensorVector result;

    PyTorchSubject(Net of) {
        net = new PyTorchNet(of);
        direction = net.split(of.direction());
        gradient = gradientGraph(net.loss(net.outputs()));
        outputs = net.outputs();
        dummy = torch.zeros_like(outputs).set_requires_grad(true);
        pullback = PyTorchNet.grad(one(outputs), net.parameters, one(dummy), true, true);
    }

    @Override
    public Set<Quantity> quantities() {
        return EnumSet.range(Quantity.GRADIENT, Quantity.GAUSS_NEWTON_FRESH);
    }

    @Override
    public void run(Quantity quantity) {
        if (scope != null) {
            scope.close();
        }
        scope = new PointerScope();
        result = switch (quantity) {
            case GRADIENT ->
                PyTorchNet.grad(one(net.loss(net.outputs())), net.parameters, new TensorVector(), false, false);
            case HVP -> PyTorchNet.grad(gradient, net.parameters, direction, true, false);
            case HVP_FRESH ->
                PyTorchNet.grad(gradientGraph(net.loss(net.outputs())), net.parameters, direction, false, false);
            case GAUSS_NEWTON -> gaussNewton(outputs, dummy, pullback, true);
            case GAUSS_NEWTON_FRESH -> freshGaussNewton();
            default -> throw new IllegalArgumentException(quantity + " is not measured for PyTorch");
        };
    }

    private TensorVector gradientGraph(Tensor loss) {
        return PyTorchNet.grad(one(loss), net.parameters, new TensorVector(), true, true);
    }

    private TensorVector freshGaussNewton() {
        Tensor z = net.outputs();
        Tensor u = torch.zeros_like(z).set_requires_grad(true);
        return gaussNewton(z, u, PyTorchNet.grad(one(z), net.parameters, one(u), true, true), false);
    }

    private TensorVector gaussNewton(Tensor z, Tensor u, TensorVector pulled, boolean keep) {
        Tensor jv = PyTorchNet.grad(pulled, one(u), direction, keep, false).get(0);
        Tensor hjv = net.outputHessian(z.detach(), jv);
        return PyTorchNet.grad(one(z), net.parameters, one(hjv), keep, false);
    }

    private static TensorVector one(Tensor tensor) {
        return new TensorVector(tensor);
    }

    @Override
    public float[] result(Quantity quantity) {
        return net.join(result);
    }

    @Override
    public void close() {
        if (scope != null) {
            scope.close();
        }
    }
}
