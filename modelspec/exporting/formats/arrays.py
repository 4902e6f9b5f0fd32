"""Batches as numpy arrays by name: plain dtypes, and synthetic values."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]
Predict = Callable[[Arrays], dict[str, Array]]
"""From a batch by input name to outputs by output name, all of shape [n, ...]."""

Signature = dict[str, tuple[tuple[int | None, ...], str]]
"""Input name to its shape, batch axis included, and the numpy name of its dtype, or "str"."""

UNKNOWN_SIZE = 16
"""Takes the place of a size that is unknown, in synthetic data."""


def plain_outputs(outputs: Mapping[str, Any]) -> dict[str, Array]:
    """Outputs in numpy's own dtypes: bfloat16 is none of them, and cannot be saved by numpy."""
    arrays = {name: np.asarray(value) for name, value in outputs.items()}
    return {
        name: array.astype(np.float32) if array.dtype.kind == "V" else array
        for name, array in arrays.items()
    }


def names_in_file(inputs: Collection[str], outputs: Collection[str]) -> dict[str, str]:
    """What each output is called in a file in which a tensor has one name: not as an input is."""
    names, taken = {}, {*inputs, *outputs}
    for name in sorted(outputs):
        names[name] = name
        while names[name] in inputs or (names[name] != name and names[name] in taken):
            names[name] += "_output"
        taken.add(names[name])
    return names


def plain_text(array: Array) -> Array:
    """Text as numpy's str dtype in place of Python objects, as runtimes and archives take it."""
    return array.astype(str) if array.dtype.kind in "OS" else array


_DTYPES = {
    "f32": "float32",
    "f64": "float64",
    "i32": "int32",
    "i64": "int64",
    "u8": "uint8",
    "boolean": "bool",
    "float": "float32",
    "double": "float64",
    "bfloat16": "float32",
    "string": "str",
    "object": "str",
    "bytes": "str",
}


def numpy_dtype(dtype: str) -> str:
    """The numpy name of a dtype as runtimes name it; "str" for text."""
    return "str" if dtype.startswith("bytes") else _DTYPES.get(dtype, dtype)


def synthetic_batch(signature: Signature, count: int) -> dict[str, Array]:
    """Values that any model with these inputs takes: numbers around 0, the integers 0 and 1, a
    word. `count` is the number of examples where the batch size is open."""
    return {
        name: synthetic_array(name, (sizes[0] or count, *sizes[1:]), dtype)
        for name, (sizes, dtype) in signature.items()
    }


def synthetic_array(
    name: str,
    shape: Sequence[int | None],
    dtype: str,
    *,
    words: Sequence[str] = ("unseen",),
    bound: int = 2,
) -> Array:
    """The synthetic values of one input, the same in every process.

    Args:
        name: of the input; it seeds the random numbers.
        shape: batch axis included; None is an unknown size.
        dtype: see `numpy_dtype`.
        words: to choose text from.
        bound: integers are below it.
    """
    sizes = tuple(UNKNOWN_SIZE if size is None else size for size in shape)
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    dtype = numpy_dtype(dtype)
    if dtype == "str":
        return rng.choice(np.asarray(words, dtype=object), sizes)
    if dtype == "bool":
        return rng.random(sizes) < 0.5
    if "int" in dtype:
        return rng.integers(0, bound, sizes).astype(dtype)
    return rng.normal(size=sizes).astype(dtype)
