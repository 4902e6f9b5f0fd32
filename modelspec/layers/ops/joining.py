"""Functions that join or split tensors: concatenate, stack, split, unstack and kin."""

from __future__ import annotations

from itertools import pairwise

from modelspec.layers.rule import (
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    find_axis,
    result_type,
    total,
)

from .operands import setting, tensor, tensors
from .shapes import (
    need_few_results,
    need_rank_at_least,
    need_several_results,
    not_negative,
    same_but,
)


def _joined(shapes: list[Shape], axis: int, dtypes: list[str]) -> RuleResult:
    same_but(shapes, axis)
    shape = list(shapes[0])
    shape[axis] = total(*(shape[axis] for shape in shapes))
    return RuleResult(Tensor(tuple(shape), _together(dtypes)))


def _together(dtypes: list[str]) -> str:
    return dtypes[0] if len(set(dtypes)) == 1 else result_type(*dtypes)


def concatenate(call: LayerCall) -> RuleResult:
    """Tensors one behind the other along an axis. Axis 0, the default, is the batch."""
    xs = tensors(call, "xs")
    axis = find_axis(setting(call, "axis"), xs[0].shape)
    return _joined([x.shape for x in xs], axis, [x.dtype for x in xs])


def joined(axis: int, least: int = 0) -> Rule:
    """The rule of `hstack`, `vstack` and `dstack`: tensors joined along a fixed axis.

    Args:
        axis: the axis.
        least: with fewer axes, tensors get axes of size 1, as `dstack` does it.
    """

    def rule(call: LayerCall) -> RuleResult:
        xs = tensors(call, "xs")
        shapes = [_deep(x.shape) if least else x.shape for x in xs]
        if len(shapes[0]) <= axis:
            raise Mismatch(f"joins along axis {axis}, and {shapes[0]} has none")
        return _joined(shapes, axis, [x.dtype for x in xs])

    return rule


def _deep(shape: Shape) -> Shape:
    if len(shape) == 1:
        return (1, *shape, 1)
    return shape + (1,) * (3 - len(shape))


def stack(call: LayerCall) -> RuleResult:
    """Tensors of one shape along a new axis."""
    xs = tensors(call, "x")
    axis = find_axis(setting(call, "axis"), (*xs[0].shape, len(xs)))
    same_but([x.shape for x in xs], None)
    shape = (*xs[0].shape[:axis], len(xs), *xs[0].shape[axis:])
    return RuleResult(Tensor(shape, _together([x.dtype for x in xs])))


def split(call: LayerCall) -> RuleResult:
    """Parts of equal size, or cut at indices."""
    x = tensor(call, "x")
    return _parts(call, x, find_axis(setting(call, "axis"), x.shape))


def split_along(axis: int, least: int) -> Rule:
    """The rule of `hsplit`, `vsplit` and `dsplit`: a split along a fixed axis."""

    def rule(call: LayerCall) -> RuleResult:
        x = tensor(call, "x")
        need_rank_at_least(x, least)
        return _parts(call, x, min(axis, x.rank - 1))

    return rule


def _parts(call: LayerCall, x: Tensor, axis: int) -> RuleResult:
    cuts, size = setting(call, "indices_or_sections"), x.shape[axis]
    if isinstance(cuts, int):
        if size is not None and size % cuts:
            raise Mismatch(
                f"cannot split axis {axis} of {x.shape} into {cuts} equal parts",
                "indices_or_sections",
                "write the indices at which to cut",
            )
        need_few_results(cuts, "indices_or_sections")
        need_several_results(cuts, "indices_or_sections", _ONE_PART)
        part = None if size is None else size // cuts
        return RuleResult((Tensor(_resized(x.shape, axis, part), x.dtype),) * cuts)
    need_several_results(len(cuts) + 1, "indices_or_sections", _ONE_PART)
    if size is None:
        message = f"needs a known size of axis {axis} to cut it at indices, got {x.shape}"
        hint = "choose an axis of known size; the batch axis is 0"
        raise Mismatch(f"{message}: {FIRST_BATCH}", "indices_or_sections", hint)
    edges = [0, *cuts, size]
    sizes = [None if end is None else end - start for start, end in pairwise(edges)]
    return _pieces(x, axis, sizes)


def array_split(call: LayerCall) -> RuleResult:
    """Parts of nearly equal size. Of negative axes, -1 to minus twice the rank are taken."""
    x = tensor(call, "x")
    count = setting(call, "indices_or_sections")
    if not isinstance(count, int):
        hint = "`ops.split` takes indices"
        raise Mismatch("takes a number of parts only, not indices", "indices_or_sections", hint)
    need_few_results(count, "indices_or_sections")
    need_several_results(count, "indices_or_sections", _ONE_PART)
    written = setting(call, "axis")
    axis = find_axis(written + x.rank if written < 0 else written, x.shape)
    size = x.shape[axis]
    sizes = [None if size is None else (size + count - 1 - i) // count for i in range(count)]
    return _pieces(x, axis, sizes)


def unstack(call: LayerCall) -> RuleResult:
    """One tensor for each index of an axis, which is removed."""
    x = tensor(call, "x")
    axis = find_axis(setting(call, "axis"), x.shape)
    count = setting(call, "num")
    count = x.shape[axis] if count is None else count
    if count is None:
        hint = "write `num`, or an `axis` of known size; the batch axis is 0"
        raise Mismatch(f"does not know the size of axis {axis} of {x.shape}", "num", hint)
    arg = "num" if setting(call, "num") is not None else "axis"
    if x.shape[axis] not in (None, count):
        message = f"has {x.shape[axis]} parts along axis {axis} of {x.shape}, not {count}"
        raise Mismatch(f"{message}: {FIRST_BATCH}", arg)
    need_few_results(count, arg)
    need_several_results(count, arg, f"`ops.squeeze: {{axis: {axis}}}` takes the axis away")
    piece = Tensor(x.shape[:axis] + x.shape[axis + 1 :], x.dtype)
    return RuleResult((piece,) * count)


_ONE_PART = "leave the function out: the part is the whole tensor"


def _resized(shape: Shape, axis: int, size: int | None) -> Shape:
    return (*shape[:axis], size, *shape[axis + 1 :])


def _pieces(x: Tensor, axis: int, sizes: list[int | None]) -> RuleResult:
    shapes = (_resized(x.shape, axis, size) for size in sizes)
    checked = (not_negative(shape, "indices_or_sections") for shape in shapes)
    return RuleResult(tuple(Tensor(shape, x.dtype) for shape in checked))


OPS: dict[str, Rule] = {
    "array_split": array_split,
    "concatenate": concatenate,
    "dsplit": split_along(2, 3),
    "dstack": joined(2, least=3),
    "hsplit": split_along(1, 1),
    "hstack": joined(1),
    "split": split,
    "stack": stack,
    "unstack": unstack,
    "vsplit": split_along(0, 2),
    "vstack": joined(0),
}
"""Rules of these ops."""
