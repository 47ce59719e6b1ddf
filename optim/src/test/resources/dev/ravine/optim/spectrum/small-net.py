"""Writes small-net.txt: eigenvalues, trace and diagonal of the Hessian and the Gauss-Newton matrix of a small net.

The net, its numbers and its data are those of SmallNet.java. The gradient is written out by hand, and derived once more
by complex steps, which round like the gradient itself (Squire and Trapp, SIAM Review 40, 1998)."""
import numpy as np

WIDTHS = [4, 6, 5, 3]
EXAMPLES = 12
SHAPES = [s for i, o in zip(WIDTHS, WIDTHS[1:]) for s in ((i, o), (o,))]
SIZE = sum(int(np.prod(s)) for s in SHAPES)


def parts(theta):
    at, out = 0, []
    for shape in SHAPES:
        count = int(np.prod(shape))
        out.append(theta[at:at + count].reshape(shape))
        at += count
    return out


theta = 0.8 * np.sin(1.7 * np.arange(1, SIZE + 1))
x = np.cos(0.9 * np.arange(1, EXAMPLES * WIDTHS[0] + 1)).reshape(EXAMPLES, -1)
labels = (np.arange(EXAMPLES) * 2 + np.arange(EXAMPLES) // 4) % 3
onehot = np.eye(3)[labels]


def outputs(theta):
    w = parts(theta)
    acts = [x.astype(theta.dtype)]
    for k in range(3):
        z = acts[-1] @ w[2 * k] + w[2 * k + 1]
        acts.append(np.tanh(z) if k < 2 else z)
    return acts


def softmax(z):
    e = np.exp(z)
    return e / e.sum(1, keepdims=True)


def gradient(theta):
    w, acts = parts(theta), outputs(theta)
    d = (softmax(acts[-1]) - onehot) / EXAMPLES
    grads = []
    for k in (2, 1, 0):
        grads[:0] = [(acts[k].T @ d).ravel(), d.sum(0)]
        if k:
            d = (d @ w[2 * k].T) * (1 - acts[k] ** 2)
    return np.concatenate(grads)


def complex_step(f):
    columns = []
    for i in range(SIZE):
        t = theta.astype(complex)
        t[i] += 1e-30j
        columns.append(f(t).imag / 1e-30)
    return np.stack(columns, -1)


hessian = complex_step(gradient)
jacobian = complex_step(lambda t: outputs(t)[-1])
p = softmax(outputs(theta)[-1])
gauss_newton = sum(
    j.T @ (np.diag(q) - np.outer(q, q)) @ j for j, q in zip(jacobian, p)) / EXAMPLES
with open("small-net.txt", "w") as out:
    for name, a in (("hessian", hessian), ("gauss-newton", gauss_newton)):
        a = (a + a.T) / 2
        for what, numbers in (("eigenvalues", np.linalg.eigvalsh(a)), ("diagonal", np.diag(a))):
            out.write(name + " " + what + " " + " ".join(repr(float(v)) for v in numbers) + "\n")
