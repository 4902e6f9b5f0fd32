"""Products of tensors: matmul, dot, tensordot, inner, outer, cross, kron and kin."""

from __future__ import annotations

from typing import Any

from modelspec.layers.rule import (
    FIRST_BATCH,
    FLOATX,
    WEAK_FLOAT,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    find_axis,
    need_few_axes,
    per_example,
    product,
    result_type,
    volume,
)

from .arithmetic import elementwise
from .kernels import REAL, need_promoted
from .operands import need_numbers, operand, promoted, setting, shape_of, tensor
from .shapes import Size, fits, need_rank_at_least, stretched


def matmul(call: LayerCall) -> RuleResult:
    """Rows times columns over the last two axes; the axes before them broadcast."""
    x1, x2 = tensor(call, "x1"), tensor(call, "x2")
    need_numbers(x1, x2)
    if not x1.rank or not x2.rank:
        raise Mismatch(f"needs tensors of 1 axis or more, got {x1.shape} and {x2.shape}")
    left = x1.shape if x1.rank > 1 else (1, *x1.shape)
    right = x2.shape if x2.rank > 1 else (*x2.shape, 1)
    if not fits(left[-1], right[-2]):
        raise Mismatch(
            f"needs as many columns in `x1` as rows in `x2`, got {x1.shape} and {x2.shape}",
            hint="`ops.transpose` or `ops.swapaxes` turns a matrix",
        )
    rows = left[-2:-1] if x1.rank > 1 else ()
    columns = right[-1:] if x2.rank > 1 else ()
    shape = (*stretched(left[:-2], right[:-2]), *rows, *columns)
    inner = left[-1] if left[-1] is not None else right[-2]
    return RuleResult(Tensor(shape, _dtype(x1, x2)), flops=_multiply_adds(shape, inner))


def _dtype(x1: Tensor, x2: Tensor) -> str:
    if x1.dtype == x2.dtype == "int8":
        return "int32"
    return result_type(x1.dtype, x2.dtype)


def _multiply_adds(shape: Shape, inner: Size) -> int | None:
    return product(2, per_example(shape), inner)


def dot(call: LayerCall) -> RuleResult:
    """As numpy's: a product with a scalar, of vectors, or over the last and second last axis."""
    x1, x2 = operand(call, "x1"), operand(call, "x2")
    need_numbers(x1, x2)
    left, right = shape_of(x1), shape_of(x2)
    dtype = promoted(call, "x1", "x2")
    if not left or not right:
        return elementwise(lambda _: dtype)(call)
    if len(left) == len(right) == 1:
        return RuleResult(Tensor((), dtype), flops=product(2, left[0]))
    if len(right) == 1:
        if left[-1] != right[0]:
            raise Mismatch(f"needs a last axis of {right[0]} in `x1`, got {left}")
        return RuleResult(Tensor(left[:-1], dtype), flops=_multiply_adds(left[:-1], left[-1]))
    if not fits(left[-1], right[-2]):
        raise Mismatch(f"needs as many columns in `x1` as rows in `x2`, got {left} and {right}")
    shape = (*left[:-1], *right[:-2], right[-1])
    inner = left[-1] if left[-1] is not None else right[-2]
    return RuleResult(Tensor(shape, dtype), flops=_multiply_adds(shape, inner))


def tensordot(call: LayerCall) -> RuleResult:
    """A product summed over the last and first axes, or over named ones."""
    x1, x2 = operand(call, "x1"), operand(call, "x2")
    need_numbers(x1, x2)
    left, right = shape_of(x1), shape_of(x2)
    dtype, axes = promoted(call, "x1", "x2"), setting(call, "axes")
    if isinstance(axes, int):
        if axes > min(len(left), len(right)):
            raise Mismatch(f"cannot sum over {axes} axes of {left} and {right}", "axes")
        ours, theirs = list(range(len(left) - axes, len(left))), list(range(axes))
    else:
        ours, theirs = _named_axes(axes, left, right)
    inner = [left[axis] for axis in ours]
    if len(ours) != len(theirs) or not all(map(fits, inner, [right[axis] for axis in theirs])):
        raise Mismatch(
            f"sums over axes {ours} of {left} and {theirs} of {right}, which differ", "axes"
        )
    shape = tuple(size for i, size in enumerate(left) if i not in ours) + tuple(
        size for i, size in enumerate(right) if i not in theirs
    )
    return RuleResult(Tensor(shape, dtype), flops=_multiply_adds(shape, volume(inner)))


def _named_axes(axes: list[Any], left: Shape, right: Shape) -> tuple[list[int], list[int]]:
    if not all(isinstance(item, list) for item in axes):
        hint = "write [[1], [0]]: the axes of `x1`, and those of `x2`"
        raise Mismatch("needs two lists of axes, or one number", "axes", hint)
    pairs = zip(axes, (left, right), strict=True)
    ours, theirs = ([find_axis(a, shape, "axes") for a in item] for item, shape in pairs)
    return ours, theirs


def inner(call: LayerCall) -> RuleResult:
    """A product summed over the last axes of both."""
    x1, x2 = operand(call, "x1"), operand(call, "x2")
    need_numbers(x1, x2)
    left, right = shape_of(x1), shape_of(x2)
    dtype = promoted(call, "x1", "x2")
    if not left or not right:
        hint = "`ops.multiply` takes one number beside a tensor"
        raise Mismatch(f"needs at least 1 axis in both in a graph: {FIRST_BATCH}", hint=hint)
    if not fits(left[-1], right[-1]):
        raise Mismatch(f"needs last axes of one size, got {left} and {right}")
    shape = left[:-1] + right[:-1]
    return RuleResult(Tensor(shape, dtype), flops=_multiply_adds(shape, left[-1]))


def vdot(call: LayerCall) -> RuleResult:
    """The sum of the products of all elements."""
    x1, x2 = operand(call, "x1"), operand(call, "x2")
    need_numbers(x1, x2)
    counts = volume(shape_of(x1)), volume(shape_of(x2))
    if not fits(*counts) or (1 in counts and None in counts):
        message = f"needs as many elements in `x1` as in `x2`, got {_count(counts[0])} and "
        raise Mismatch(f"{message}{_count(counts[1])}: {FIRST_BATCH}")
    return RuleResult(
        Tensor((), promoted(call, "x1", "x2")), flops=product(2, per_example(shape_of(x1)))
    )


def _count(size: Size) -> str:
    return "an unknown number" if size is None else str(size)


def outer(call: LayerCall) -> RuleResult:
    """Each element of one with each of the other."""
    x1, x2 = operand(call, "x1"), operand(call, "x2")
    need_numbers(x1, x2)
    shape = (volume(shape_of(x1)), volume(shape_of(x2)))
    return RuleResult(Tensor(shape, promoted(call, "x1", "x2")), flops=per_example(shape))


def kron(call: LayerCall) -> RuleResult:
    """Each element of one times the whole other: Keras asks for sizes that a graph cannot say."""
    operand(call, "x1")
    hint = "`ops.einsum` and `ops.reshape` give the same"
    raise Mismatch(f"cannot run in a graph: {FIRST_BATCH}", hint=hint)


def cross(call: LayerCall) -> RuleResult:
    """The cross product of vectors of 2 or 3 along an axis."""
    x1, x2 = tensor(call, "x1"), tensor(call, "x2")
    need_numbers(x1, x2)
    need_rank_at_least(x1, 1, "x1")
    need_rank_at_least(x2, 1, "x2")
    need_promoted(result_type(x1.dtype, x2.dtype), REAL)
    axis = setting(call, "axis")
    at = [setting(call, name) if axis is None else axis for name in ("axisa", "axisb", "axisc")]
    ours, theirs = find_axis(at[0], x1.shape, "axisa"), find_axis(at[1], x2.shape, "axisb")
    sizes = (x1.shape[ours], x2.shape[theirs])
    for size in sizes:
        if size not in (None, 2, 3):
            raise Mismatch(f"needs vectors of 2 or 3, got {x1.shape} and {x2.shape}")
    for x, size in zip((x1, x2), sizes, strict=True):
        if size != 3:  # it is padded to 3
            need_few_axes(x.rank)
    rest = stretched(_without(x1.shape, ours), _without(x2.shape, theirs))
    vector = (3,) if 3 in sizes else ()
    place = find_axis(at[2], (*rest, *vector), "axisc")
    shape = (*rest[:place], *vector, *rest[place:])
    return RuleResult(
        Tensor(shape, result_type(x1.dtype, x2.dtype)), flops=product(2, per_example(shape))
    )


def _without(shape: Shape, axis: int) -> Shape:
    return shape[:axis] + shape[axis + 1 :]


def correlate(call: LayerCall) -> RuleResult:
    """The cross-correlation of two vectors."""
    x1, x2 = tensor(call, "x1"), tensor(call, "x2")
    need_numbers(x1, x2)
    if x1.rank != 1 or x2.rank != 1:
        raise Mismatch(f"needs two vectors, got {x1.shape} and {x2.shape}")
    one, other = x1.shape[0], x2.shape[0]
    if one is None or other is None:
        raise Mismatch(f"needs vectors of known length, got {x1.shape} and {x2.shape}")
    if setting(call, "mode") == "valid" and one < other:
        message = f"needs at least {other} elements in `x1`, got {one}: {FIRST_BATCH}"
        raise Mismatch(message, "mode", "write the longer vector first")
    lengths = {"valid": abs(one - other) + 1, "same": max(one, other), "full": one + other - 1}
    dtype = result_type(x1.dtype, x2.dtype)
    if dtype == "int64":
        dtype = "float64"
    if dtype not in ("bfloat16", "float16", "float64"):
        dtype = FLOATX
    return RuleResult(Tensor((lengths[setting(call, "mode")],), dtype), flops=2 * one * other)


def cdist(call: LayerCall) -> RuleResult:
    """The distance of each vector of one from each of the other."""
    x, y = tensor(call, "x"), tensor(call, "y")
    need_numbers(x, y)
    need_rank_at_least(x, 2)
    need_rank_at_least(y, 2, "y")
    if not fits(x.shape[-1], y.shape[-1]):
        raise Mismatch(f"needs vectors of one size, got {x.shape} and {y.shape}")
    shape = (*stretched(x.shape[:-2], y.shape[:-2]), x.shape[-2], y.shape[-2])
    dtype = result_type(x.dtype, y.dtype, WEAK_FLOAT)
    return RuleResult(Tensor(shape, dtype), flops=_multiply_adds(shape, x.shape[-1]))


OPS: dict[str, Rule] = {
    "cdist": cdist,
    "correlate": correlate,
    "cross": cross,
    "dot": dot,
    "inner": inner,
    "kron": kron,
    "matmul": matmul,
    "outer": outer,
    "tensordot": tensordot,
    "vdot": vdot,
}
"""Rules of these ops."""
