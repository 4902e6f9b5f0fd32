"""Sizes as they meet in a run: the batch is a size of its own, and a mask goes with its tensor.

`broadcast` says what fits while a model is built, where an unknown size fits all. In a run the
unknown batch size is a number like any other; met by another axis, it fits in one batch at most.
"""

from __future__ import annotations

from .rule import LayerCall, Shape, Tensor

BATCH = -1
"""Stands for the unknown batch size, so that it equals itself and nothing else."""


def marked(shape: Shape) -> Shape:
    """The shape with BATCH in place of an unknown first size."""
    return (BATCH, *shape[1:]) if shape and shape[0] is None else shape


def unmarked(shape: Shape) -> Shape:
    """The shape with None in place of BATCH."""
    return tuple(None if size == BATCH else size for size in shape)


def run_broadcast(*shapes: Shape) -> Shape | None:
    """The shape of an elementwise operation of marked shapes; None if it fails in each batch."""
    out: Shape | None = ()
    for shape in shapes:
        out = None if out is None else _stretched(out, shape)
    return out


def _stretched(left: Shape, right: Shape) -> Shape | None:
    rank = max(len(left), len(right))
    pairs = zip((1,) * (rank - len(left)) + left, (1,) * (rank - len(right)) + right, strict=True)
    out: list[int | None] = []
    for a, b in pairs:
        if b in (a, 1):
            out.append(a)
        elif a == 1:
            out.append(b)
        elif None in (a, b) and BATCH not in (a, b):
            out.append(a if b is None else b)
        else:
            return None
    return tuple(out)


def stretches_to(shape: Shape, wanted: Shape) -> bool:
    """Whether an elementwise operation of both, marked, has the wanted shape."""
    found = run_broadcast(shape, wanted)
    return (
        found is not None
        and len(found) == len(wanted)
        and all(b in (a, None) for a, b in zip(found, wanted, strict=True))
    )


def expanded(shape: Shape, axis: int) -> Shape | None:
    """The shape with a new axis of size 1 at `axis`, from the end; None if out of bounds."""
    at = len(shape) + 1 + axis
    return (*shape[:at], 1, *shape[at:]) if at >= 0 else None


def mask_met(call: LayerCall, x: Tensor) -> Shape | None:
    """The marked shape of the mask that a layer with the parameter `mask` works with, or None.

    Keras hands it the mask of `x` only if it is called on no other tensor (`initial_state`).
    """
    given = call.named.get("mask")
    if isinstance(given, Tensor):
        return marked(given.shape)
    alone = len(call.inputs) + len(call.named) == 1
    return marked(x.mask) if alone and x.mask is not None else None
