"""Codes of indices: the shapes that one_hot, multi_hot, count and tf_idf give.

Keras's layers state them in the symbolic pass each in its own way; what runs is one function for
all, and these are its shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.layers.rule import FIRST_BATCH, VALUES_DECIDE, Mismatch, Shape, Tensor

ONE_HOT = "one_hot"


def encoded(shape: Shape, mode: str, depth: int | None) -> Shape:
    """The shape of the codes, `depth` columns wide, of indices of a shape.

    `one_hot` has a code for each index, in place of a last axis of size 1. The other modes have
    one code for all indices of an axis: the last, or of more than two axes the one after the
    batch.
    """
    if mode == ONE_HOT:
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape or (1,)), depth)
    return (*shape[:1], *shape[2:], depth) if len(shape) > 1 else (depth,)


def codes(args: Mapping[str, Any], shape: Shape, depth: int | None, dtype: str) -> Tensor:
    """The codes of indices of a shape, by the arguments `output_mode` and `sparse`.

    Raises:
        Mismatch: no batch of them can be computed.
    """
    mode = args["output_mode"]
    counts = mode != ONE_HOT and len(shape) <= 2
    if args["sparse"] and mode == ONE_HOT:
        message = f"gives no sparse one_hot codes: {FIRST_BATCH}"
        raise Mismatch(message, "sparse", "leave `sparse` out")
    if args["sparse"] and mode in ("tf_idf", "tf-idf"):
        message = f"gives no sparse tf_idf codes: {FIRST_BATCH}"
        raise Mismatch(message, "sparse", "leave `sparse` out")
    if args["sparse"] and not counts:
        # Keras asks the batch for its size to make such a tensor, and in a graph has none
        message = f"gives sparse codes of indices (batch, indices) only, got {shape}: {FIRST_BATCH}"
        raise Mismatch(message, "sparse", "leave `sparse` out")
    if counts and dtype not in COUNTABLE:
        hint = "write `dtype: float32` at this layer"
        raise Mismatch(f"gives no {mode} codes in {dtype}: {FIRST_BATCH}", "output_mode", hint)
    made = encoded(shape, mode, depth)
    # of one axis only that of the vocabulary is left, which is not that of the batch
    trial = (VALUES_DECIDE,) if made == (None,) else None
    found = Tensor(made, dtype, sparse=bool(args["sparse"]), trial=trial)
    return found.built_as(announced(shape, mode, depth))


def announced(shape: Shape, mode: str, depth: int | None) -> Shape:
    """The shape that most of Keras's layers state: of more than two axes they replace the last."""
    return encoded(shape, mode, depth) if mode == ONE_HOT else (*shape[:-1], depth)


COUNTABLE = ("float32", "float64", "int32", "int64")
"""Indices of at most two axes are counted by an op of TensorFlow, which takes these dtypes."""
