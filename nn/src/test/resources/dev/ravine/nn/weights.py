"""Makes the files beside this one; they were made with NumPy 2.4.6 and safetensors 0.8.0."""

import numpy as np
from safetensors.numpy import save_file

weights = {
    "0.weight": (np.arange(6).reshape(2, 3) / 8 - 0.25).astype("<f4"),
    "0.bias": np.array([0.5, -0.5, 0.25], "<f4"),
    "2.weight": np.array([[1.0], [-2.0], [3.0]], "<f4"),
    "2.bias": np.array([0.125], "<f4"),
}
np.savez("weights.npz", **weights)
np.savez_compressed("weights-fortran.npz", **{name: np.asfortranarray(w) for name, w in weights.items()})
save_file(weights, "weights.safetensors")
x = np.array([[1.0, 2.0], [-1.0, 0.5]], "<f4")
hidden = np.tanh(x @ weights["0.weight"] + weights["0.bias"])
np.save("outputs.npy", hidden @ weights["2.weight"] + weights["2.bias"])
