"""Bytes of tensors and of variables."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from modelspec.analysis.facts import TensorStructure, tensors_of
from modelspec.layers.rule import Tensor, Weight

WIDTHS = {
    "bool": 1,
    "int8": 1,
    "uint8": 1,
    "float8_e4m3fn": 1,
    "float8_e5m2": 1,
    "int16": 2,
    "uint16": 2,
    "float16": 2,
    "bfloat16": 2,
    "int32": 4,
    "uint32": 4,
    "float32": 4,
    "int64": 8,
    "uint64": 8,
    "float64": 8,
}
"""Bytes of one element. Text has no fixed width."""


def width_of(tensor: Tensor) -> int:
    """Bytes of one element of a tensor."""
    return WIDTHS.get(tensor.dtype, 4)


def bytes_of(weights: Iterable[Weight]) -> int:
    """The bytes of some variables."""
    return sum(prod(weight.shape) * WIDTHS.get(weight.dtype, 4) for weight in weights)


def tensor_bytes(value: TensorStructure, batch_size: int) -> int | None:
    """The bytes of tensors for a whole batch; None where a size or a width is unknown."""
    total = 0
    for tensor in tensors_of(value):
        if tensor is None or tensor.dtype not in WIDTHS:
            return None
        size = batch_size if tensor.shape and tensor.shape[0] is None else None
        sizes = tensor.shape if size is None else (size, *tensor.shape[1:])
        if any(axis is None for axis in sizes):
            return None
        total += prod(axis for axis in sizes if axis is not None) * WIDTHS[tensor.dtype]
    return total
