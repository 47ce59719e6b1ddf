"""Makes the files beside this one; they were made with NumPy 2.4.6 and safetensors 0.8.0."""

import numpy as np
from safetensors import TensorSpec, serialize_file
from safetensors.numpy import save_file

matrix = np.array([[1.5, -2.25, 3e-5], [0.1, np.inf, -7.0]])
integers = np.array([0, -1, 2**53 + 1, -(2**63), 2**63 - 1])
cube = np.arange(24).reshape(2, 3, 4)


def npy(name, array, version=None):
    with open(name + ".npy", "wb") as file:
        np.lib.format.write_array(file, array, version=version)


npy("f4", matrix.astype("<f4"))
npy("f8", matrix)
npy("i8", integers)
npy("scalar", np.array(2.5))
npy("empty", np.zeros((0, 3), "<f4"))
npy("rank4", np.arange(120.0).reshape(2, 3, 4, 5).astype("<f4"))
npy("fortran", np.asfortranarray(matrix))
npy("fortran3", np.asfortranarray(cube))
npy("version2", matrix, (2, 0))
npy("version3", np.asfortranarray(cube.astype("<f4")), (3, 0))
npy("big_f4", matrix.astype(">f4"))
npy("big_f8_fortran", np.asfortranarray(matrix.astype(">f8")))
npy("big_i8", integers.astype(">i8"))
npy("i4", np.array([[1, -2], [2**31 - 1, -(2**31)]], "<i4"))
npy("u4_big", np.array([1, 2**32 - 1], ">u4"))
npy("i2", np.array([1, -32768], "<i2"))
npy("u2", np.array([1, 65535], "<u2"))
npy("i1", np.array([1, -128], "i1"))
npy("u1_fortran", np.asfortranarray(np.array([[1, 2, 3], [253, 254, 255]], "u1")))
npy("b1", np.array([True, False, True]))
npy("f2", np.array([1.0], "<f2"))
npy("u8", np.array([1], "<u8"))
npy("text", np.array(["ab"]))
npy("record", np.array([(1.0, 2)], [("x", "<f4"), ("y", "<i8")]))
npy("object", np.array([None]))
np.savez("stored.npz", a=matrix, b=integers)
np.savez_compressed("deflated.npz", zeros=np.zeros((16, 64), "<f4"), cube=np.asfortranarray(cube))
save_file(
    {
        "weight": matrix.astype("<f4"),
        "bias": np.array([1.0, 2.0]),
        "step": np.array(7),
        "größe": np.zeros((0, 3), "<f4"),
        "moments": cube,
        "a": np.array([0.5], "<f4"),
    },
    "mixed.safetensors",
    {"format": "np"},
)
save_file({}, "nothing.safetensors")
save_file({"half": np.array([1.0], "<f2")}, "f16.safetensors")
brain = np.array([0x3F80], "<u2")
spec = TensorSpec(dtype="bfloat16", shape=[1], data_ptr=brain.ctypes.data, data_len=brain.nbytes)
serialize_file({"brain": spec}, "bf16.safetensors")
