"""Functions that pick elements or put them: get_item, take, where, one_hot, scatter and kin."""

from __future__ import annotations

from typing import Any

from modelspec.layers.rule import (
    Facts,
    Given,
    Mismatch,
    Rule,
    Shape,
    Tensor,
    find_axis,
    per_example,
    volume,
)
from modelspec.spec.model import parse_index

from .dtypes import INT, result_type, standard
from .operands import dtype_of, maybe, operand, setting, shape_of, tensor, tensors
from .shapes import Size, fits, need_rank_at_least, need_ranks, not_negative, stretched


def get_item(given: Given) -> Facts:
    """What an index such as `:, 0` picks. The first part is for the batch axis."""
    x, key = tensor(given, "x"), setting(given, "key")
    try:
        parts = parse_index(key)
    except ValueError as error:
        raise Mismatch(f"cannot read the index: {error}", "key") from None
    return Facts(Tensor(_picked(x.shape, parts, key), x.dtype))


def _picked(shape: Shape, parts: tuple[Any, ...], key: Any) -> Shape:
    if parts.count(Ellipsis) > 1:
        raise Mismatch('takes "..." once', "key")
    used = sum(part is not None and part is not Ellipsis for part in parts)
    if used > len(shape):
        hint = "the batch axis counts: `:` stands for all of it"
        raise Mismatch(f"has {used} indices for the {len(shape)} axes of {shape}", "key", hint)
    sizes: list[Size] = []
    rest = list(shape)
    before_rest = used
    for part in parts:
        if part is None:
            sizes.append(1)
        elif part is Ellipsis:
            count = len(rest) - before_rest
            sizes += rest[:count]
            del rest[:count]
        else:
            before_rest -= 1
            sizes += _one_axis(rest.pop(0), part, shape)
    return tuple(sizes + rest)


def _one_axis(size: Size, part: Any, shape: Shape) -> list[Size]:
    if isinstance(part, slice):
        if part.step == 0:
            raise Mismatch("takes no slice with a step of 0", "key")
        return [None if size is None else len(range(*part.indices(size)))]
    if size is not None and not -size <= part < size:
        raise Mismatch(f"picks {part} of an axis of size {size} in {shape}", "key")
    return []


def take(given: Given) -> Facts:
    """Elements at indices along an axis, or of all elements in a row."""
    x, indices = tensor(given, "x"), operand(given, "indices")
    picked = shape_of(indices)
    axis = setting(given, "axis")
    if axis is None:
        return Facts(Tensor(picked, x.dtype))
    at = find_axis(axis, x.shape)
    return Facts(Tensor((*x.shape[:at], *picked, *x.shape[at + 1 :]), x.dtype))


def take_along_axis(given: Given) -> Facts:
    """Elements at indices that have the tensor's other axes."""
    x, indices = tensor(given, "x"), tensor(given, "indices")
    axis = setting(given, "axis")
    shape = list(x.shape) if axis is not None else [volume(x.shape)]
    if len(shape) != indices.rank:
        raise Mismatch(f"needs {len(shape)} axes in `indices` for {x.shape}, got {indices.shape}")
    at = 0 if axis is None else find_axis(axis, x.shape)
    shape[at] = indices.shape[at]
    return Facts(Tensor(stretched(tuple(shape), indices.shape), x.dtype))


def where(given: Given) -> Facts:
    """Elements of one operand where a condition holds, else of the other."""
    condition, x1, x2 = operand(given, "condition"), maybe(given, "x1"), maybe(given, "x2")
    if (x1 is None) != (x2 is None):
        raise Mismatch("needs both `x1` and `x2`, or neither")
    shape = stretched(shape_of(condition), shape_of(x1), shape_of(x2))
    dtypes = (INT if value is None else dtype_of(value, n) for n, value in (("x1", x1), ("x2", x2)))
    return Facts(Tensor(shape, result_type(*dtypes)), flops=per_example(shape))


def select(given: Given) -> Facts:
    """Elements of the first choice whose condition holds. Keras announces the first's shape."""
    conditions, choices = tensors(given, "condlist"), tensors(given, "choicelist")
    operand(given, "default")
    if len(conditions) != len(choices):
        raise Mismatch(f"has {len(conditions)} conditions for {len(choices)} choices")
    return Facts(choices[0], flops=per_example(choices[0].shape))


def one_hot(given: Given) -> Facts:
    """A new axis of `num_classes`, one element of it 1."""
    x = tensor(given, "x")
    shape = _with_classes(x, setting(given, "axis"), setting(given, "num_classes"))
    setting(given, "sparse")
    return Facts(Tensor(shape, standard(setting(given, "dtype"))))


def multi_hot(given: Given) -> Facts:
    """`one_hot`, put together over the axis before the last."""
    x = tensor(given, "inputs")
    count = setting(given, "num_classes")
    if count is None:
        raise Mismatch("needs `num_classes`", "num_classes", "write how many there are")
    shape = _with_classes(x, setting(given, "axis"), count)
    left = shape[-1:] if len(shape) == 2 else (shape[0], *shape[2:])
    return Facts(Tensor(left, x.dtype))


def _with_classes(x: Tensor, axis: int, count: int) -> Shape:
    if axis == -1:
        return (*x.shape, count)
    if not 0 <= axis < x.rank:
        hint = f"it may be -1 or 0 to {x.rank - 1}"
        raise Mismatch(f"cannot put the new axis at {axis} in {x.shape}", "axis", hint)
    return (*x.shape[:axis], count, *x.shape[axis:])


def scatter(given: Given) -> Facts:
    """A tensor of zeros with values put at indices."""
    operand(given, "indices")
    values = tensor(given, "values")
    return Facts(Tensor(tuple(setting(given, "shape")), values.dtype))


def updated(given: Given) -> Facts:
    """`slice_update`, `scatter_update`: the tensor with some elements replaced."""
    x = tensor(given, "inputs")
    operand(given, "updates")
    operand(given, "start_indices" if "start_indices" in _names(given) else "indices")
    return Facts(x)


def _names(given: Given) -> set[str]:
    return {*given.named, *given.args}


def searchsorted(given: Given) -> Facts:
    """Where values would stand in a sorted vector."""
    row, values = tensor(given, "sorted_sequence"), tensor(given, "values")
    need_ranks(row, 1, name="sorted_sequence")
    dtype = "int64" if row.shape[0] is None else "int32"
    return Facts(Tensor(values.shape, dtype))


def digitize(given: Given) -> Facts:
    """The bin of each element."""
    x, bins = tensor(given, "x"), tensor(given, "bins")
    if bins.rank > 1:
        raise Mismatch(f"needs one row of `bins`, got {bins.shape}")
    return Facts(Tensor(x.shape, "int32"))


def isin(given: Given) -> Facts:
    """Whether each element is among others."""
    x = tensor(given, "x1")
    operand(given, "x2")
    return Facts(Tensor(x.shape, "bool"))


def in_top_k(given: Given) -> Facts:
    """Whether each target is among the k likeliest."""
    targets = tensor(given, "targets")
    operand(given, "predictions")
    return Facts(Tensor(targets.shape, "bool"))


def nonzero(given: Given) -> Facts:
    """Where elements are not 0: one vector for each axis."""
    x = tensor(given, "x")
    return Facts((Tensor((None,), "int32"),) * x.rank)


def unravel_index(given: Given) -> Facts:
    """Places in a flat tensor as places along each axis."""
    indices, shape = tensor(given, "indices"), setting(given, "shape")
    sizes = (None,) if None in shape else indices.shape
    return Facts((Tensor(sizes, indices.dtype),) * len(shape))


def segment(given: Given) -> Facts:
    """`segment_sum` and kin: rows put together by the number of their segment."""
    data, ids = tensor(given, "data"), tensor(given, "segment_ids")
    need_ranks(ids, 1, name="segment_ids")
    need_rank_at_least(data, 1, name="data")
    if not fits(ids.shape[0], data.shape[0]):
        raise Mismatch(f"needs one segment for each row, got {ids.shape} for {data.shape}")
    shape = (setting(given, "num_segments"), *data.shape[1:])
    return Facts(Tensor(not_negative(shape), data.dtype), flops=per_example(data.shape))


OPS: dict[str, Rule] = {
    "digitize": digitize,
    "get_item": get_item,
    "in_top_k": in_top_k,
    "isin": isin,
    "multi_hot": multi_hot,
    "nonzero": nonzero,
    "one_hot": one_hot,
    "scatter": scatter,
    "scatter_update": updated,
    "searchsorted": searchsorted,
    "segment_max": segment,
    "segment_min": segment,
    "segment_prod": segment,
    "segment_sum": segment,
    "select": select,
    "slice_update": updated,
    "take": take,
    "take_along_axis": take_along_axis,
    "unravel_index": unravel_index,
    "where": where,
}
"""Rules of these ops."""
