"""Trajectories of AdaHessian and Sophia-H, independent of Ravine: float64, NumPy 2.4.6.

python3 diagonal.py > diagonal.txt writes, for each variant, a line of its name, then theta after each of 50 steps. The
function is the sum of a_i theta_i^2 / 2 + theta_i^4 / 4 - b_i theta_i, whose Hessian is diagonal, so that one probe of
random signs gives it exactly, whatever the signs are.
"""
import numpy as np

I = np.arange(9.0)
A, B, START = 1.5 * np.cos(2.1 * I), np.sin(1.1 * I + 0.4), 0.9 * np.sin(1.7 * (I + 1))


def gradient(x):
    return A * x + x ** 3 - B


def hessian(x):
    return A + 3 * x ** 2


def adahessian(lr=0.15, b1=0.9, b2=0.999, eps=1e-4, power=1.0, decay=0.0):
    x, m, s = START.copy(), 0, 0
    for t in range(1, 51):
        m = b1 * m + (1 - b1) * gradient(x)
        s = b2 * s + (1 - b2) * np.abs(hessian(x)) ** 2
        denominator = (np.sqrt(s) / np.sqrt(1 - b2 ** t)) ** power + eps
        x = x - lr * (m / (1 - b1 ** t) / denominator + decay * x)
        yield x


def sophia(lr=1e-3, b1=0.965, b2=0.99, rho=0.04, every=10, decay=0.1):
    x, m, h = START.copy(), 0, 0
    for t in range(1, 51):
        m = b1 * m + (1 - b1) * gradient(x)
        if (t - 1) % every == 0:
            h = b2 * h + (1 - b2) * hessian(x)
        x = x * (1 - lr * decay)
        x = x - lr * np.sign(m) * np.minimum(1, np.abs(m) / (rho * np.maximum(h, 0) + 1e-15))
        yield x


if __name__ == "__main__":
    for name, path in [("adahessian", adahessian()),
                       ("adahessian-power", adahessian(0.05, 0.8, 0.9, 1e-2, 0.5, 0.1)),
                       ("sophia-h", sophia()),
                       ("sophia-h-often", sophia(0.03, 0.9, 0.5, 0.5, 3, 0.2))]:
        print("variant", name)
        for x in path:
            print(*(repr(float(v)) for v in x))
