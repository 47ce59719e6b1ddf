"""Makes halves.npy and half.npz: numbers in double precision, and the bits of the nearest half or bfloat16.

Made with NumPy 2.4.6. NumPy rounds to half precision; it has no bfloat16, so its nearest number comes from fractions.
"""

from fractions import Fraction

import numpy as np

random = np.random.default_rng(1)
edges = [0.0, -0.0, 1.0, -1.0, 65504.0, 65519.0, 65519.99, 65520.0, 65536.0, 2.0**-14, 2.0**-24, 2.0**-25]
edges += [2.0**-25 * 1.0000001, 3 * 2.0**-26, 1 + 2.0**-11, 1 + 3 * 2.0**-11, 1 + 2.0**-11 + 2.0**-40, np.inf, -np.inf]
edges += [1e300, 5e-324, 3.3895313892515355e38, 3.39e38, 3.3961775292304601e38, 1.2e-38, 9.2e-41, 4.6e-41, 4.5e-41]
edges += [1 + 2.0**-8, 1 + 3 * 2.0**-8, 1 + 2.0**-8 + 2.0**-40]
values = np.concatenate([edges, random.standard_normal(200) * 10.0 ** random.uniform(-9, 6, 200)])
values = np.concatenate([values, random.standard_normal(200) * 10.0 ** random.uniform(-44, 38, 200)])
with np.errstate(over="ignore"):
    half = values.astype("<f2").view("<u2")


def brain(value):
    sign = 0x8000 if np.signbit(value) else 0
    if np.isinf(value):
        return sign | 0x7F80
    # The magnitudes of all finite numbers in order, and the place of infinity after them.
    magnitudes = (np.arange(0x7F80, dtype="<u4") << 16).view("<f4").astype(float)
    steps = [Fraction(m) for m in magnitudes[-2:]]
    at = int(np.searchsorted(magnitudes, abs(value), "right")) - 1
    below = Fraction(magnitudes[at])
    above = Fraction(magnitudes[at + 1]) if at + 1 < len(magnitudes) else 2 * steps[1] - steps[0]
    to_below, to_above = abs(Fraction(value)) - below, above - abs(Fraction(value))
    up = to_above < to_below or (to_above == to_below and at % 2 == 1)
    return sign | min(at + (1 if up else 0), 0x7F80)


np.save("halves.npy", values)
np.save("halves-f16.npy", half.astype("<u2"))
np.save("halves-bf16.npy", np.array([brain(v) for v in values], "<u2"))
matrix = np.array([[1.5, -2.25, 3e-5], [0.1, np.inf, -7.0]])
np.savez("half.npz", a=matrix.astype("<f2"), b=np.array([0, -1, 2**53 + 1, -(2**63), 2**63 - 1]))
