"""Makes tokens.npz beside this file, with PyTorch 1.13 in float64: the cross-entropy of each example of a batch of
sequences, with its gradient by the logits, the Hessian times a vector, and PyTorch's mean over the whole batch."""

import numpy as np
import torch
from torch.nn.functional import cross_entropy

torch.set_default_dtype(torch.float64)
torch.manual_seed(3)
z = torch.randn(3, 4, 5)
v = torch.randn(3, 4, 5)
targets = torch.tensor([[0, 1, 2, 4], [3, 3, -100, -100], [-100, 4, 0, -100]])
weights = torch.tensor([0.5, 2.0, 1.0, 0.25, 1.5])
arrays = {"z": z, "v": v, "targets": targets, "weights": weights}
options = {
    "plain": {},
    "smooth": {"label_smoothing": 0.2},
    "weighted": {"weight": weights},
    "both": {"weight": weights, "label_smoothing": 0.2},
}
for name, chosen in options.items():
    for reduction in ("mean", "sum"):
        key = f"{name}.{reduction}"

        def per_example(logits):
            return torch.stack([cross_entropy(logits[i], targets[i], reduction=reduction, **chosen) for i in range(3)])

        leaf = z.clone().requires_grad_()
        values = per_example(leaf)
        gradient = torch.autograd.grad(values.sum(), leaf, create_graph=True)[0]
        arrays[f"{key}.values"] = values
        arrays[f"{key}.gradient"] = gradient
        arrays[f"{key}.hessian"] = torch.autograd.grad((gradient * v).sum(), leaf)[0]
        arrays[f"{key}.batch"] = cross_entropy(z.reshape(-1, 5), targets.reshape(-1), reduction=reduction, **chosen)
np.savez_compressed("tokens.npz", **{name: array.detach().numpy() for name, array in arrays.items()})
