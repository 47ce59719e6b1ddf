"""Makes sequences.npz beside this file, with PyTorch 1.13.1 in float64: python3 sequences.py

For each case: parameters theta, a vector v, inputs and targets, outputs, loss, and products of v with the gradient's
matrices. Names of parameters are PyTorch's. The loss is the mean over examples, and within an example the mean over
outputs (squares) or tokens (softmax). Fisher's matrix is computed from its definition, with the probabilities of all
classes; the empirical one from the gradients of single examples.
"""

import math

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
arrays = {}


class Wrapped(nn.Module):
    def __init__(self, inner, f):
        super().__init__()
        self.inner = inner
        self.f = f

    def forward(self, x):
        return self.f(self.inner, x)


class Tied(nn.Module):
    """Embedding, positions, a causal pre-norm block, and logits with the embedding's own weights."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(6, 4)
        self.positions = nn.Embedding(7, 4)
        self.block = nn.TransformerEncoderLayer(4, 2, 5, dropout=0, activation="gelu", batch_first=True, norm_first=True)

    def forward(self, x):
        steps = x.shape[1]
        h = self.embedding(x) + self.positions.weight[:steps]
        h = self.block(h, src_mask=torch.triu(torch.full((steps, steps), -math.inf), diagonal=1))
        return h @ self.embedding.weight.T


class Learned(nn.Module):
    """A recurrent layer whose initial state is a parameter."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, batch_first=True)
        self.initial_l0 = nn.Parameter(torch.zeros(4))
        self.initial_cell_l0 = nn.Parameter(torch.zeros(4))

    def forward(self, x):
        state = [p.expand(1, x.shape[0], 4).contiguous() for p in (self.initial_l0, self.initial_cell_l0)]
        return self.lstm(x, tuple(state))[0]


def packed(inner, x):
    lengths = torch.tensor([5, 2, 3])
    rows = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    return nn.utils.rnn.pad_packed_sequence(inner(rows)[0], batch_first=True)[0]


def all_steps(inner, x):
    return inner(x)[0]


def last_step(inner, x):
    h = inner(x)[1]
    h = h[0] if isinstance(h, tuple) else h
    return torch.cat(list(h[-(2 if inner.bidirectional else 1):]), dim=1)


def channels_last(inner, x):
    return inner(x.movedim(-1, 1)).movedim(1, -1)


PADDING = torch.tensor([[0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 1, 1]], dtype=torch.bool)


def padded_attention(inner, x):
    return inner(x, x, x, key_padding_mask=PADDING)[0]


def attention(inner, x):
    return inner(x, x, x)[0]


def causal_attention(inner, x):
    steps = x.shape[1]
    mask = torch.triu(torch.ones(steps, steps, dtype=torch.bool), diagonal=1)
    return inner(x, x, x, attn_mask=mask)[0]


def padded_block(inner, x):
    return inner(x, src_key_padding_mask=PADDING)


def flat(tensors):
    return torch.cat([t.reshape(-1) for t in tensors])


def case(name, module, x, kind="squares"):
    names = [n for n, _ in module.named_parameters()]
    shapes = [p.shape for p in module.parameters()]
    sizes = [p.numel() for p in module.parameters()]
    theta = 0.6 * torch.randn(sum(sizes))
    v = torch.randn(sum(sizes))
    module.train()

    def named(vector):
        return {n: part.reshape(s) for n, part, s in zip(names, torch.split(vector, sizes), shapes)}

    def model(vector):
        state = named(vector)
        saved = {n: p for n, p in module.named_parameters()}
        for n, value in state.items():
            owner = module
            *path, last = n.split(".")
            for part in path:
                owner = getattr(owner, part)
            del owner._parameters[last]
            setattr(owner, last, value)
        try:
            return module(x)
        finally:
            for n, p in saved.items():
                owner = module
                *path, last = n.split(".")
                for part in path:
                    owner = getattr(owner, part)
                delattr(owner, last)
                owner._parameters[last] = p

    outputs = model(theta)
    targets = (
        torch.randint(outputs.shape[-1], outputs.shape[:-1]) if kind == "softmax" else torch.randn(outputs.shape)
    )

    def losses_of(z):
        if kind == "softmax":
            flat_loss = nn.functional.cross_entropy(z.reshape(-1, z.shape[-1]), targets.reshape(-1), reduction="none")
            return flat_loss.reshape(z.shape[0], -1).mean(dim=1)
        return ((z - targets) ** 2).reshape(z.shape[0], -1).mean(dim=1)

    def loss(vector):
        return losses_of(model(vector)).mean()

    J = torch.autograd.functional.jacobian(model, theta).reshape(-1, len(theta))
    z0 = outputs.detach()
    H = torch.autograd.functional.hessian(lambda z: losses_of(z).mean(), z0).reshape(z0.numel(), z0.numel())
    E = torch.autograd.functional.jacobian(lambda t: losses_of(model(t)), theta)
    examples = x.shape[0]
    if kind == "softmax":
        p = torch.softmax(z0, dim=-1).reshape(-1, z0.shape[-1])
        rows = J.reshape(len(p), z0.shape[-1], len(theta))
        fisher = torch.zeros_like(v)
        for place in range(len(p)):
            for label in range(p.shape[1]):
                g = (p[place] - torch.eye(p.shape[1])[label]) @ rows[place]
                fisher += p[place, label] * g * (g @ v) / len(p)
    else:
        # A normal distribution of variance 1/2 for each output, weighed by 1 / outputs of an example.
        fisher = 2 / z0.numel() * J.T @ (J @ v)
    t = theta.clone().requires_grad_()
    gradient = torch.autograd.grad(loss(t), t, create_graph=True)[0]
    hessian_v = torch.autograd.grad(gradient @ v, t)[0]
    figures = {
        "gradient": gradient,
        "hessian": hessian_v,
        "gaussnewton": J.T @ (H @ (J @ v)),
        "fisher": fisher,
        "empirical": E.T @ (E @ v) / examples,
    }
    for kind_of, vector in {"theta": theta, "v": v, **figures}.items():
        for n, part in named(vector).items():
            arrays[f"{name}.{kind_of}.{n.removeprefix('inner.')}"] = part.detach().numpy()
    for kind_of, value in {"x": x, "targets": targets, "outputs": z0, "loss": loss(theta)}.items():
        arrays[f"{name}.{kind_of}"] = value.detach().numpy()


def recurrent(kind, **options):
    return Wrapped(kind(3, 4, batch_first=True, **options), all_steps)


x = torch.randn(3, 5, 3)
case("rnn", recurrent(nn.RNN), x)
case("rnn-relu", recurrent(nn.RNN, nonlinearity="relu"), x)
case("rnn-20-steps", Wrapped(nn.RNN(2, 5, batch_first=True), last_step), torch.randn(4, 20, 2), "softmax")
case("rnn-two-layers", recurrent(nn.RNN, num_layers=2, bidirectional=True, bias=False), x)
case("lstm", recurrent(nn.LSTM), x)
case("lstm-two-ways", Wrapped(nn.LSTM(3, 3, 2, batch_first=True, bidirectional=True), last_step), x, "softmax")
case("lstm-packed", Wrapped(nn.LSTM(3, 3, batch_first=True, bidirectional=True), packed), x)
case("lstm-initial", Learned(), x)
case("gru", recurrent(nn.GRU), x)
case("gru-no-bias", recurrent(nn.GRU, bias=False), x)
case("gru-two-layers", Wrapped(nn.GRU(3, 3, 2, batch_first=True, bidirectional=True), all_steps), x, "softmax")
case("layer-norm", nn.LayerNorm(4), torch.randn(3, 5, 4))
case("group-norm", Wrapped(nn.GroupNorm(2, 4), channels_last), torch.randn(3, 2, 3, 4))
case("instance-norm", Wrapped(nn.InstanceNorm1d(4, affine=True), channels_last), torch.randn(3, 5, 4))
case("batch-norm", nn.BatchNorm1d(4), torch.randn(6, 4))
case("batch-norm-images", Wrapped(nn.BatchNorm2d(3), channels_last), torch.randn(3, 2, 2, 3))
hidden = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2))
case("batch-norm-inside", hidden, torch.randn(6, 3))
case("attention", Wrapped(nn.MultiheadAttention(4, 2, batch_first=True), attention), torch.randn(3, 4, 4))
case("attention-causal", Wrapped(nn.MultiheadAttention(4, 1, batch_first=True), causal_attention), torch.randn(3, 4, 4))
case("attention-padded", Wrapped(nn.MultiheadAttention(6, 3, batch_first=True), padded_attention), torch.randn(3, 4, 6))
block = dict(dropout=0, batch_first=True)
case("block-post", nn.TransformerEncoderLayer(4, 2, 6, **block), torch.randn(3, 4, 4))
case("block-pre", nn.TransformerEncoderLayer(4, 2, 6, activation="gelu", norm_first=True, **block), torch.randn(3, 4, 4))
case("block-padded", Wrapped(nn.TransformerEncoderLayer(4, 2, 3, **block), padded_block), torch.randn(3, 4, 4))
case("embedding", nn.Embedding(5, 3), torch.randint(5, (3, 4)))
case("tied", Tied(), torch.randint(6, (3, 5)), "softmax")
np.savez_compressed("sequences.npz", **arrays)
