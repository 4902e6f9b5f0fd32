"""Functions that lay elements out anew: reshape, transpose, squeeze, flip, tril and kin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modelspec.layers.rule import (
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    find_axes,
    find_axis,
    volume,
    widened,
)

from .operands import known_shape, setting, tensor
from .shapes import Size, different_axes, need_rank_at_least, need_ranks, need_stretches_to


def _moved(x: Tensor, shape: Sequence[Size]) -> RuleResult:
    return RuleResult(Tensor(tuple(shape), x.dtype))


def reshape(call: LayerCall) -> RuleResult:
    """To a new shape, batch axis included; one size may be -1."""
    x = tensor(call, "x")
    wanted = setting(call, "newshape")
    sizes = tuple(wanted) if isinstance(wanted, list) else (wanted,)
    return _moved(x, _new_shape(x.shape, sizes))


def _new_shape(old: Shape, new: Shape) -> Shape:
    if any(size is not None and size < -1 for size in new):
        raise Mismatch(f"takes no size below -1, got {list(new)}", "newshape")
    if new.count(-1) > 1:
        raise Mismatch(f"can work out one -1 only, got {list(new)}", "newshape")
    count, known = volume(old), volume(size for size in new if size != -1)
    if None in new:
        hint = "write -1 for the size that is not known, or use the layer Reshape"
        raise Mismatch(f"needs known sizes, got {list(new)}: {FIRST_BATCH}", "newshape", hint)
    every = volume(size for size in old[1:] if size is not None)
    if (
        count is None
        and every
        and -1 not in new
        and known is not None
        and (known % every or not known)
    ):
        message = f"cannot lay any batch of {old} out as {list(new)} ({known} elements)"
        raise Mismatch(f"{message}: {FIRST_BATCH}", "newshape", _BATCH)
    if count is None or known is None:
        return tuple(None if size == -1 else size for size in new)
    if -1 not in new and known != count:
        raise Mismatch(f"cannot lay {old} ({count} elements) out as {list(new)} ({known})",
                       "newshape", _BATCH)  # fmt: skip
    if -1 in new and (known == 0 or count % known):
        raise Mismatch(f"cannot divide {old} ({count} elements) by {known} for {list(new)}",
                       "newshape", _BATCH)  # fmt: skip
    return tuple(count // known if size == -1 else size for size in new)


_BATCH = "`newshape` counts the batch axis; the layer Reshape leaves it alone"


def transpose(call: LayerCall) -> RuleResult:
    """Axes in another order; None turns them round."""
    x = tensor(call, "x")
    order = setting(call, "axes")
    if order is None:
        return _moved(x, x.shape[::-1])
    axes = find_axes(order, x.shape, "axes")
    if sorted(axes) != list(range(x.rank)):
        raise Mismatch(
            f"needs each of the {x.rank} axes of {x.shape} once, got {order}",
            "axes",
            "the batch axis is 0 and counts; the layer Permute leaves it alone",
        )
    return _moved(x, [x.shape[axis] for axis in axes])


def swapaxes(call: LayerCall) -> RuleResult:
    """Two axes are swapped."""
    x = tensor(call, "x")
    one = find_axis(setting(call, "axis1"), x.shape, "axis1")
    other = find_axis(setting(call, "axis2"), x.shape, "axis2")
    shape = list(x.shape)
    shape[one], shape[other] = shape[other], shape[one]
    return _moved(x, shape)


def moveaxis(call: LayerCall) -> RuleResult:
    """Some axes at new positions, the others in their order."""
    x = tensor(call, "x")
    source = find_axes(setting(call, "source"), x.shape, "source")
    target = find_axes(setting(call, "destination"), x.shape, "destination")
    if len(source) != len(target):
        raise Mismatch(
            f"moves {len(source)} axes to {len(target)} positions; it needs as many as axes",
            "destination",
        )
    if len(set(source)) != len(source) or len(set(target)) != len(target):
        raise Mismatch("names an axis twice", "source")
    moving = dict(zip(target, source, strict=True))
    rest = iter([axis for axis in range(x.rank) if axis not in source])
    return _moved(x, [x.shape[moving[i] if i in moving else next(rest)] for i in range(x.rank)])


def squeeze(call: LayerCall) -> RuleResult:
    """Axes of size 1 away: the named ones, or all that are known to be 1."""
    x = tensor(call, "x")
    wanted = setting(call, "axis")
    if wanted is None:
        if None in x.shape:  # the graph of a training does not know how many axes are left
            ones = [i for i, size in enumerate(x.shape) if size == 1]
            raise Mismatch(
                f"needs `axis` where a size is unknown, as in {x.shape}: Keras builds this, but "
                "its training fails",
                hint=f"write `axis: {ones}`" if ones else "take it out: no axis has the size 1",
            )
        return _moved(x, [size for size in x.shape if size != 1])
    axes = different_axes(wanted, x.shape)
    for axis in axes:
        if x.shape[axis] != 1:
            got = "an unknown size" if x.shape[axis] is None else f"size {x.shape[axis]}"
            raise Mismatch(f"takes only axes of size 1 away; axis {axis} of {x.shape} has {got}",
                           "axis")  # fmt: skip
    return _moved(x, [size for i, size in enumerate(x.shape) if i not in axes])


def expand_dims(call: LayerCall) -> RuleResult:
    """New axes of size 1, at positions counted in the result."""
    x = tensor(call, "x")
    wanted = setting(call, "axis")
    count = 1 if isinstance(wanted, int) else len(wanted)
    axes = different_axes(wanted, (*x.shape, *(1,) * count))
    old = iter(x.shape)
    return _moved(x, [1 if i in axes else next(old) for i in range(x.rank + count)])


def ravel(call: LayerCall) -> RuleResult:
    """All elements in one axis, the batch included."""
    x = tensor(call, "x")
    return _moved(x, (volume(x.shape),))


def broadcast_to(call: LayerCall) -> RuleResult:
    """Axes of size 1 stretched to a given shape."""
    x = tensor(call, "x")
    shape = known_shape(call)
    need_stretches_to(x.shape, shape)
    return _moved(x, shape)


def reordered(axis_setting: str | None, least: int = 0) -> Rule:
    """The rule of a function that keeps the shape and the elements (flip, roll, sort, tril).

    Args:
        axis_setting: the argument that names axes, if there is one.
        least: how many axes the tensor must have.
    """

    def rule(call: LayerCall) -> RuleResult:
        x = tensor(call, "x")
        need_rank_at_least(x, least)
        axis = setting(call, axis_setting) if axis_setting else None
        if axis is not None:
            find_axes(axis, x.shape)
        return RuleResult(x)

    return rule


def roll(call: LayerCall) -> RuleResult:
    """Elements moved along axes and round: one shift for each axis, or one of all elements."""
    x, shift, axis = tensor(call, "x"), setting(call, "shift"), setting(call, "axis")
    if axis is not None:
        find_axes(axis, x.shape)
    many = len(shift) if isinstance(shift, list) else None
    if many != (len(axis) if isinstance(axis, list) else None):
        message = f"needs as many shifts as axes, got {shift} for {axis}: {FIRST_BATCH}"
        raise Mismatch(message, "shift", "write one number for each axis, or one number for both")
    return RuleResult(x)


def rot90(call: LayerCall) -> RuleResult:
    """Quarter turns in the plane of two axes. Keras states a swap of the two, whatever `k`."""
    x = tensor(call, "array")
    need_rank_at_least(x, 2, "array")
    axes = setting(call, "axes")
    one, other = (find_axis(axis, x.shape, "axes") for axis in axes)
    if axes[0] == axes[1] or (one == other and setting(call, "k") % 4):
        raise Mismatch("needs two different axes", "axes")
    stated = list(x.shape)
    stated[one], stated[other] = stated[other], stated[one]
    shape = stated if setting(call, "k") % 2 else x.shape
    return RuleResult(Tensor(tuple(shape), x.dtype).built_as(tuple(stated)))


def diagonal(call: LayerCall) -> RuleResult:
    """The diagonal of two axes, as a new last axis."""
    x = tensor(call, "x")
    need_rank_at_least(x, 2)
    rows, columns = _plane(call, x)
    rest = [size for i, size in enumerate(x.shape) if i not in (rows, columns)]
    length = _diagonal_length(x.shape[rows], x.shape[columns], setting(call, "offset"))
    return _moved(x, (*rest, length))


def trace(call: LayerCall) -> RuleResult:
    """The sum of the diagonal of two axes."""
    x = tensor(call, "x")
    rows, columns = _plane(call, x)
    rest = tuple(size for i, size in enumerate(x.shape) if i not in (rows, columns))
    return RuleResult(Tensor(rest, widened(x.dtype)), flops=volume(rest[1:]))


def _plane(call: LayerCall, x: Tensor) -> tuple[int, int]:
    one = find_axis(setting(call, "axis1"), x.shape, "axis1")
    other = find_axis(setting(call, "axis2"), x.shape, "axis2")
    if one == other:
        raise Mismatch("needs two different axes", "axis2")
    return one, other


def _diagonal_length(rows: Size, columns: Size, offset: int) -> Size:
    if rows is None or columns is None:
        return None
    left = columns - offset if offset > 0 else rows + offset
    return max(0, min(left, rows, columns))


def diag(call: LayerCall) -> RuleResult:
    """A matrix with a vector as its diagonal, or the diagonal of a matrix."""
    x = tensor(call, "x")
    need_ranks(x, 1, 2)
    offset = setting(call, "k")
    if x.rank == 2:
        return _moved(x, (_diagonal_length(x.shape[0], x.shape[1], offset),))
    return _moved(x, (_and(x.shape[0], offset),) * 2)


def diagflat(call: LayerCall) -> RuleResult:
    """A matrix with all elements on its diagonal."""
    x = tensor(call, "x")
    return _moved(x, (_and(volume(x.shape), setting(call, "k")),) * 2)


def _and(size: Size, offset: int) -> Size:
    return None if size is None else size + abs(offset)


def sorted_indices(call: LayerCall) -> RuleResult:
    """`argsort`: where each element goes."""
    x = tensor(call, "x")
    find_axis(setting(call, "axis"), x.shape)
    return RuleResult(Tensor(x.shape, "int32"))


def partition(call: LayerCall) -> RuleResult:
    """`argpartition`: where each element goes."""
    found = sorted_indices(call)
    least = _need_room(call, found.output.shape)
    return found if tensor(call, "x").trial is not None else replace(found, least_batch=least)


def _need_room(call: LayerCall, shape: Shape) -> int:
    """Refuse a partition past the end of the tensor; otherwise the least batch that has room.

    Keras sums over the first axis which elements are among the lowest, and with that writes into
    the tensor as if the axis were still there: each axis takes the place of the one before it, and
    the lowest that of the last but one.
    """
    axis = find_axis(setting(call, "axis"), shape)
    sizes = list(shape)
    sizes[axis], sizes[-1] = sizes[-1], sizes[axis]
    last, kth = sizes[-1], max(setting(call, "kth"), 0)
    lowest = kth + 1 if last is None else min(kth + 1, last)
    least = 1
    for size, moved in zip(sizes, [*sizes[1:-1], lowest], strict=False):
        if len(sizes) > 1 and size is None and moved is not None:
            least = max(least, moved)
        if len(sizes) > 1 and None not in (size, moved) and moved > size:
            raise Mismatch(
                f"writes past the end of {shape}: {FIRST_BATCH}",
                "kth",
                "use `ops.argsort`, which orders all of it",
            )
    return least


def vander(call: LayerCall) -> RuleResult:
    """Powers of a vector."""
    x = tensor(call, "x")
    need_ranks(x, 1)
    count = setting(call, "N")
    return _moved(x, (x.shape[0], x.shape[0] if count is None else count))


OPS: dict[str, Rule] = {
    "argpartition": partition,
    "argsort": sorted_indices,
    "broadcast_to": broadcast_to,
    "diag": diag,
    "diagflat": diagflat,
    "diagonal": diagonal,
    "expand_dims": expand_dims,
    "flip": reordered("axis"),
    "fliplr": reordered(None, 2),
    "flipud": reordered(None, 1),
    "moveaxis": moveaxis,
    "ravel": ravel,
    "reshape": reshape,
    "roll": roll,
    "rot90": rot90,
    "sort": reordered("axis"),
    "squeeze": squeeze,
    "swapaxes": swapaxes,
    "trace": trace,
    "transpose": transpose,
    "tril": reordered(None, least=2),
    "triu": reordered(None, least=2),
    "vander": vander,
}
"""Rules of these ops."""
