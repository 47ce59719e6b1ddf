"""Makes the .pt files beside this one, and those of nn, in the layout of torch.save (PyTorch 1.6 and newer).

PyTorch is not needed: modules of its names stand in for its classes, so that Python's own pickler writes the same
opcodes as torch.save, and zipfile writes the archive with the flags, the alignment and the end records of PyTorch's
writer. Made with Python 3.11.7 and NumPy 2.4.6. libtorch.pt is different: libtorch 2.10 read plain.pt with
torch::pickle_load and wrote it with torch::pickle_save, so the archive and the pickle are PyTorch's own.
"""

import io
import json
import pickle
import struct
import sys
import types
import zipfile
from collections import OrderedDict

import numpy as np

torch = types.ModuleType("torch")
torch._utils = types.ModuleType("torch._utils")
sys.modules.update({"torch": torch, "torch._utils": torch._utils})


def stands_in(module, name, value):
    value.__module__, value.__qualname__, value.__name__ = module.__name__, name, name
    setattr(module, name, value)
    return value


rebuild_tensor = stands_in(torch._utils, "_rebuild_tensor_v2", lambda *arguments: None)
rebuild_parameter = stands_in(torch._utils, "_rebuild_parameter", lambda *arguments: None)
KINDS = {"f4": "Float", "f8": "Double", "f2": "Half", "i8": "Long", "i4": "Int", "i2": "Short", "i1": "Char"}
KINDS |= {"u1": "Byte", "b1": "Bool", "bf": "BFloat16"}
STORAGES = {code: stands_in(torch, kind + "Storage", type("", (), {})) for code, kind in KINDS.items()}


class Storage:
    """Numbers, or the bits of bfloat16 numbers."""

    def __init__(self, values, code=None):
        self.values = np.ascontiguousarray(values).ravel()
        self.code = code or self.values.dtype.str[1:]


class Tensor:
    """A view of a storage; by default all of it in order."""

    def __init__(self, storage, shape, offset=0, strides=None):
        contiguous = [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
        self.parts = storage, offset, tuple(shape), tuple(contiguous if strides is None else strides)

    def __reduce_ex__(self, protocol):
        return rebuild_tensor, (*self.parts, False, OrderedDict())


class Parameter:
    def __init__(self, tensor):
        self.tensor = tensor

    def __reduce_ex__(self, protocol):
        return rebuild_parameter, (self.tensor, True, OrderedDict())


def tensor(array, code=None):
    array = np.asarray(array)
    return Tensor(Storage(array, code), array.shape)


class Unseekable(io.RawIOBase):
    """zipfile then writes sizes behind the data, as PyTorch's writer does."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.at = 0

    def writable(self):
        return True

    def write(self, data):
        self.at += len(data)
        return self.file.write(data)

    def close(self):
        self.file.close()


def save(path, value, order="<", folder="archive"):
    storages = []
    pickled = io.BytesIO()

    class Pickler(pickle.Pickler):
        def persistent_id(self, found):
            if not isinstance(found, Storage):
                return None
            if found not in storages:
                storages.append(found)
            return "storage", STORAGES[found.code], str(storages.index(found)), "cpu", len(found.values)

    Pickler(pickled, protocol=2).dump(value)
    entries = {"data.pkl": pickled.getvalue(), "byteorder": b"little" if order == "<" else b"big"}
    for i, storage in enumerate(storages):
        entries[f"data/{i}"] = storage.values.astype(storage.values.dtype.newbyteorder(order)).tobytes()
    entries["version"] = b"3\n"
    zipfile.ZIP_FILECOUNT_LIMIT = 0  # always writes the end records of ZIP64
    out = Unseekable(path)
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(f"{folder}/{name}", (1980, 1, 1, 0, 0, 0))
            start = out.at + 30 + len(info.filename) + 4
            padding = -start % 64
            info.extra = b"FB" + struct.pack("<H", padding) + b"Z" * padding
            archive.writestr(info, data)
    out.close()


def state(**tensors):
    result = OrderedDict((name.replace("__", "."), value) for name, value in tensors.items())
    result._metadata = OrderedDict([("", {"version": 1})])
    return result


matrix = np.array([[1.5, -2.25, 3e-5], [0.1, np.inf, -7.0]])
shared = Storage(np.arange(24, dtype="<f4"))
types_of = state(
    f32=tensor(matrix.astype("<f4")),
    f64=tensor(matrix),
    f16=tensor(np.array([1.5, -65504, 6e-8, np.inf], "<f2")),
    bf16=tensor(np.array([0x3FC0, 0xC000, 0x7F80, 0x0001], "<u2"), "bf"),
    i64=tensor(np.array([0, -1, 2**53 + 1, -(2**63)])),
    i32=tensor(np.array([1, -(2**31)], "<i4")),
    i16=tensor(np.array([1, -32768], "<i2")),
    i8=tensor(np.array([1, -128], "i1")),
    u8=tensor(np.array([1, 255], "u1")),
    bool=tensor(np.array([True, False])),
    scalar=tensor(np.array(2.5, "<f4")),
    empty=Tensor(Storage(np.zeros(0, "<f4")), (0, 3)),
)
save("types.pt", types_of)
save("big-endian.pt", types_of, ">")
save(
    "views.pt",
    state(
        all=Tensor(shared, (2, 3, 4)),
        transposed=Tensor(shared, (3, 2), 0, (1, 3)),
        part=Tensor(shared, (2, 2), 5, (4, 1)),
        tied=Parameter(Tensor(shared, (2, 3, 4))),
        repeated=Tensor(shared, (3,), 7, (0,)),
    ),
    folder="views",
)
save(
    "checkpoint.pt",
    {
        "epoch": 7,
        "loss": 0.25,
        "name": "run 1",
        "best": None,
        "big": 2**40,
        "model_state_dict": state(fc1__weight=tensor(np.array([[1.0, 2.0, 3.0]], "<f4"))),
        "optimizer": {
            "state": {0: {"step": tensor(np.array(5.0, "<f4")), "exp_avg": tensor(np.array([[0.5]], "<f4"))}},
            "param_groups": [{"lr": 1e-3, "betas": (0.9, 0.999), "amsgrad": False, "params": list(range(300))}],
        },
        "extra": [tensor(np.array([4], "<i8"))],
    },
)
plain = dict(list(types_of.items())[:5], bool=types_of["bool"])
plain |= {"transposed": Tensor(shared, (3, 2), 0, (1, 3)), "part": Tensor(shared, (2, 2), 5, (4, 1))}
save("plain.pt", plain)
save("many.pt", state(**{f"layer{i}__weight": tensor(np.full(2, i, "<f4")) for i in range(40)}))


class Evil:
    def __reduce__(self):
        return eval, ("1",)


save("evil.pt", state(weight=Evil()))
save("module.pt", stands_in(sys.modules["__main__"], "Net", type("Net", (), {}))())

nn = "../../../../../../../../nn/src/test/resources/dev/ravine/nn/"
layers = [np.arange(6).reshape(2, 3) / 8 - 0.25, np.array([0.5, -0.5, 0.25]), [[1.0], [-2.0], [3.0]], [0.125]]
torch_layers = [np.asarray(layer).T.astype("<f4") for layer in layers]
names = ["0.weight", "0.bias", "2.weight", "2.bias"]
net = dict(zip(names, torch_layers))
save(nn + "weights.pt", state(**{name: tensor(value) for name, value in net.items()}))
other = {name.replace("0.", "fc1.").replace("2.", "head."): tensor(value) for name, value in net.items()}
save(nn + "checkpoint.pt", {"epoch": 3, "model": state(**other, log__scale=tensor(np.zeros(1, "<f4")))})

# safetensors as PyTorch exports it: a header in JSON, padded with spaces, and the numbers.
header, numbers = {"__metadata__": {"format": "pt"}}, b""
for name, value in net.items():
    data = np.ascontiguousarray(value).tobytes()
    header[name] = {"dtype": "F32", "shape": value.shape, "data_offsets": [len(numbers), len(numbers) + len(data)]}
    numbers += data
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open(nn + "weights-torch.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + numbers)
