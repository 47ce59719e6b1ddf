"""Trajectories of matrix optimizers, independent of Ravine: float64, NumPy 2.4.6, weights as PyTorch has them, [out, in].

python3 matrix.py > matrix.txt writes, for each variant, a line of its name, then for each of 50 steps the sums of
sin(i + 1) theta_i, cos(0.7 i) theta_i and theta_i^2 over the parameters i = 0, 1, ... in Ravine's order and layout.
Nets: "deep" is 6-5-4-4-3 with tanh and biases; "tied" is tanh(tanh(x U + b) V + c) V' U' with U stored as [2, 3, 4].
"plain" is one layer, 5-4, with biases. The loss is the mean of squared errors over all elements, of all 20 examples.

Epsilons are large enough that figures to 1e-12 are possible at all: a first gradient has fewer directions than a weight
has rows, and what it has along the others is rounding, divided by epsilon.
"""
import numpy as np

EXAMPLES, STEPS = 20, 50


def start(count):
    return 0.6 * np.sin(1.7 * (np.arange(count) + 1.0))


def data(width, outputs):
    i = np.arange(EXAMPLES * width).reshape(EXAMPLES, width)
    j = np.arange(EXAMPLES * outputs).reshape(EXAMPLES, outputs)
    return np.sin(1.3 * i + 0.05 * (i * i % 17)), np.cos(0.9 * j + 0.3 * (j * j % 11))


class Deep:
    shapes = [(5, 6), (5,), (4, 5), (4,), (4, 4), (4,), (3, 4), (3,)]
    hidden = [2, 4]

    @staticmethod
    def make(flat):
        out, at = [], 0
        for s in Deep.shapes:
            n = int(np.prod(s))
            out.append(flat[at:at + n].reshape(s[::-1]).T.copy())
            at += n
        return out

    @staticmethod
    def grad(p):
        x, y = data(6, 3)
        acts = [x]
        for k in range(4):
            z = acts[-1] @ p[2 * k].T + p[2 * k + 1]
            acts.append(np.tanh(z) if k < 3 else z)
        d = 2 * (acts[-1] - y) / y.size
        g = [None] * 8
        for k in range(3, -1, -1):
            g[2 * k], g[2 * k + 1] = d.T @ acts[k], d.sum(0)
            if k:
                d = (d @ p[2 * k]) * (1 - acts[k] ** 2)
        return g


class Tied:
    shapes = [(4, 6), (4,), (7, 4), (7,)]
    hidden = [0, 2]
    make = classmethod(lambda cls, flat: Tied.cut(flat))

    @staticmethod
    def cut(flat):
        return [flat[:24].reshape(6, 4).T.copy(), flat[24:28].copy(), flat[28:56].reshape(4, 7).T.copy(),
                flat[56:].copy()]

    @staticmethod
    def grad(p):
        x, y = data(6, 6)
        u, b, v, c = p
        h = np.tanh(x @ u.T + b)
        k = np.tanh(h @ v.T + c)
        r = k @ v
        o = r @ u
        do = 2 * (o - y) / y.size
        du, dr = r.T @ do, do @ u.T
        dv, dk = k.T @ dr, dr @ v.T
        dk = dk * (1 - k ** 2)
        dv, dc, dh = dv + dk.T @ h, dk.sum(0), dk @ v
        dh = dh * (1 - h ** 2)
        return [du + dh.T @ x, dh.sum(0), dv, dc]


class Plain:
    shapes, hidden = [(4, 5), (4,)], [0]

    @staticmethod
    def make(flat):
        return [flat[:20].reshape(5, 4).T.copy(), flat[20:].copy()]

    @staticmethod
    def grad(p):
        x, y = data(5, 4)
        d = 2 * (x @ p[0].T + p[1] - y) / y.size
        return [d.T @ x, d.sum(0)]


def flat(p):
    return np.concatenate([w.T.ravel() if w.ndim == 2 else w for w in p])


class Adam:
    def __init__(self, b1, b2, eps):
        self.b1, self.b2, self.eps, self.m, self.v, self.t = b1, b2, eps, 0, 0, 0

    def __call__(self, g):
        self.t += 1
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g * g
        return (self.m / (1 - self.b1 ** self.t)) / (np.sqrt(self.v / (1 - self.b2 ** self.t)) + self.eps)


class Muon:
    def __init__(self, w, isHidden, lr=0.02, decay=0.0, nesterov=True, mu=0.95, rms=False, iterations=5, others=0.015,
                 rate=lambda t: 1.0):
        self.lr, self.decay, self.nesterov, self.mu, self.rms, self.iterations = lr, decay, nesterov, mu, rms, iterations
        self.adam = None if isHidden else Adam(0.9, 0.95, 1e-10)
        self.others, self.rate, self.m, self.t = others, rate, np.zeros_like(w), 0

    def step(self, w, g):
        lr = self.lr * self.rate(self.t)
        self.t += 1
        if self.adam:
            return w * (1 - lr * self.others * self.decay) - lr * self.others * self.adam(g)
        self.m = self.mu * self.m + (1 - self.mu) * g
        u = (1 - self.mu) * g + self.mu * self.m if self.nesterov else self.m
        x = u / (np.linalg.norm(u) + 1e-7)
        tall = x.shape[0] > x.shape[1]
        x = x.T if tall else x
        for _ in range(self.iterations):
            a = x @ x.T
            x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
        x = x.T if tall else x
        rows, cols = w.shape
        factor = 0.2 * np.sqrt(max(rows, cols)) if self.rms else np.sqrt(max(1, rows / cols))
        return w * (1 - lr * self.decay) - lr * factor * x


class Soap:
    def __init__(self, w, isHidden, lr=3e-3, decay=0.01, b1=0.95, b2=0.95, shampoo=None, eps=1e-8, every=10,
                 largest=10000, skip=True):
        self.lr, self.decay, self.b1, self.b2, self.eps = lr, decay, b1, b2, eps
        self.beta = b2 if shampoo is None else shampoo
        self.every, self.skip, self.t, self.m, self.v = every, skip, 0, np.zeros_like(w), np.zeros_like(w)
        self.sides = [w.ndim == 2 and n <= largest for n in w.shape]
        self.q = None

    def turn(self, a, back):
        for side in (0, 1):
            if side < len(self.sides) and self.sides[side]:
                q = self.q[side] if back else self.q[side].T
                a = q @ a if side == 0 else a @ q.T
        return a

    def moments(self, g):
        for side, isOn in enumerate(self.sides):
            if isOn:
                self.l[side] = self.beta * self.l[side] + (1 - self.beta) * (g @ g.T if side == 0 else g.T @ g)

    def step(self, w, g):
        if self.q is None:
            self.l = [np.zeros((n, n)) if isOn else None for n, isOn in zip(w.shape, self.sides)]
            self.moments(g)
            self.q = [np.linalg.eigh(l)[1][:, ::-1] if l is not None else None for l in self.l]
            if self.skip:
                return w
            fresh = True
        else:
            fresh = False
        self.t += 1
        r = self.turn(g, False)
        self.m = self.b1 * self.m + (1 - self.b1) * r
        self.v = self.b2 * self.v + (1 - self.b2) * r * r
        step = self.lr * np.sqrt(1 - self.b2 ** self.t) / (1 - self.b1 ** self.t)
        w = w - step * self.turn(self.m / (np.sqrt(self.v) + self.eps), True)
        w = w - self.lr * self.decay * w
        m = self.turn(self.m, True)
        if not fresh:
            self.moments(g)
        if self.t % self.every == 0:
            for side, isOn in enumerate(self.sides):
                if isOn:
                    q, l = self.q[side], self.l[side]
                    sort = np.argsort(-np.diag(q.T @ l @ q), kind="stable")
                    self.v = self.v[sort] if side == 0 else self.v[:, sort]
                    self.q[side] = np.linalg.qr(l @ q[:, sort])[0]
        self.m = self.turn(m, False)
        return w


def root(a, exponent, eps):
    values, vectors = np.linalg.eigh(a)
    if values.min() < eps:
        values = values - values.min() + eps
    return (vectors * values ** -exponent) @ vectors.T


class Shampoo:
    def __init__(self, w, isHidden, lr=1e-3, decay=0.0, b1=0.9, b2=0.99, eps=1e-12, exponent=None, every=10, start=None,
                 largest=1024, mu=0.0, graft="adam", gb=0.999, geps=1e-8, kl=False):
        self.__dict__.update(locals())
        self.start = start or every
        self.t, self.blocks, self.state = 0, [], []
        cut = [[slice(a, min(a + largest, n)) for a in range(0, n, largest)] for n in w.shape]
        self.blocks = [(a,) for a in cut[0]] if w.ndim == 1 else [(a, b) for a in cut[0] for b in cut[1]]
        for block in self.blocks:
            shape = w[block].shape
            self.state.append({"l": [np.zeros((n, n)) for n in shape], "m": np.zeros(shape), "v": np.zeros(shape),
                               "b": np.zeros(shape), "r": None})

    def step(self, w, g):
        self.t += 1
        out = w.copy()
        for block, s in zip(self.blocks, self.state):
            out[block] = self.block(w[block], g[block], s)
        return out

    def block(self, w, g, s):
        t, keep = self.t, self.b2
        take = 1 if keep == 1 else 1 - keep
        outer = [np.outer(g, g)] if g.ndim == 1 else [g @ g.T, g.T @ g]
        if self.kl and g.ndim == 2:
            # KL-Shampoo: each side sees the gradient through the other side's root, which is the identity at first.
            present = s["r"] or [np.eye(n) for n in g.shape]
            outer = [(g @ present[1]) @ (g @ present[1]).T / g.shape[1], (present[0] @ g).T @ (present[0] @ g) / g.shape[0]]
        s["l"] = [keep * l + take * o for l, o in zip(s["l"], outer)]
        s["m"] = self.b1 * s["m"] + (1 - self.b1) * g
        m = s["m"] / (1 - self.b1 ** t)
        if self.graft == "adagrad":
            s["v"] = s["v"] + g * g
        else:
            s["v"] = self.gb * s["v"] + (1 - self.gb) * g * g
        v = s["v"] / (1 - self.gb ** t) if self.graft == "adam" else s["v"]
        graft = m if self.graft in ("sgd", "none") else m / (np.sqrt(v) + self.geps)
        if t == self.start or t > self.start and t % self.every == 0:
            e = self.exponent if self.exponent and g.ndim == 2 else 0.5 if self.kl else 1 / (2 * g.ndim)
            correction = 1 if keep == 1 else 1 - keep ** t
            s["r"] = [root(l / correction, e, self.eps) for l in s["l"]]
        p = graft
        if t >= self.start:
            p = s["r"][0] @ m if g.ndim == 1 else s["r"][0] @ m @ s["r"][1]
            if self.graft != "none":
                p = p * np.linalg.norm(graft) / (np.linalg.norm(p) + 1e-16)
        p = p + self.decay * w
        s["b"] = self.mu * s["b"] + p
        return w - self.lr * s["b"]


def run(name, net, kind, **settings):
    p = net.make(start(sum(int(np.prod(s)) for s in net.shapes)))
    rules = [kind(w, i in net.hidden, **settings) for i, w in enumerate(p)]
    print("variant", name)
    for _ in range(STEPS):
        p = [rule.step(w, g) for rule, w, g in zip(rules, p, net.grad(p))]
        x = flat(p)
        i = np.arange(len(x))
        print(*(repr(float(s)) for s in (np.sin(i + 1) @ x, np.cos(0.7 * i) @ x, x @ x)))


if __name__ == "__main__":
    run("muon-deep", Deep, Muon)
    run("muon-deep-rms", Deep, Muon, lr=1e-2, decay=0.1, rms=True, others=0.5, rate=lambda t: 1 / (1 + 0.1 * t))
    run("muon-tied", Tied, Muon, decay=0.05)
    run("muon-tied-classical", Tied, Muon, nesterov=False, mu=0.8, iterations=3)
    run("soap-plain", Plain, Soap, eps=1e-3)
    run("soap-plain-first", Plain, Soap, skip=False, every=3, b1=0.9, shampoo=0.8, decay=0.1, eps=1e-3)
    run("soap-deep-sides", Deep, Soap, largest=3, eps=1e-3)
    run("soap-tied-sides", Tied, Soap, largest=4, lr=1e-2, every=1, eps=1e-3)
    run("shampoo-deep", Deep, Shampoo, eps=1e-6)
    run("shampoo-deep-sum", Deep, Shampoo, lr=3e-2, b2=1.0, every=1, graft="none", decay=0.1, eps=1e-6)
    run("shampoo-deep-blocks", Deep, Shampoo, lr=1e-2, largest=3, every=7, start=3, graft="sgd", mu=0.5, eps=1e-6)
    run("shampoo-tied-half", Tied, Shampoo, exponent=0.5, eps=1e-5, every=5, graft="adagrad", lr=1e-2)
    run("shampoo-tied-rmsprop", Tied, Shampoo, lr=1e-3, b1=0.0, b2=0.9, eps=1e-4, every=2, graft="rmsprop", gb=0.9,
        decay=0.2, mu=0.9)
    run("shampoo-deep-kl", Deep, Shampoo, kl=True, graft="none", lr=1e-3, every=5, eps=1e-2)
    run("shampoo-tied-kl", Tied, Shampoo, kl=True, b2=0.9, lr=1e-3, every=2, start=1, eps=1e-4, decay=0.1)
