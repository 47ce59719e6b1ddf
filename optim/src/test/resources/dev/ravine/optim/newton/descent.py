"""Trajectories of BFGS, the one-step secant method, nonlinear and scaled conjugate gradients on Rosenbrock's function
of four variables, in NumPy alone.

    python3 descent.py > descent.txt

Each variant has a line for each step, its point. Written from the formulas of the papers that the Javadoc names, and
for the line search from Nocedal and Wright's algorithms 3.5 and 3.6. The choices that these leave open are Ravine's:
the next rate beyond two rates is the minimum of the cubic through both, at least 1.1 and at most 4 times their distance away;
within a bracket it is the minimum of the cubic, a tenth of the bracket away from both ends. After four rates in a row
that were too high the next one is shorter by powers of ten; a bracket that spans two orders of magnitude is halved in its logarithm.
"""
import numpy as np

START = np.array([-1.2, 1.0, -0.5, 0.7])
# For the secant method, whose first trials are far away from any other start.
NEARER = np.array([0.9, 0.8, 0.7, 0.5])


def value(x):
    return sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def gradient(x):
    g = np.zeros_like(x)
    u = x[1:] - x[:-1] ** 2
    g[:-1] = -400 * u * x[:-1] - 2 * (1 - x[:-1])
    g[1:] += 200 * u
    return g


def hessian(x):
    h = np.zeros((len(x), len(x)))
    for i in range(len(x) - 1):
        h[i, i] += 1200 * x[i] ** 2 - 400 * x[i + 1] + 2
        h[i + 1, i + 1] += 200
        h[i, i + 1] -= 400 * x[i]
        h[i + 1, i] -= 400 * x[i]
    return h


def cubic(a, b):
    """Where the cubic through two samples (rate, value, slope) has its minimum."""
    d1 = a[2] + b[2] - 3 * (a[1] - b[1]) / (a[0] - b[0])
    d2 = np.sign(b[0] - a[0]) * np.sqrt(d1 * d1 - a[2] * b[2])
    return b[0] - (b[0] - a[0]) * (b[2] + d2 - d1) / (b[2] - a[2] + 2 * d2)


def clamp(t, low, high):
    return (low + high) / 2 if np.isnan(t) else min(max(t, low), high)


def wolfe(x, p, first, c1, c2):
    f0, s0 = value(x), gradient(x) @ p

    def sample(t):
        return t, value(x + t * p), gradient(x + t * p) @ p

    def low_enough(s):
        return s[1] <= f0 + c1 * s[0] * s0

    def flat_enough(s):
        return abs(s[2]) <= -c2 * s0

    def zoom(low, high):
        too_high = 0
        while True:
            a, b = min(low[0], high[0]), max(low[0], high[0])
            if high[0] > low[0] and a == 0 and too_high >= 4:
                t = b / 10 * 0.1 ** (2.0 ** (too_high - 1) - 1)
            elif high[0] > low[0] and 0 < 100 * a < b and too_high >= 1:
                t = np.sqrt(a) * np.sqrt(b)
            else:
                t = clamp(cubic(low, high), a + (b - a) / 10, b - (b - a) / 10)
            s = sample(t)
            if not low_enough(s) or s[1] >= low[1]:
                high = s
                too_high += 1
            else:
                too_high = 0
                if flat_enough(s):
                    return s[0]
                if s[2] * (high[0] - low[0]) >= 0:
                    high = low
                low = s

    before, now = (0.0, f0, s0), sample(first)
    while True:
        if not low_enough(now) or (before[0] > 0 and now[1] >= before[1] and not flat_enough(now)):
            return zoom(before, now)
        if flat_enough(now):
            return now[0]
        if now[2] >= 0:
            return zoom(now, before)
        grown = now[0] - before[0]
        before, now = now, sample(clamp(cubic(before, now), now[0] + 1.1 * grown, now[0] + 4 * grown))


class Bfgs:
    """Whole products of matrices; a one-step secant begins with the identity at each step."""

    def __init__(self, forgets):
        self.forgets, self.inverse, self.last = forgets, None, None

    def __call__(self, x, g):
        if self.last is None:
            return -g
        s, y = x - self.last[0], g - self.last[1]
        n = len(x)
        if self.forgets:
            self.inverse = np.eye(n)
        elif self.inverse is None:
            self.inverse = (s @ y) / (y @ y) * np.eye(n)
        v = np.eye(n) - np.outer(y, s) / (s @ y)
        self.inverse = v.T @ self.inverse @ v + np.outer(s, s) / (s @ y)
        return -self.inverse @ g


class Secant(Bfgs):
    """Battiti's formula."""

    def __call__(self, x, g):
        if self.last is None:
            return -g
        s, y = x - self.last[0], g - self.last[1]
        b = (s @ g) / (s @ y)
        a = -(1 + (y @ y) / (s @ y)) * b + (y @ g) / (s @ y)
        return -g + a * s + b * y


def quasi_newton(method, steps, c2, start=START):
    x, points = start.copy(), []
    for k in range(steps):
        g = gradient(x)
        p = method(x, g)
        first = min(1, 1 / np.linalg.norm(g)) if k == 0 else 1
        method.last = (x, g)
        x = x + wolfe(x, p, first, 1e-4, c2) * p
        points.append(x)
    return points


def conjugate(rule, steps, c2):
    x, points, n = START.copy(), [], len(START)
    p = g0 = rate = None
    t = None  # Powell's t, the index of the last restart
    since = 0
    restart = None
    for k in range(steps):
        g = gradient(x)
        if p is None:
            p_new, since = -g, 0
        elif rule == "powell-beale":
            y = g - g0
            beta = (g @ y) / (p @ y)
            if restart is None or k - t >= n or abs(g0 @ g) >= 0.2 * (g @ g):
                t, restart = k - 1, (p, y)
            if k > t + 1:
                q, yq = restart
                p_new = -g + beta * p + (g @ yq) / (q @ yq) * q
                if not -1.2 * (g @ g) <= g @ p_new <= -0.8 * (g @ g):
                    t, restart = k - 1, (p, y)
            if k == t + 1:
                p_new = -g + beta * p
        elif since >= n:
            p_new, since = -g, 0
        elif rule == "fletcher-reeves":
            p_new = -g + (g @ g) / (g0 @ g0) * p
        else:
            p_new = -g + max(0, (g @ (g - g0)) / (g0 @ g0)) * p
        if g @ p_new >= 0:
            raise ArithmeticError("not a descent direction")
        first = min(1, 1 / np.linalg.norm(g)) if p is None else rate * (g0 @ p) / (g @ p_new)
        rate = wolfe(x, p_new, first, 1e-4, c2)
        x, p, g0, since = x + rate * p_new, p_new, g, since + 1
        points.append(x)
    return points


def scaled(steps, sigma, lam, exact):
    """Møller's steps 1 to 9; points after successful ones."""
    w, points, n = START.copy(), [], len(START)
    lam_bar, success, k = 0.0, True, 1
    r = -gradient(w)
    p = r.copy()
    while len(points) < steps:
        if success:
            if exact:
                s = hessian(w) @ p
            else:
                sigma_k = sigma / np.linalg.norm(p)
                s = (gradient(w + sigma_k * p) - gradient(w)) / sigma_k
            delta = p @ s
        delta += (lam - lam_bar) * (p @ p)
        if delta <= 0:
            lam_bar = 2 * (lam - delta / (p @ p))
            delta = -delta + lam * (p @ p)
            lam = lam_bar
        mu, square = p @ r, p @ p
        alpha = mu / delta
        comparison = 2 * delta * (value(w) - value(w + alpha * p)) / mu**2
        if comparison >= 0:
            w = w + alpha * p
            r_new = -gradient(w)
            lam_bar, success = 0.0, True
            p = r_new.copy() if k % n == 0 else r_new + (r_new @ r_new - r_new @ r) / mu * p
            r = r_new
            points.append(w)
        else:
            lam_bar, success = lam, False
        if comparison >= 0.75:
            lam = lam / 4
        if comparison < 0.25:
            lam = lam + delta * (1 - comparison) / square
        k += 1
    return points


def main():
    runs = {
        "bfgs": quasi_newton(Bfgs(False), 30, 0.9),
        "bfgs-close": quasi_newton(Bfgs(False), 12, 0.3),
        "secant": quasi_newton(Secant(True), 20, 0.9, NEARER),
        "secant-matrix": quasi_newton(Bfgs(True), 20, 0.9, NEARER),
        "fletcher-reeves": conjugate("fletcher-reeves", 20, 0.1),
        "polak-ribiere": conjugate("polak-ribiere", 20, 0.1),
        "powell-beale": conjugate("powell-beale", 20, 0.1),
        "scaled-exact": scaled(20, None, 5e-7, True),
        "scaled-damped": scaled(30, None, 1e3, True),
        "scaled-differences": scaled(12, 5e-5, 5e-7, False),
    }
    for name, points in runs.items():
        print("variant", name)
        for x in points:
            print(*(repr(float(v)) for v in x))

main()
