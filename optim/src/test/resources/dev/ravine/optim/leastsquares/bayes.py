"""Trajectories of Bayesian regularization and of Gauss-Newton steps with Marquardt's damping, in NumPy alone.

    python3 bayes.py > bayes.txt

A net 1-4-1 with tanh fits 21 points of a sine with errors; a net 2-3-1 with tanh and a logistic output tells the
sides of a parabola apart. Each variant has a line for each step: alpha, beta and gamma where it began (only of Bayesian
regularization), mu after it, and the parameters after it. Jacobians are written out by hand; gamma is
n - alpha trace((beta J'J + alpha I)^-1), from a matrix that is inverted.
"""
import numpy as np


def start(n):
    return np.array([0.7 * np.sin(3 * i + 1) for i in range(n)])


X = np.linspace(-1, 1, 21)[:, None]
Y = np.sin(np.pi * X) + 0.1 * np.cos(17 * X)

POINTS = np.array([[2 * np.cos(5 * i + 0.3), 2 * np.sin(3 * i + 1)] for i in range(60)])
SIDES = (POINTS[:, 1:] > 0.5 * POINTS[:, :1] ** 2 - 0.5).astype(float)


def forward(theta, x, hidden):
    """Outputs [m, 1], and their derivatives [m, n] with parameters in the order W1, b1, W2, b2."""
    inputs = x.shape[1]
    at = inputs * hidden
    w1, b1 = theta[:at].reshape(inputs, hidden), theta[at : at + hidden]
    w2, b2 = theta[at + hidden : at + 2 * hidden].reshape(hidden, 1), theta[at + 2 * hidden :]
    h = np.tanh(x @ w1 + b1)
    back = (1 - h**2) * w2.T
    jacobian = [back[:, j] * x[:, i] for i in range(inputs) for j in range(hidden)]
    jacobian += [back[:, j] for j in range(hidden)] + [h[:, j] for j in range(hidden)] + [np.ones(len(x))]
    return h @ w2 + b2, np.stack(jacobian, axis=1)


def squares(theta):
    """E_D = ||e||^2, J'e and J'J."""
    z, j = forward(theta, X, 4)
    e = (z - Y)[:, 0]
    return e @ e, j.T @ e, j.T @ j


def entropy(theta):
    """Twice the sum of cross-entropies, their gradient, and their Gauss-Newton matrix."""
    z, j = forward(theta, POINTS, 3)
    z, t = z[:, 0], SIDES[:, 0]
    p = 1 / (1 + np.exp(-z))
    return 2 * np.sum(np.log1p(np.exp(z)) - t * z), j.T @ (p - t), j.T @ (j * (p * (1 - p))[:, None])


def run(errors, theta, steps, mu, bayes, count, dec=0.1, inc=10, largest=1e10):
    n = len(theta)
    gamma = None
    alpha, beta = 0.0, 1.0
    for _ in range(steps):
        e_d, je, jj = errors(theta)
        if bayes:
            e_w = theta @ theta
            if gamma is None:
                gamma = n
                beta = 0.5 if count is None else count / (2 * e_d)
            else:
                gamma = n - (alpha * np.trace(np.linalg.inv(beta * jj + alpha * np.eye(n))) if alpha > 0 else 0)
                alpha = gamma / (2 * e_w)
                beta = (count - gamma) / (2 * e_d) if count is not None else beta

        def merit(x):
            return beta * errors(x)[0] + alpha * (x @ x)

        while mu <= largest:
            p = -np.linalg.solve(beta * jj + (alpha + mu) * np.eye(n), beta * je + alpha * theta)
            if merit(theta + p) < merit(theta):
                theta = theta + p
                mu = max(mu * dec, 1e-20)
                break
            mu *= inc
        yield ([alpha, beta, gamma] if bayes else []) + [mu] + list(theta)


def main():
    runs = {
        "damped": run(squares, start(13), 25, 0.001, False, None),
        "damped-slow": run(squares, start(13), 25, 0.5, False, None, 0.3, 4),
        "bayes": run(squares, start(13), 25, 0.005, True, 21),
        "bayes-entropy": run(entropy, start(13), 15, 0.005, True, None),
    }
    for name, lines in runs.items():
        print("variant", name)
        for line in lines:
            print(*(repr(float(v)) for v in line))


main()
