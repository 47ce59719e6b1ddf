"""Sixty steps of K-FAC with the settings of three published programs, in NumPy: a line a step. For KfacPresetsTest.

The net, its data, forward and backward passes are those of kfac.py. All random numbers are those of the generator below,
SplitMix64, seeded as Ravine seeds the noise of an example in a step.

Run: python3 kfac_presets.py reference > kfac-reference.txt, and so on for kfac-jax and kbfgs (NumPy 2.4)
"""

import sys

import numpy as np

from kfac import L2, backward, data, dot, forward, gradient, logistic, loss, model, start

EXAMPLES, STEPS = 60, 60
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
TARGETS, SIGNS = 0x7461726765747321, 0x7369676E7321


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def split(state, key):
    return mix(state ^ mix((key + GOLDEN) & MASK))


def split_text(state, text):
    key = 0
    for letter in text:
        key = mix((key + ord(letter) + GOLDEN) & MASK)
    return split(state, key)


def next_long(state):
    return mix((state + GOLDEN) & MASK)


def uniforms(state, count):
    out = []
    for _ in range(count):
        state = (state + GOLDEN) & MASK
        out.append((mix(state) >> 11) * 2.0**-53)
    return out


def noise(seed, purpose, rows, width):
    """A row of uniform numbers for each example."""
    generator = split(seed, purpose)
    return np.array([uniforms(split(generator, int(row)), width) for row in rows])


def factors(layers, x, rows, kind, seed):
    """A of each layer and then those of each with the next one; G alike."""
    inputs, z = forward(layers, x[rows])
    p = logistic(z)
    if kind == "sampled":
        sent = p - (p > noise(seed, TARGETS, rows, z.shape[1]))
    else:
        sent = np.sqrt(p * (1 - p)) * np.where(noise(seed, SIGNS, rows, z.shape[1]) < 0.5, -1, 1)
    return moments(inputs), moments(backward(layers, inputs, sent))


def moments(rows):
    pairs = list(zip(rows, rows)) + list(zip(rows, rows[1:]))
    return [u.T @ v / len(u) for u, v in pairs]


def invert(a, g, gamma, has_pi):
    out = []
    count = (len(a) + 1) // 2
    for left, right in zip(a[:count], g[:count]):
        pi = np.sqrt((np.trace(left) / len(left)) / (np.trace(right) / len(right))) if has_pi else 1.0
        out.append(
            (
                np.linalg.inv(left + pi * gamma * np.eye(len(left))),
                np.linalg.inv(right + gamma / pi * np.eye(len(right))),
            )
        )
    return out


def power(matrix, exponent):
    values, vectors = np.linalg.eigh(matrix)
    return vectors * values**exponent @ vectors.T


def explained(root, cross, inverse_of_next):
    """The regression on the next layer, and an eigenbasis of what it explains of this one."""
    regression = cross @ inverse_of_next
    shares, vectors = np.linalg.eigh(root @ regression @ cross.T @ root)
    return regression, np.minimum(shares, 1), root @ vectors


def tridiagonal(a, g, inverses, v):
    """The product of the block-tridiagonal inverse with a matrix for each layer."""
    count = len(inverses)
    sides = [
        [explained(power(inverses[l][s], 0.5), m[count + l], inverses[l + 1][s]) for s, m in ((0, a), (1, g))]
        for l in range(count - 1)
    ]
    u = [v[l] - sides[l][0][0] @ v[l + 1] @ sides[l][1][0].T for l in range(count - 1)] + [v[-1]]
    scaled = []
    for l in range(count - 1):
        (_, da, ka), (_, dg, kg) = sides[l]
        rest = 1 - np.outer(da, dg)
        rest[rest == 0] = 1
        scaled.append(ka @ ((ka.T @ u[l] @ kg) / rest) @ kg.T)
    scaled.append(inverses[-1][0] @ u[-1] @ inverses[-1][1])
    return [scaled[0]] + [
        scaled[l] - sides[l - 1][0][0].T @ scaled[l - 1] @ sides[l - 1][1][0] for l in range(1, count)
    ]


def window(cursor, count):
    return np.arange(EXAMPLES) if count == EXAMPLES else (cursor + np.arange(count)) % EXAMPLES


class Averages:
    """Factors averaged by a rule that gives the weight of the old ones."""

    def __init__(self, kept):
        self.kept, self.k, self.alike = kept, 0, 0
        self.a = self.g = None

    def add(self, new, is_alike):
        self.k += 1
        self.alike += is_alike
        old = 1 - 1 / self.k if is_alike else self.kept(self.k, self.alike)
        mix_in = lambda m, n: [(1 - old) * w if o is None else old * o + (1 - old) * w for o, w in zip(m, n)]
        self.a = mix_in(self.a or [None] * len(new[0]), new[0])
        self.g = mix_in(self.g or [None] * len(new[1]), new[1])


def weights_of_jax(k, alike):
    total = alike
    for _ in range(k - alike):
        total = 0.95 * total + 1
    return 1 - 1 / total


PRESETS = {
    "reference-diagonal": dict(
        kind="sampled", share=1 / 8, count=lambda k: reached(k, 20, 40), kept=lambda k, n: min(1 - 1 / k, 0.95),
        burn_in=0, lam=150.0, w=0.95, floor=0.0, grid=True, inverts=lambda k: k % 20 == 0 or k <= 3,
        ratio_damped=True, follows=False, pi=True, fixed=False, decay=0.0,
    ),
    "kfac-jax": dict(
        kind="signs", share=1, count=lambda k: min(EXAMPLES, int(20 * 2 ** np.floor((k - 1) / 25))),
        kept=weights_of_jax, burn_in=10, lam=150.0, w=0.9, floor=1e-8, grid=False, inverts=lambda k: k % 5 == 1,
        ratio_damped=False, follows=True, pi=True, fixed=False, decay=0.0,
    ),
    "kbfgs": dict(
        kind="sampled", share=1, count=lambda k: 20, kept=lambda k, n: 0.9, burn_in=3, lam=3.0, w=1.0, floor=0.0,
        grid=False, inverts=lambda k: k % 20 == 0 or k <= 20, ratio_damped=True, follows=False, pi=False, fixed=True,
        decay=0.9,
    ),
}  # fmt: skip
PRESETS["reference"] = dict(PRESETS["reference-diagonal"], tridiagonal=True)


def reached(k, first, full):
    growth = (full - 1) / np.log2(EXAMPLES / first)
    return EXAMPLES if k >= full else min(EXAMPLES, int(np.floor(first * 2 ** ((k - 1) / growth))))


def burn_in(layers, x, preset, averages):
    count = preset["count"](1)
    generator = split_text(0, "burn-in")
    for i in range(preset["burn_in"]):
        rows = window(i * count % EXAMPLES, count)
        averages.add(factors(layers, x, rows, preset["kind"], next_long(split(generator, i))), True)


def best_along(layers, batch, g, lam, direction, last):
    vectors = [direction, last] if dot(last, last) > 0 else [direction]
    q, b = model(layers, batch, g, lam, vectors)
    c = -np.linalg.solve(q, b)
    step = [sum(s * v[l] for s, v in zip(c, vectors)) for l in range(len(g))]
    return b @ c / 2, c[0], (c[1] if len(c) > 1 else 0.0), step


def main(preset):
    x, layers = data(), start()
    averages = Averages(preset["kept"])
    lam = preset["lam"]
    gamma = np.sqrt(lam + (0 if preset["fixed"] else L2))
    burn_in(layers, x, preset, averages)
    last = [np.zeros_like(w) for w in layers]
    mean = [np.zeros_like(w) for w in layers]
    cursor, inverse = 0, None
    for k in range(1, STEPS + 1):
        count = preset["count"](k)
        rows = window(cursor, count)
        batch = x[rows]
        h, g = loss(layers, batch), gradient(layers, batch)
        mean = [preset["decay"] * m + (1 - preset["decay"]) * w for m, w in zip(mean, g)]
        seed = next_long(split(0, k - 1))
        averages.add(factors(layers, x, rows[: int(np.ceil(count * preset["share"]))], preset["kind"], seed), False)
        is_choice = preset["grid"] and k % 20 == 0
        is_due = is_choice or k == 1 or preset["inverts"](k)
        if is_due and preset["follows"]:
            gamma = np.sqrt(lam + L2)
        tried = [gamma]
        if is_choice:
            w2 = 0.95**10
            tried = [max(np.sqrt(L2), min(1.0, t)) for t in (gamma * w2, gamma, gamma / w2)]
        best = None
        for candidate in tried:
            used = invert(averages.a, averages.g, candidate, preset["pi"]) if is_due else inverse
            if preset.get("tridiagonal"):
                averaged = (averages.a, averages.g) if is_due else averaged
                direction = [-w for w in tridiagonal(*averaged, used, mean)]
            else:
                direction = [-left @ w @ right for (left, right), w in zip(used, mean)]
            if preset["fixed"]:
                found = (float("nan"), 1.0, 0.0, direction)
            else:
                found = best_along(layers, batch, g, lam, direction, last)
            if best is None or found[0] < best[0][0]:
                best = (found, candidate, used)
        (change, rate, momentum, step), gamma, inverse = best
        moved = [w + s for w, s in zip(layers, step)]
        ratio, used_lambda = float("nan"), lam
        if not preset["fixed"] and k % 5 == 0:
            promised = change if preset["ratio_damped"] else change - lam / 2 * dot(step, step)
            ratio = (loss(moved, batch) - h) / promised
            if ratio > 0.75:
                lam *= preset["w"] ** 5
            elif not ratio >= 0.25:
                lam /= preset["w"] ** 5
            lam = max(lam, preset["floor"])
        layers, last = moved, step
        figures = [h, np.sqrt(dot(g, g)), rate, momentum, change, used_lambda, gamma, ratio, dot(layers, layers)]
        print(count, 1, *[repr(float(f)) for f in figures])
        cursor = (cursor + count) % EXAMPLES


main(PRESETS[sys.argv[1]])
