"""Sixty steps of K-FAC on a small autoencoder, in NumPy, for KfacTrajectoryTest: prints one line a step.

Made from the published description alone: block-diagonal factors with the bias as last row, exact output-side factors
(the columns of a root of the loss's Hessian in turn), factored damping by traces, exact rate and momentum from the
two-by-two model, Martens' rules for lambda and gamma. Nothing is drawn at random.

Run: python3 kfac.py > kfac.txt
"""

import numpy as np

WIDTHS = [12, 8, 3, 8, 12]
EXAMPLES = 60
STEPS = 60
FIRST_BATCH, GROWTH = 20, 2 ** (1 / 25)
SHARE = 0.5
DECAY = 0.95
LAMBDA0, T1, W1 = 0.3, 5, 0.95
T2, W2 = 10, np.sqrt(0.95)
T3, FIRST = 10, 3
L2 = 1e-3


def logistic(z):
    return 1 / (1 + np.exp(-z))


def data():
    i = np.arange(EXAMPLES * WIDTHS[0]).reshape(EXAMPLES, WIDTHS[0])
    return 0.5 + 0.5 * np.sin(1.3 * i + 0.02 * i * i % 7)


def start():
    size = sum((m + 1) * n for m, n in zip(WIDTHS, WIDTHS[1:]))
    flat = 0.7 * np.sin(1.7 * (np.arange(size) + 1))
    layers, at = [], 0
    for m, n in zip(WIDTHS, WIDTHS[1:]):
        layers.append(flat[at : at + (m + 1) * n].reshape(m + 1, n).copy())
        at += (m + 1) * n
    return layers


def ones(a):
    return np.hstack([a, np.ones((len(a), 1))])


def forward(layers, x):
    """Inputs of each layer with a 1, and the outputs before the last logistic function. The code is linear."""
    inputs, a = [], x
    code = len(layers) // 2 - 1
    for l, w in enumerate(layers):
        inputs.append(ones(a))
        z = inputs[-1] @ w
        a = z if l in (code, len(layers) - 1) else logistic(z)
    return inputs, z


def is_linear(layers, l):
    return l in (len(layers) // 2 - 1, len(layers) - 1)


def loss(layers, x):
    _, z = forward(layers, x)
    data_term = np.sum(np.logaddexp(0, z) - x * z) / len(x)
    return data_term + L2 / 2 * sum(np.sum(w * w) for w in layers)


def backward(layers, inputs, cotangent):
    """Cotangents of each layer's products, from one of the outputs."""
    found = [None] * len(layers)
    g = cotangent
    for l in reversed(range(len(layers))):
        found[l] = g
        if l > 0:
            g = g @ layers[l][:-1].T
            if not is_linear(layers, l - 1):
                a = inputs[l][:, :-1]
                g = g * a * (1 - a)
    return found


def gradient(layers, x):
    inputs, z = forward(layers, x)
    cotangents = backward(layers, inputs, logistic(z) - x)
    return [a.T @ g / len(x) + L2 * w for a, g, w in zip(inputs, cotangents, layers)]


def factors(layers, x):
    inputs, z = forward(layers, x)
    p = logistic(z)
    root = np.sqrt(p * (1 - p))
    a = [i.T @ i / len(x) for i in inputs]
    g = [np.zeros((w.shape[1],) * 2) for w in layers]
    for j in range(z.shape[1]):
        column = np.zeros_like(z)
        column[:, j] = root[:, j]
        for l, c in enumerate(backward(layers, inputs, column)):
            g[l] += c.T @ c / len(x)
    return a, g


def tangent(layers, x, v):
    inputs, _ = forward(layers, x)
    t = np.zeros_like(x)
    for l, w in enumerate(layers):
        t = t @ w[:-1] + inputs[l] @ v[l]
        if not is_linear(layers, l):
            a = inputs[l + 1][:, :-1]
            t = t * a * (1 - a)
    return t


def dot(u, v):
    return sum(np.sum(a * b) for a, b in zip(u, v))


def model(layers, x, g, lam, vectors):
    """Quadratic and linear parts of the damped model over combinations of vectors."""
    _, z = forward(layers, x)
    p = logistic(z)
    tangents = [tangent(layers, x, v) for v in vectors]
    n = len(vectors)
    q = np.array(
        [
            [
                np.sum(tangents[i] * p * (1 - p) * tangents[j]) / len(x) + (lam + L2) * dot(vectors[i], vectors[j])
                for j in range(n)
            ]
            for i in range(n)
        ]
    )
    return q, np.array([dot(g, v) for v in vectors])


def inverses(a, g, gamma):
    out = []
    for left, right in zip(a, g):
        pi = np.sqrt((np.trace(left) / len(left)) / (np.trace(right) / len(right)))
        out.append(
            (
                np.linalg.inv(left + pi * gamma * np.eye(len(left))),
                np.linalg.inv(right + gamma / pi * np.eye(len(right))),
            )
        )
    return out


def main():
    x = data()
    layers = start()
    lam, gamma = LAMBDA0, np.sqrt(LAMBDA0 + L2)
    last = [np.zeros_like(w) for w in layers]
    cursor = 0
    mean_a = mean_g = inverse = None
    for k in range(1, STEPS + 1):
        count = min(EXAMPLES, int(FIRST_BATCH * 2.0 ** np.floor((k - 1) * np.log(GROWTH) / np.log(2))))
        rows = np.arange(EXAMPLES) if count == EXAMPLES else (cursor + np.arange(count)) % EXAMPLES
        batch = x[rows]
        h = loss(layers, batch)
        g = gradient(layers, batch)
        a_now, g_now = factors(layers, batch[: int(np.ceil(count * SHARE))])
        kept = min(1 - 1 / k, DECAY)
        mean_a = a_now if k == 1 else [kept * o + (1 - kept) * n for o, n in zip(mean_a, a_now)]
        mean_g = g_now if k == 1 else [kept * o + (1 - kept) * n for o, n in zip(mean_g, g_now)]
        tried = [gamma]
        if k > 1 and k % T2 == 0:
            tried = [gamma * W2**T2, gamma, gamma / W2**T2]
        refreshed = len(tried) > 1 or k % T3 == 0 or k <= FIRST
        best = None
        for candidate in tried:
            used = inverses(mean_a, mean_g, candidate) if refreshed else inverse
            direction = [-left @ w @ right for (left, right), w in zip(used, g)]
            vectors = [direction, last] if k > 1 and dot(last, last) > 0 else [direction]
            q, b = model(layers, batch, g, lam, vectors)
            c = -np.linalg.solve(q, b)
            change = b @ c / 2
            if best is None or change < best[0]:
                best = (change, candidate, used, [sum(s * v[l] for s, v in zip(c, vectors)) for l in range(len(g))], c)
        change, gamma, inverse, step, c = best
        moved = [w + s for w, s in zip(layers, step)]
        ratio = float("nan")
        accepted = True
        used_lambda = lam
        if k % T1 == 0:
            after = loss(moved, batch)
            ratio = (after - h) / change if after <= h else float("-inf")
            accepted = after <= h
            if ratio > 0.75:
                lam *= W1**T1
            elif not ratio >= 0.25:
                lam /= W1**T1
        if accepted:
            layers, last = moved, step
        else:
            last = [np.zeros_like(s) for s in step]
        momentum = c[1] if len(c) > 1 else 0.0
        figures = [h, np.sqrt(dot(g, g)), c[0], momentum, change, used_lambda, gamma, ratio, dot(layers, layers)]
        print(count, int(accepted), *[repr(float(f)) for f in figures])
        cursor = (cursor + count) % EXAMPLES


if __name__ == "__main__":
    main()
