"""Shapes of ops: axes taken away, tensors that must be alike, sizes that fell below 0."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.layers.rule import FIRST_BATCH, Mismatch, Shape, Tensor, broadcast, find_axes

Size = int | None

MAX_RESULTS = 10_000
"""Results of one op: no more than a model may have layers to read them."""


def reduced(shape: Shape, axis: int | Sequence[int] | None, keepdims: bool) -> Shape:
    """The shape without the axes, or with 1 in their place. None means all axes."""
    gone = range(len(shape)) if axis is None else different_axes(axis, shape)
    if keepdims:
        return tuple(1 if i in gone else size for i, size in enumerate(shape))
    return tuple(size for i, size in enumerate(shape) if i not in gone)


def different_axes(axis: int | Sequence[int], shape: Shape, arg: str = "axis") -> tuple[int, ...]:
    """One axis or several, counted from 0, without duplicates."""
    axes = find_axes(axis, shape, arg)
    if len(set(axes)) != len(axes):
        raise Mismatch(f"names an axis of {shape} twice: {axis}", arg)
    return axes


def stretched(*shapes: Shape) -> Shape:
    """The one shape that all the shapes broadcast to. A size of 0 stays 0 with an unknown one."""
    result: Shape = ()
    for shape in shapes:
        result = broadcast(result, shape)
    for shape in shapes:
        front = len(result) - len(shape)
        known = (None,) * front + shape
        result = tuple(0 if 0 in pair else pair[0] for pair in zip(result, known, strict=True))
    return result


def need_stretches_to(shape: Shape, wanted: Shape, arg: str | None = "shape") -> None:
    """The tensor's axes must be those wanted, or 1. An unknown size fits one that is known.

    Raises:
        Mismatch: there are too many axes, or a size differs.
    """
    behind = wanted[len(wanted) - len(shape) :] if len(shape) <= len(wanted) else ()
    pairs = zip(shape, behind, strict=False)
    if len(behind) != len(shape) or not all(a in (None, 1, b) or b is None for a, b in pairs):
        message = f"cannot stretch {shape} to {wanted}: {FIRST_BATCH}"
        raise Mismatch(message, arg, "only axes of size 1 are stretched")


def fits(left: Size, right: Size) -> bool:
    """Whether two sizes can be equal."""
    return left is None or right is None or left == right


def same_but(shapes: Sequence[Shape], axis: int | None) -> None:
    """All shapes must be equal, or equal but for one axis."""
    first = shapes[0]
    for shape in shapes[1:]:
        equal = len(shape) == len(first) and all(
            i == axis or fits(one, other)
            for i, (one, other) in enumerate(zip(first, shape, strict=False))
        )
        if not equal:
            but = "" if axis is None else f" but for axis {axis}"
            raise Mismatch(f"needs tensors of one shape{but}, got {first} and {shape}")


def need_ranks(x: Tensor, *ranks: int, name: str = "x") -> None:
    """The tensor must have one of these numbers of axes."""
    if x.rank not in ranks:
        wanted = " or ".join(str(rank) for rank in ranks)
        raise Mismatch(f"needs {wanted} axes in `{name}`, got {x.shape}")


def need_rank_at_least(x: Tensor, rank: int, name: str = "x") -> None:
    """The tensor must have so many axes or more."""
    if x.rank < rank:
        axes = "1 axis" if rank == 1 else f"{rank} axes"
        raise Mismatch(f"needs at least {axes} in `{name}`, got {x.shape}")


def not_negative(shape: Shape, arg: str | None = None) -> Shape:
    """The shape, if no size in it fell below 0."""
    if any(size is not None and size < 0 for size in shape):
        raise Mismatch(f"would give the shape {shape}", arg)
    return shape


def need_few_results(count: int, arg: str) -> None:
    """The op may not give more results than can be looked at, each of them.

    Raises:
        Mismatch: there are more than MAX_RESULTS.
    """
    if count > MAX_RESULTS:
        hint = "keep them as one tensor: Reshape cuts an axis in two"
        raise Mismatch(f"gives {count:,} results; it may give up to {MAX_RESULTS:,}", arg, hint)


def need_several_results(count: int, arg: str | None, hint: str) -> None:
    """Keras takes a list of one result for that result, and cannot run what gives it.

    Raises:
        Mismatch: there is one.
    """
    if count == 1:
        raise Mismatch(f"gives a list of one result: {FIRST_BATCH}", arg, hint)
