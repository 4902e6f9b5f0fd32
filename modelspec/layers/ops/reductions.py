"""Functions that take axes away: sum, mean, max, argmax, any, std, norm and kin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from modelspec.layers.rule import (
    BATCH,
    FIRST_BATCH,
    FLOATX,
    TRIAL_BATCH,
    VALUES_DECIDE,
    WEAK_FLOAT,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    as_tensor,
    find_axis,
    is_whole,
    marked,
    need_few_axes,
    per_example,
    product,
    result_type,
    run_broadcast,
    shape_of_list,
    unmarked,
    volume,
    widened,
)

from .operands import dtype_of, maybe, need_numbers, setting, tensor
from .shapes import fits, reduced

DtypeRule = Callable[[str], str]


def _same(dtype: str) -> str:
    return dtype


def _true_or_false(_: str) -> str:
    return "bool"


def _index(_: str) -> str:
    return "int32"


def _mean(dtype: str) -> str:
    common = result_type(dtype, FLOATX)
    return common if is_whole(dtype) else dtype


def _deviation(dtype: str) -> str:
    return FLOATX if is_whole(dtype) or dtype == "complex64" else dtype


def float_dtype(dtype: str) -> str:
    """That of a variance, and of others that compute with floats."""
    return result_type(dtype, WEAK_FLOAT)


def _sum(dtype: str) -> str:
    return widened(result_type(dtype))


def _product(dtype: str) -> str:
    return result_type(widened(dtype))


def count_nonzero(call: LayerCall) -> RuleResult:
    """How many elements are not 0, or no empty text."""
    x = tensor(call, "x")
    shape = reduced(x.shape, setting(call, "axis"), False)
    return RuleResult(Tensor(shape, "int32"), flops=cost_of(x))


INDEX_AXES = 7
"""What TensorFlow's ArgMax takes along an axis; of all elements it takes a vector."""


def index_of_extreme(call: LayerCall) -> RuleResult:
    """Where the largest or the smallest element is, along an axis or of all elements."""
    if setting(call, "axis") is not None:
        need_few_axes(tensor(call, "x").rank, INDEX_AXES)
    return reduction(_index)(call)


def reduction(dtype_rule: DtypeRule, cost: int = 1) -> Rule:
    """The rule of a function with `axis` and `keepdims`.

    Args:
        dtype_rule: the dtype of the result from the dtype of the tensor.
        cost: operations for each element of the tensor.
    """

    def rule(call: LayerCall) -> RuleResult:
        x = tensor(call, "x")
        need_numbers(x)
        shape = reduced(x.shape, setting(call, "axis"), setting(call, "keepdims"))
        dtype = dtype_rule(x.dtype)
        return RuleResult(Tensor(shape, dtype), flops=cost_of(x, cost))

    return rule


def cost_of(x: Tensor, each: int = 1) -> int | None:
    """Operations for one example, so many for each element of the tensor."""
    return product(each, per_example(x.shape))


def product_of(call: LayerCall) -> RuleResult:
    """`prod`. Keras states the dtype that it is told, and does not cast to it."""
    x = tensor(call, "x")
    need_numbers(x)
    dtype = _product(x.dtype) if setting(call, "dtype") is None else result_type(x.dtype)
    shape = reduced(x.shape, setting(call, "axis"), setting(call, "keepdims"))
    return RuleResult(Tensor(shape, dtype), flops=cost_of(x))


def extreme(call: LayerCall) -> RuleResult:
    """`max` and `min`, which may be told a first value."""
    initial = setting(call, "initial")
    return largest(call, "give it an `initial` value") if initial is None else _kept(call)


_kept = reduction(_same)


def largest(call: LayerCall, hint: str = "give the axis a size of at least 1") -> RuleResult:
    """`amax` and `amin`, and the others without a first value: there must be an element."""
    found = _kept(call)
    x, axis = tensor(call, "x"), setting(call, "axis")
    chosen = range(x.rank) if axis is None else axis if isinstance(axis, list) else [axis]
    if 0 in [x.shape[each] for each in chosen]:
        message = f"has none of no elements in {x.shape}: Keras builds this, but each call outside"
        raise Mismatch(f"{message} of a graph fails", "axis", hint)
    return found


def average(call: LayerCall) -> RuleResult:
    """A mean with weights, of the tensor's shape or of the axis's size."""
    x = tensor(call, "x")
    need_numbers(x)
    axis, weights = setting(call, "axis"), maybe(call, "weights")
    if isinstance(axis, list):
        raise Mismatch("takes one axis, not a list of them", "axis")
    if weights is None:
        dtype = result_type(x.dtype, WEAK_FLOAT)
    else:
        weights = tensor(call, "weights")
        dtype = result_type(x.dtype, WEAK_FLOAT, weights.dtype)
        _check_weights(x, weights, axis)
        if axis is not None and weights.rank != x.rank:  # it contracts an axis that is a tensor
            message = f"makes a tensor of which no graph knows the number of axes: {FIRST_BATCH}"
            hint = "multiply by the weights with `ops.multiply`, and add up with `ops.sum`"
            raise Mismatch(message, "weights" if "weights" in call.args else None, hint)
    return RuleResult(Tensor(reduced(x.shape, axis, False), dtype), flops=cost_of(x, 2))


def _check_weights(x: Tensor, weights: Tensor, axis: int | None) -> None:
    fitting = [x.shape]
    if axis is not None:
        fitting.append((x.shape[find_axis(axis, x.shape)],))
    if not any(_can_be(weights.shape, shape) for shape in fitting):
        wanted = " or ".join(str(shape) for shape in fitting)
        raise Mismatch(f"needs `weights` of shape {wanted}, got {weights.shape}")


def _can_be(shape: Shape, other: Shape) -> bool:
    return len(shape) == len(other) and all(map(fits, shape, other))


def norm(call: LayerCall) -> RuleResult:
    """A vector or matrix norm."""
    x = tensor(call, "x")
    need_numbers(x)
    axis, order = setting(call, "axis"), setting(call, "ord")
    count = x.rank if axis is None else 1 if isinstance(axis, int) else len(axis)
    if count not in (1, 2):
        message = f"takes 1 axis (vectors) or 2 (matrices) of {x.shape}, not {count}"
        raise Mismatch(f"{message}: {FIRST_BATCH}", "axis", "name one axis or two")
    if count == 1 and isinstance(order, str):
        raise Mismatch(f'has no norm "{order}" of a vector', "ord", "leave it out, or name 2 axes")
    if count == 2 and order not in (None, "fro", "nuc", 1, -1, 2, -2, *_INFINITE):
        hint = 'it may be "fro", "nuc", 1, -1, 2, -2, .inf or -.inf'
        raise Mismatch(f"has no norm {order!r} of a matrix", "ord", hint)
    shape = reduced(x.shape, axis, setting(call, "keepdims"))
    return RuleResult(Tensor(shape, _deviation(x.dtype)), flops=cost_of(x, 2))


def moments(call: LayerCall) -> RuleResult:
    """Mean and variance."""
    x = tensor(call, "x")
    need_numbers(x)
    output = Tensor(reduced(x.shape, setting(call, "axes"), setting(call, "keepdims")), x.dtype)
    return RuleResult((output, output), flops=cost_of(x, 4))


def trapezoid(call: LayerCall) -> RuleResult:
    """The area under a line along an axis, between places `x` that may have axes of their own.

    Keras states the shape without the axis; in a run the places stretch it, as in a product.
    """
    y = tensor(call, "y")
    need_numbers(y)
    places = as_tensor(setting(call, "x"), "x")
    if isinstance(places, (int, float)):
        message = f"takes the places of all points, not one: {FIRST_BATCH}"
        raise Mismatch(message, "x", "`dx` is the distance of points that are evenly spaced")
    axis = setting(call, "axis")
    shape = reduced(y.shape, axis, False)
    if axis < -1:  # Keras adds it to the rank, which is a tensor in a graph, and wants a number
        message = f"cannot count the axis {axis} from the end, but for -1: {FIRST_BATCH}"
        raise Mismatch(message, "axis", f"write `axis: {y.rank + axis}`")
    output = Tensor(shape, result_type(y.dtype, WEAK_FLOAT))
    if isinstance(places, Tensor):
        output = _between(output, y.shape, places.shape, axis)
    return RuleResult(output, flops=cost_of(y, 4))


def _between(output: Tensor, y: Shape, places: Shape, axis: int) -> Tensor:
    """The areas between places along an axis, which both have.

    Raises:
        Mismatch: the places have no such axis, or are not as many as the points.
    """
    if axis >= len(places):
        message = f"has no axis {axis} in `x` of shape {places}: {FIRST_BATCH}"
        hint = f"write `x` in as many axes as the tensor has, with 1 in place of the others of {y}"
        raise Mismatch(message, "x", hint)
    steps = [(*reduced(shape, axis, False), _steps(shape[axis])) for shape in (y, places)]
    met = run_broadcast(*map(marked, steps))
    if met is None:
        fits = f"needs as many places in `x` as points along axis {axis} of {y}"
        message = f"{fits}, and the other axes alike, got {places}: {FIRST_BATCH}"
        hint = "write as many, or leave `x` out, with their distance in `dx`"
        raise Mismatch(message, "x", hint)
    stretched = Tensor(unmarked(met[:-1]), output.dtype)
    if BATCH in met[1:-1]:  # the batch is no longer the first axis
        trial = tuple(TRIAL_BATCH if size == BATCH else size for size in met[:-1])
        stretched = replace(stretched, trial=trial)
    return stretched.built_as(output.shape)


def _steps(size: int | None) -> int | None:
    return None if size is None else max(size - 1, 0)


def size(call: LayerCall) -> RuleResult:
    """How many elements there are, as a tensor."""
    tensor(call, "x")
    return RuleResult(Tensor((), "int32"))


def ndim(call: LayerCall) -> RuleResult:
    """How many axes there are, as a tensor. Keras states a vector of that length."""
    x = tensor(call, "x")
    return RuleResult(Tensor((), "int32").built_as((x.rank,)))


def bincount(call: LayerCall) -> RuleResult:
    """How often each integer occurs along the last axis."""
    x = tensor(call, "x")
    need_numbers(x)
    if x.rank > 2:
        raise Mismatch(f"takes 1 or 2 axes, got {x.shape}: {FIRST_BATCH}")
    weights, dtype = setting(call, "weights"), "int32"
    if weights is not None:
        listed = weights if isinstance(weights, list) else [weights]
        shape = shape_of_list(weights, "weights")
        if shape != (0,) and not (len(shape) == x.rank and all(map(fits, shape, x.shape))):
            message = f"needs `weights` of the shape {x.shape}, one for each number, got {shape}"
            raise Mismatch(f"{message}: {FIRST_BATCH}", "weights")
        dtype = result_type(x.dtype, dtype_of(as_tensor(listed, "weights"), "weights"))
    trial = (VALUES_DECIDE,) if x.rank == 1 else None
    sparse = bool(setting(call, "sparse"))
    output = Tensor((*x.shape[:-1], None), dtype, sparse=sparse, trial=trial)
    return RuleResult(output, flops=volume(x.shape[1:]))


_INFINITE = (float("inf"), float("-inf"))

OPS: dict[str, Rule] = {
    "all": reduction(_true_or_false),
    "amax": largest,
    "amin": largest,
    "any": reduction(_true_or_false),
    "argmax": index_of_extreme,
    "argmin": index_of_extreme,
    "average": average,
    "bincount": bincount,
    "count_nonzero": count_nonzero,
    "logsumexp": reduction(_same, cost=2),
    "max": extreme,
    "mean": reduction(_mean),
    "min": extreme,
    "moments": moments,
    "nanargmax": index_of_extreme,
    "nanargmin": index_of_extreme,
    "nanmax": reduction(result_type),
    "nanmean": reduction(float_dtype),
    "nanmin": reduction(result_type),
    "nanprod": reduction(_product),
    "nanstd": reduction(float_dtype, cost=4),
    "nansum": reduction(_sum),
    "nanvar": reduction(float_dtype, cost=4),
    "ndim": ndim,
    "norm": norm,
    "prod": product_of,
    "ptp": reduction(_same, cost=2),
    "size": size,
    "std": reduction(_deviation, cost=4),
    "sum": reduction(_sum),
    "trapezoid": trapezoid,
    "var": reduction(float_dtype, cost=4),
}
"""Rules of these ops."""
