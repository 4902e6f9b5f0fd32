"""Functions that pick elements or put them: get_item, take, where, one_hot, scatter and kin."""

from __future__ import annotations

from typing import Any

from modelspec.layers.rule import (
    FIRST_BATCH,
    INT,
    VALUES_DECIDE,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    find_axis,
    loses_batch,
    need_few_axes,
    per_example,
    result_type,
    standard,
    volume,
)
from modelspec.spec.model import parse_index

from .operands import dtype_of, known_shape, maybe, operand, setting, shape_of, tensor, tensors
from .shapes import (
    Size,
    fits,
    need_rank_at_least,
    need_ranks,
    need_several_results,
    not_negative,
    stretched,
)


def get_item(call: LayerCall) -> RuleResult:
    """What an index such as `:, 0` picks. The first part is for the batch axis."""
    x, key = tensor(call, "x"), setting(call, "key")
    try:
        parts = parse_index(key)
    except ValueError as error:
        raise Mismatch(f"cannot read the index: {error}", "key") from None
    picked = _picked(x.shape, parts, key)
    if not _takes_all(x.shape, parts):
        need_few_axes(x.rank)
    return RuleResult(Tensor(picked, x.dtype))


def _takes_all(shape: Shape, parts: tuple[Any, ...]) -> bool:
    """Whether an index leaves each axis as it is, and adds some at most: TensorFlow then gives the
    tensor itself, of however many axes."""
    before, after = _around_rest([part for part in parts if part is not None])
    met = (*zip(before, shape, strict=False), *zip(after[::-1], shape[::-1], strict=False))
    return all(isinstance(part, slice) and _is_whole(part, size) for part, size in met)


def _around_rest(parts: list[Any]) -> tuple[list[Any], list[Any]]:
    """The parts before `...`, and those after it."""
    if Ellipsis not in parts:
        return parts, []
    at = parts.index(Ellipsis)
    return parts[:at], parts[at + 1 :]


def _is_whole(part: slice, size: Size) -> bool:
    if part.step not in (None, 1):
        return False
    if size is None:
        return part.start in (None, 0) and part.stop is None
    return part.indices(size)[:2] == (0, size)


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


def take(call: LayerCall) -> RuleResult:
    """Elements at indices along an axis, or of all elements in a row."""
    x, indices = tensor(call, "x"), operand(call, "indices")
    picked = shape_of(indices)
    axis = setting(call, "axis")
    if axis is None:
        return RuleResult(Tensor(picked, x.dtype))
    at = find_axis(axis, x.shape)
    return RuleResult(Tensor((*x.shape[:at], *picked, *x.shape[at + 1 :]), x.dtype))


def take_along_axis(call: LayerCall) -> RuleResult:
    """Elements at indices that have the tensor's other axes."""
    x, indices = tensor(call, "x"), tensor(call, "indices")
    _need_from_edge(call, "indices")
    axis = setting(call, "axis")
    shape = list(x.shape) if axis is not None else [volume(x.shape)]
    if len(shape) != indices.rank:
        raise Mismatch(f"needs {len(shape)} axes in `indices` for {x.shape}, got {indices.shape}")
    at = 0 if axis is None else find_axis(axis, x.shape)
    shape[at] = indices.shape[at]
    output = stretched(tuple(shape), indices.shape)
    need_few_axes(len(output))
    return RuleResult(Tensor(output, x.dtype))


def _need_from_edge(call: LayerCall, name: str) -> None:
    """Refuse a list where Keras asks for the shape of a tensor."""
    if name not in call.named:
        hint = f"make a tensor of it with `ops.array`, and let an edge give it as `{name}`"
        raise Mismatch(f"takes a tensor for `{name}`, and Keras makes none of a list", name, hint)


def where(call: LayerCall) -> RuleResult:
    """Elements of one operand where a condition holds, else of the other."""
    condition, x1, x2 = operand(call, "condition"), maybe(call, "x1"), maybe(call, "x2")
    if (x1 is None) != (x2 is None):
        raise Mismatch("needs both `x1` and `x2`, or neither")
    shape = stretched(shape_of(condition), shape_of(x1), shape_of(x2))
    if x1 is None or x2 is None:
        if not shape:
            raise Mismatch(f"needs `x1` and `x2` for one condition: {FIRST_BATCH}")
        # Keras states one tensor of the condition's shape; the run gives a list, of which the
        # first goes on
        found = Tensor((None,), "int32", trial=(VALUES_DECIDE,))
        return RuleResult(found.built_as(shape), flops=per_example(shape))
    dtype = result_type(dtype_of(x1, "x1"), dtype_of(x2, "x2"))
    return RuleResult(Tensor(shape, dtype), flops=per_example(shape))


def select(call: LayerCall) -> RuleResult:
    """Elements of the first choice whose condition holds. Keras announces the first's shape."""
    conditions, choices = tensors(call, "condlist"), tensors(call, "choicelist")
    operand(call, "default")
    for name in ("condlist", "choicelist"):
        _need_from_edge(call, name)
    if len(conditions) != len(choices):
        raise Mismatch(f"has {len(conditions)} conditions for {len(choices)} choices")
    first = choices[0]
    # the default is a whole number, which true and false are promoted with
    dtype = INT if first.dtype == "bool" else first.dtype
    return RuleResult(Tensor(first.shape, dtype), flops=per_example(first.shape))


def one_hot(call: LayerCall) -> RuleResult:
    """A new axis of `num_classes`, one element of it 1."""
    x = tensor(call, "x")
    shape = _with_classes(x, setting(call, "axis"), setting(call, "num_classes"))
    sparse = _sparse_codes(call, x)
    return RuleResult(Tensor(shape, standard(setting(call, "dtype")), sparse=sparse))


def multi_hot(call: LayerCall) -> RuleResult:
    """`one_hot`, put together over the axis before the last. Keras forgets `sparse`."""
    x = tensor(call, "inputs")
    count = setting(call, "num_classes")
    if count is None:
        raise Mismatch("needs `num_classes`", "num_classes", "write how many there are")
    shape = _with_classes(x, setting(call, "axis"), count)
    left = shape[-1:] if len(shape) == 2 else (shape[0], *shape[2:])
    return RuleResult(Tensor(left, standard(setting(call, "dtype"))))


def _sparse_codes(call: LayerCall, x: Tensor) -> bool:
    """Whether the codes are sparse. Keras counts what it codes while it makes the graph."""
    sparse = bool(setting(call, "sparse"))
    if sparse and not (loses_batch(x) and None not in x.shape):
        message = f"makes sparse codes of a known number of values, got {x.shape}: {FIRST_BATCH}"
        hint = "leave `sparse` out, or code with CategoryEncoding, which takes a batch"
        raise Mismatch(message, "sparse", hint)
    return sparse


def _with_classes(x: Tensor, axis: int, count: int) -> Shape:
    if axis == -1:
        return (*x.shape, count)
    if not 0 <= axis < x.rank:
        hint = f"it may be -1 or 0 to {x.rank - 1}"
        raise Mismatch(f"cannot put the new axis at {axis} in {x.shape}", "axis", hint)
    return (*x.shape[:axis], count, *x.shape[axis:])


def scatter(call: LayerCall) -> RuleResult:
    """A tensor of zeros with values put at indices."""
    operand(call, "indices")
    values = tensor(call, "values")
    return RuleResult(Tensor(known_shape(call), values.dtype))


def slice_update(call: LayerCall) -> RuleResult:
    """The tensor with a block of it replaced."""
    x, start = tensor(call, "inputs"), shape_of(operand(call, "start_indices"))
    updates = shape_of(operand(call, "updates"))
    if start != (x.rank,):
        message = f"needs {x.rank} `start_indices` for {x.shape}, got the shape {start}"
        raise Mismatch(f"{message}: {FIRST_BATCH}", "start_indices")
    if len(updates) != x.rank or any(map(_is_above, updates, x.shape)):
        message = f"needs `updates` of {x.rank} axes that fit into {x.shape}, got {updates}"
        raise Mismatch(f"{message}: {FIRST_BATCH}", "updates")
    return RuleResult(x)


def _is_above(size: Size, limit: Size) -> bool:
    return size is not None and limit is not None and size > limit


def scatter_update(call: LayerCall) -> RuleResult:
    """The tensor with the elements at indices replaced: one row of indices for each."""
    x, indices = tensor(call, "inputs"), shape_of(operand(call, "indices"))
    updates = shape_of(operand(call, "updates"))
    depth = indices[-1] if indices else 0
    if len(indices) < 2 or _is_above(depth, x.rank):
        message = f"needs rows of at most {x.rank} `indices` for {x.shape}, got the shape {indices}"
        raise Mismatch(f"{message}: {FIRST_BATCH}", "indices")
    if depth is not None:
        wanted = (*indices[:-1], *x.shape[depth:])
        if len(updates) != len(wanted) or not all(map(fits, updates, wanted)):
            message = f"needs `updates` of the shape {wanted} for these indices, got {updates}"
            raise Mismatch(f"{message}: {FIRST_BATCH}", "updates")
    return RuleResult(x)


def searchsorted(call: LayerCall) -> RuleResult:
    """The insertion indices of values in a sorted vector."""
    row, values = tensor(call, "sorted_sequence"), tensor(call, "values")
    need_ranks(row, 1, name="sorted_sequence")
    if values.shape[:-1].count(1) < values.rank - 1:
        message = f"needs one row of `values`, got {values.shape}: {FIRST_BATCH}"
        raise Mismatch(message, hint="`ops.digitize` takes tensors of any shape")
    dtype = "int64" if row.shape[0] is None else "int32"
    return RuleResult(Tensor(values.shape, dtype))


def digitize(call: LayerCall) -> RuleResult:
    """The bin of each element. In a graph the edges of the bins must be constants."""
    setting(call, "bins")
    x, bins = tensor(call, "x"), tensor(call, "bins")
    if bins.rank > 1:
        raise Mismatch(f"needs one row of `bins`, got {bins.shape}")
    return RuleResult(Tensor(x.shape, "int32"))


def isin(call: LayerCall) -> RuleResult:
    """Whether each element is among others: Keras asks that of the numbers, as a graph cannot."""
    operand(call, "x1")
    hint = "`ops.equal` of `ops.expand_dims`, then `ops.any`, give the same"
    raise Mismatch(f"cannot run in a graph: {FIRST_BATCH}", hint=hint)


def in_top_k(call: LayerCall) -> RuleResult:
    """Whether each target is among the k most likely classes."""
    targets, predictions = tensor(call, "targets"), tensor(call, "predictions")
    need_ranks(targets, 1, name="targets")
    need_ranks(predictions, 2, name="predictions")
    if not fits(targets.shape[0], predictions.shape[0]):
        found = f"got {targets.shape} for {predictions.shape}"
        raise Mismatch(f"needs one target for each row of predictions, {found}: {FIRST_BATCH}")
    return RuleResult(Tensor(targets.shape, "bool"))


def nonzero(call: LayerCall) -> RuleResult:
    """Where elements are not 0: one vector for each axis."""
    x = tensor(call, "x")
    need_several_results(x.rank, None, "`ops.where` with `x1` and `x2` needs no indices")
    return RuleResult((Tensor((None,), "int32", trial=(VALUES_DECIDE,)),) * x.rank)


def unravel_index(call: LayerCall) -> RuleResult:
    """Indices into a flat tensor as indices along each axis."""
    indices, shape = tensor(call, "indices"), setting(call, "shape")
    if None in shape:
        raise Mismatch(f"needs known sizes, got {shape}: {FIRST_BATCH}", "shape")
    need_several_results(len(shape), "shape", "indices into one axis are what they are")
    return RuleResult((Tensor(indices.shape, indices.dtype),) * len(shape))


def segment(call: LayerCall) -> RuleResult:
    """`segment_sum` and kin: rows put together by the number of their segment."""
    data, ids = tensor(call, "data"), tensor(call, "segment_ids")
    need_ranks(ids, 1, name="segment_ids")
    need_rank_at_least(data, 1, name="data")
    if not fits(ids.shape[0], data.shape[0]):
        raise Mismatch(f"needs one segment for each row, got {ids.shape} for {data.shape}")
    if setting(call, "sorted") and setting(call, "num_segments") is not None:
        message = f"takes no `num_segments` of sorted segments: {FIRST_BATCH}"
        raise Mismatch(message, "sorted", "leave out `sorted`, or `num_segments`")
    shape = (setting(call, "num_segments"), *data.shape[1:])
    return RuleResult(Tensor(not_negative(shape), data.dtype), flops=per_example(data.shape))


OPS: dict[str, Rule] = {
    "digitize": digitize,
    "get_item": get_item,
    "in_top_k": in_top_k,
    "isin": isin,
    "multi_hot": multi_hot,
    "nonzero": nonzero,
    "one_hot": one_hot,
    "scatter": scatter,
    "scatter_update": scatter_update,
    "searchsorted": searchsorted,
    "segment_max": segment,
    "segment_min": segment,
    "segment_prod": segment,
    "segment_sum": segment,
    "select": select,
    "slice_update": slice_update,
    "take": take,
    "take_along_axis": take_along_axis,
    "unravel_index": unravel_index,
    "where": where,
}
"""Rules of these ops."""
