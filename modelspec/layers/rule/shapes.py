"""Shapes: counting elements, finding axes, broadcasting, and the checks that many rules share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from .rule import Mismatch, Shape, Tensor, UnknownSize

TEXT = "string"


def volume(sizes: Iterable[int | None]) -> int | None:
    """The product of sizes; None where one is unknown."""
    return product(*sizes)


def product(*factors: int | None) -> int | None:
    """The product of numbers; None where one is unknown."""
    known = [factor for factor in factors if factor is not None]
    return math.prod(known) if len(known) == len(factors) else None


def total(*terms: int | None) -> int | None:
    """The sum of numbers; None where one is unknown."""
    known = [term for term in terms if term is not None]
    return sum(known) if len(known) == len(terms) else None


def per_example(shape: Shape) -> int | None:
    """The number of elements of one example; None where a size is unknown."""
    return volume(shape[1:])


def need_rank(x: Tensor, axes: str) -> None:
    """Refuse a tensor that does not have the axes named: "batch, steps, features"."""
    count = axes.count(",") + 1
    if x.rank != count:
        raise Mismatch(
            f"needs {count} axes ({axes}), got {x.shape}", hint=_rank_hint(x.rank, count, axes)
        )


def _rank_hint(rank: int, count: int, axes: str) -> str:
    if rank > count:
        return "use Flatten, Reshape or a pooling layer before it to remove axes"
    if "steps" in axes and rank == count - 1:
        return (
            "write `return_sequences: true` in a recurrent layer before it; elsewhere use Reshape,"
            " or another `shape` of the input, to add an axis"
        )
    return "use Reshape before it, or another `shape` of the input, to add axes"


def need_min_rank(x: Tensor, count: int, axes: str) -> None:
    """Refuse a tensor of fewer than `count` axes. `axes` says which they are."""
    if x.rank < count:
        plural = "axes" if count > 1 else "axis"
        raise Mismatch(
            f"needs at least {count} {plural} ({axes}), got {x.shape}",
            hint=_rank_hint(x.rank, count, axes),
        )


def need_known(size: int | None, what: str, shape: Shape) -> int:
    """The size; weights of unknown size cannot be created.

    Args:
        size: a size of `shape`.
        what: its name in the message: "last axis".
        shape: the whole shape, for the message.

    Raises:
        Mismatch: it is unknown.
    """
    if size is None:
        raise UnknownSize(
            f"needs a known {what}, got {shape}", hint="give the input a `shape` without null there"
        )
    return size


def need_numbers(*tensors: Tensor) -> None:
    """Refuse text. Keras notices it only when the first batch arrives."""
    if any(tensor.dtype == TEXT for tensor in tensors):
        raise Mismatch(
            "needs numbers, got text (dtype string)",
            hint="put StringLookup or TextVectorization before it",
        )


def find_axis(axis: int, shape: Shape, arg: str = "axis") -> int:
    """An axis counted from the front, -1 being the last one."""
    rank = len(shape)
    if not -rank <= axis < rank:
        raise Mismatch(
            f"axis {axis} is not among the {rank} axes of {shape}",
            arg,
            f"choose one from {-rank} to {rank - 1}" if rank else "",
        )
    return axis % rank


def find_axes(axes: int | Sequence[int], shape: Shape, arg: str = "axis") -> tuple[int, ...]:
    """One axis or several, counted from the front, in the order written."""
    written = (axes,) if isinstance(axes, int) else axes
    return tuple(find_axis(axis, shape, arg) for axis in written)


def need_distinct(axes: Sequence[int], shape: Shape, arg: str = "axis") -> None:
    """Refuse an axis, counted from the front, that is named twice; kernels find out in the run."""
    twice = [axis for axis in axes if axes.count(axis) > 1]
    if twice:
        raise Mismatch(f"names axis {twice[0]} of {shape} twice", arg, "name each axis once")


def broadcast(first: Shape, second: Shape) -> Shape:
    """The shape of an elementwise operation; sizes that do not fit are a Mismatch.

    An unknown size beside one above 1 takes that size: nothing else would fit.
    """
    rank = max(len(first), len(second))
    left = (1,) * (rank - len(first)) + first
    right = (1,) * (rank - len(second)) + second
    out: list[int | None] = []
    for a, b in zip(left, right, strict=True):
        if a is not None and b is not None and a != b and 1 not in (a, b):
            raise Mismatch(f"{first} and {second} do not fit together: {a} is neither {b} nor 1")
        out.append(_stretched(a, b))
    return tuple(out)


def _stretched(a: int | None, b: int | None) -> int | None:
    if a is not None and b is not None:
        return b if a == 1 else a
    known = a if b is None else b
    return known if known is not None and known > 1 else None
