"""Merging: Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply, Subtract."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.layers.rule import (
    TEXT,
    TRIAL_BATCH,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    broadcast,
    find_axis,
    is_whole,
    marked,
    need_floats,
    need_min_rank,
    need_no_booleans,
    need_numbers,
    per_example,
    product,
    result_type,
    run_broadcast,
    total,
    unmarked,
)


def _tensors(call: LayerCall) -> tuple[Tensor, ...]:
    """The list that a merging layer is called on."""
    value = call.inputs[0] if call.inputs else next(iter(call.named.values()), ())
    if isinstance(value, tuple) and value and all(isinstance(item, Tensor) for item in value):
        return value
    if isinstance(value, tuple) and value:
        hint = 'name each result of the list by its number, as in "a[0], a[1] -> layer"'
        raise Mismatch("merges tensors, and one of what it got is a list of them", hint=hint)
    raise Mismatch(
        "merges a list of tensors, got one tensor",
        hint="in a `functional` write `a, b -> layer`; a `sequential` has nothing to merge",
    )


def _need_one_kind(tensors: Sequence[Tensor]) -> bool:
    """Whether the tensors are text; a Mismatch where only some are."""
    texts = [tensor.dtype == TEXT for tensor in tensors]
    if any(texts) and not all(texts):
        raise Mismatch(f"merges tensors of one kind, got {_dtypes(tensors)}")
    return any(texts)


def _dtypes(tensors: Sequence[Tensor]) -> str:
    return ", ".join(tensor.dtype for tensor in tensors)


def _shapes(tensors: Sequence[Tensor]) -> str:
    return " and ".join(str(tensor.shape) for tensor in tensors)


def _batch(tensors: Sequence[Tensor]) -> int | None:
    sizes = {tensor.shape[0] for tensor in tensors} - {None}
    if TRIAL_BATCH in sizes:  # in a run, where one row stretches to all examples
        sizes.discard(1)
    if len(sizes) > 1:
        raise Mismatch(f"needs the same batch size in all, got {_shapes(tensors)}")
    return sizes.pop() if sizes else None


def _merged(tensors: Sequence[Tensor]) -> Shape:
    """The shape that tensors have together: sizes are aligned from the last axis, 1 stretches."""
    for tensor in tensors:
        need_min_rank(tensor, 1, "batch")
    batch = _batch(tensors)
    out = tensors[0].shape[1:]
    for tensor in tensors[1:]:
        try:
            out = _merge(out, tensor.shape[1:])
        except Mismatch as mismatch:
            raise Mismatch(
                f"needs tensors of one shape, or of sizes of 1 that stretch, got "
                f"{_shapes(tensors)}",
                hint="project or reshape one of them first",
            ) from mismatch
    return (batch, *out)


def _merge(first: Shape, second: Shape) -> Shape:
    """`broadcast`, but an unknown size stays unknown, as Keras has it in merging layers."""
    shape = broadcast(first, second)
    count = min(len(first), len(second))
    pairs = zip(first[len(first) - count :], second[len(second) - count :], strict=True)
    known = [None not in pair for pair in pairs]
    kept = [
        size if sure else None
        for size, sure in zip(shape[len(shape) - count :], known, strict=True)
    ]
    return (*shape[: len(shape) - count], *kept)


def _elementwise(call: LayerCall, each: int, text: bool = False) -> RuleResult:
    """A list of tensors -> one of the shape that they have together.

    Args:
        call: of the layer.
        each: operations for each element of the result and each tensor after the first.
        text: whether it works on text too.
    """
    tensors = _tensors(call)
    is_text = _need_one_kind(tensors)
    if is_text and not text and len(tensors) > 1:
        need_numbers(*tensors)
    _need_numbers_first(tensors)
    shape = _merged(tensors)
    flops = product(each, len(tensors) - 1, per_example(shape))
    dtype = TEXT if is_text else _dtype(tensors)
    return RuleResult(Tensor(shape, dtype, _joint_mask(tensors)), flops=flops)


def _joint_mask(tensors: Sequence[Tensor]) -> Shape | None:
    """The shape of the mask of a sum or product: that of all masks, or none where one lacks."""
    masks = [tensor.mask for tensor in tensors if tensor.mask is not None]
    if len(masks) < len(tensors):
        return None
    joint = run_broadcast(*map(marked, masks))
    if joint is None:
        raise Mismatch(f"cannot join the masks of its tensors, of shapes {_listed(masks)}")
    return unmarked(joint)


def _listed(masks: Sequence[Shape | None]) -> str:
    return " and ".join(map(str, masks))


def _dtype(tensors: Sequence[Tensor]) -> str:
    return result_type(*(tensor.dtype for tensor in tensors))


def _need_numbers_first(tensors: Sequence[Tensor]) -> None:
    """Keras merges the first two tensors, then the next with that: two of bool have no sum."""
    if [tensor.dtype for tensor in tensors[:2]] == ["bool", "bool"]:
        need_no_booleans(tensors[0])


def add(call: LayerCall) -> RuleResult:
    """Add: tensors of one shape -> their sum, of the same shape. Texts are joined."""
    return _elementwise(call, 1, text=True)


def merge(call: LayerCall) -> RuleResult:
    """Maximum, Minimum, Multiply: tensors of one shape -> one of the same shape."""
    return _elementwise(call, 1)


def average(call: LayerCall) -> RuleResult:
    """Average: tensors of one shape -> their mean, of the same shape."""
    tensors = _tensors(call)
    need_numbers(*tensors)
    if all(tensor.dtype == "bool" for tensor in tensors):
        need_no_booleans(tensors[0])
    facts = _elementwise(call, 1)
    shape, dtype = facts.output.shape, facts.output.dtype
    if is_whole(dtype):  # TensorFlow divides small whole numbers in float32, others in float64
        dtype = "float32" if dtype.endswith(("int8", "int16")) else "float64"
    return RuleResult(Tensor(shape, dtype), flops=total(facts.flops, per_example(shape)))


def subtract(call: LayerCall) -> RuleResult:
    """Subtract: two tensors of one shape -> their difference."""
    count = len(_tensors(call))
    if count != 2:
        raise Mismatch(f"takes two tensors, got {count}")
    return _elementwise(call, 1)


def custom_scale(call: LayerCall) -> RuleResult:
    """CustomScaleLayer (of InceptionResNetV2): two tensors -> the first plus the scaled second."""
    tensors = _tensors(call)
    if len(tensors) < 2:
        raise Mismatch(f"takes two tensors, got {len(tensors)}")
    need_numbers(*tensors)
    if any(tensor.dtype != call.policy.compute for tensor in tensors[:2]):
        raise Mismatch(f"needs floating numbers, got {_dtypes(tensors[:2])}")
    shape = broadcast(tensors[0].shape, tensors[1].shape)
    return RuleResult(Tensor(shape, call.policy.compute), flops=product(2, per_example(shape)))


def concatenate(call: LayerCall) -> RuleResult:
    """Concatenate: tensors that are equal but for one axis -> one, that axis being their sum."""
    tensors, axis = _tensors(call), call.args["axis"]
    is_text = _need_one_kind(tensors)
    first = tensors[0].shape
    at = find_axis(axis, first)
    rests = [_without(tensor.shape, axis) for tensor in tensors]
    if any(tensor.rank != len(first) for tensor in tensors) or not _agree(rests):
        raise Mismatch(
            f"needs tensors that are equal on all axes but axis {axis}, got {_shapes(tensors)}",
            "axis",
            "choose the axis on which they differ, or reshape them first",
        )
    shape = (*first[:at], total(*(t.shape[at] for t in tensors)), *first[at + 1 :])
    dtype = TEXT if is_text else _dtype(tensors)
    return RuleResult(Tensor(shape, dtype, _concatenated_mask(tensors, at)))


def _concatenated_mask(tensors: Sequence[Tensor], at: int) -> Shape | None:
    """The shape of the mask of a concatenation: a tensor without one counts as unmasked."""
    masks = [tensor.mask for tensor in tensors]
    if all(mask is None for mask in masks):
        return None
    found = []
    for tensor in tensors:
        mask = tensor.shape if tensor.mask is None else tensor.mask
        if len(mask) < tensor.rank:
            stretched = run_broadcast((*marked(mask), 1), marked(tensor.shape))
            mask = mask if stretched is None else unmarked(stretched)
        found.append(mask)
    rank = tensors[0].rank
    fits = all(len(mask) == rank for mask in found)
    if not fits or not _agree([_without(mask, at) for mask in found]):
        raise Mismatch(f"cannot join the masks of its tensors, of shapes {_listed(masks)}")
    joint = (*found[0][:at], total(*(mask[at] for mask in found)), *found[0][at + 1 :])
    return joint[:-1]


def _without(shape: Shape, axis: int) -> Shape:
    at = find_axis(axis, shape)
    return (*shape[:at], *shape[at + 1 :])


def _agree(shapes: Sequence[Shape]) -> bool:
    return all(len({*sizes} - {None}) <= 1 for sizes in zip(*shapes, strict=False))


def dot(call: LayerCall) -> RuleResult:
    """Dot: (batch, ..., n, ...) and (batch, ..., n, ...) -> (batch, *rest, *rest), n is gone."""
    tensors, axes = _tensors(call), call.args["axes"]
    if len(tensors) != 2:
        raise Mismatch(f"takes two tensors, got {len(tensors)}")
    need_numbers(*tensors)
    for tensor in tensors:
        need_min_rank(tensor, 2, "batch, features")
    pair = (axes, axes) if isinstance(axes, int) else tuple(axes)
    first, second = (find_axis(a, t.shape, "axes") for a, t in zip(pair, tensors, strict=True))
    if 0 in (first, second):
        raise Mismatch("cannot sum over the batch axis", "axes", "the first axis after it is 1")
    a, b = tensors[0].shape, tensors[1].shape
    if a[first] != b[second]:
        raise Mismatch(
            f"axis {pair[0]} of {a} and axis {pair[1]} of {b} differ: {a[first]} and {b[second]}",
            "axes",
            "sum over two axes of one size",
        )
    _batch(tensors)
    shape = (*a[:first], *a[first + 1 :], *b[1:second], *b[second + 1 :])
    if len(shape) == 1:
        shape = (*shape, 1)
    flops = product(2, a[first], per_example(shape))
    if call.args["normalize"]:
        for tensor in tensors:
            need_floats(tensor)
        flops = total(flops, product(3, per_example(a)), product(3, per_example(b)))
    return RuleResult(Tensor(shape, _dtype(tensors)), flops=flops)


RULES: dict[str, Rule] = {
    "Add": add,
    "Average": average,
    "Concatenate": concatenate,
    "CustomScaleLayer": custom_scale,
    "Dot": dot,
    "Maximum": merge,
    "Minimum": merge,
    "Multiply": merge,
    "Subtract": subtract,
}
