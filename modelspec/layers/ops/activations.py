"""Functions that look at a whole axis: softmax, sparsemax, glu, normalizations and kin."""

from __future__ import annotations

from modelspec.layers.rule import (
    FIRST_BATCH,
    FLOATX,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    find_axes,
    find_axis,
    is_floating,
    is_whole,
    limit_softmax,
    per_example,
    product,
    result_type,
    standard,
    volume,
)

from .kernels import FLOATS, need_dtype
from .operands import maybe, maybe_tensor, need_numbers, operand, setting, shape_of, tensor
from .shapes import stretched

EUCLIDEAN = 2
"""The order of the norm that is the root of a sum of squares, by a kernel for floats."""


def _softmax(call: LayerCall) -> RuleResult:
    """`softmax`: along one axis, or along all of them as one for null; the shape stays."""
    found = along_axis(call)
    rank = tensor(call, "x").rank
    return found if setting(call, "axis") is None else limit_softmax(found, rank)


def along_axis(call: LayerCall) -> RuleResult:
    """`softmax`, `log_softmax`, `sparsemax`: along one axis; the shape stays.

    Keras states a result for several axes, and cannot run it: only the layer Softmax can.
    """
    x, axis = tensor(call, "x"), setting(call, "axis")
    if isinstance(axis, list):
        hint = "write one number; the layer Softmax takes several axes"
        raise Mismatch(f"takes one axis, got {axis}: {FIRST_BATCH}", "axis", hint)
    if axis is not None:
        find_axes(axis, x.shape)
    return RuleResult(x, flops=per_example(x.shape))


def normalize(call: LayerCall) -> RuleResult:
    """Divided by its norm along an axis. Keras states float32."""
    x, axis = tensor(call, "x"), setting(call, "axis")
    order = setting(call, "order")
    if isinstance(order, float) or order < 1:
        raise Mismatch(f"takes a whole number of 1 or more, got {order}: {FIRST_BATCH}", "order")
    if order == EUCLIDEAN:
        need_dtype(x, FLOATS)
    find_axes(axis, x.shape)
    dtype = FLOATX if is_whole(x.dtype) else x.dtype
    return RuleResult(Tensor(x.shape, dtype), flops=product(per_example(x.shape), 3))


def glu(call: LayerCall) -> RuleResult:
    """One half of an axis times the sigmoid of the other."""
    x = tensor(call, "x")
    axis = find_axis(setting(call, "axis"), x.shape)
    size = x.shape[axis]
    if size is not None and size % 2:
        raise Mismatch(f"cannot halve axis {axis} of {x.shape}", "axis")
    half = None if size is None else size // 2
    shape = (*x.shape[:axis], half, *x.shape[axis + 1 :])
    return RuleResult(Tensor(shape, x.dtype), flops=product(per_example(shape), 2))


def cumulative(checks_axis: bool) -> Rule:
    """The rule of `cumsum`, `cumprod` and kin: flat where `axis` is left out."""

    def rule(call: LayerCall) -> RuleResult:
        x = tensor(call, "x")
        need_numbers(x)
        axis, wanted = setting(call, "axis"), setting(call, "dtype")
        if axis is not None and checks_axis:
            find_axis(axis, x.shape)
        shape: Shape = (volume(x.shape),) if axis is None else x.shape
        dtype = x.dtype if wanted is None else standard(wanted)
        output = Tensor(shape, "int32" if dtype == "bool" else dtype)
        return RuleResult(output, flops=per_example(x.shape))

    return rule


def batch_normalization(call: LayerCall) -> RuleResult:
    """Scaled and shifted by vectors of the axis's size."""
    x = tensor(call, "x")
    need_numbers(x)
    axis = setting(call, "axis")
    if not isinstance(axis, int):
        raise Mismatch("takes one axis", "axis")
    wanted = (x.shape[find_axis(axis, x.shape)],)
    for name in ("mean", "variance"):
        _check_vector(tensor(call, name), name, wanted)
    offset, scale = maybe_tensor(call, "offset"), maybe_tensor(call, "scale")
    for name, value in (("offset", offset), ("scale", scale)):
        if value is not None:
            _check_vector(value, name, wanted)
    if offset is not None and scale is None:
        raise Mismatch("needs `scale` where it has `offset`", hint="let an edge give `scale` too")
    return RuleResult(x, flops=product(per_example(x.shape), 2))


def _check_vector(value: Tensor, name: str, wanted: Shape) -> None:
    if value.shape != wanted:
        raise Mismatch(f"needs `{name}` of shape {wanted}, got {value.shape}")


def normalized(*others: str, may_be_scalar: bool) -> Rule:
    """The rule of `layer_normalization` and `rms_normalization`, with their scales."""

    def rule(call: LayerCall) -> RuleResult:
        x = tensor(call, "x")
        need_numbers(x)
        if x.rank or not may_be_scalar:
            find_axes(setting(call, "axis"), x.shape)
        need_numbers(*(maybe(call, name) for name in others))
        if not x.rank:  # the kernel looks at a vector of one, and Keras states a scalar
            return RuleResult(Tensor((1,), x.dtype).built_as(()), flops=5)
        return RuleResult(x, flops=product(per_example(x.shape), 5))

    return rule


def dot_product_attention(call: LayerCall) -> RuleResult:
    """Values weighted by how well keys fit queries: (batch, steps, heads, features) each."""
    query, key, value = (tensor(call, name) for name in ("query", "key", "value"))
    need_numbers(query, key, value)
    for name, x in (("query", query), ("key", key), ("value", value)):
        if x.rank != 4:
            raise Mismatch(f"needs 4 axes (batch, steps, heads, features) in `{name}`, "
                           f"got {x.shape}")  # fmt: skip
    if setting(call, "attn_logits_soft_cap") is not None:
        hint = "leave it out; TensorFlow has no such attention"
        raise Mismatch("cannot cap its scores", "attn_logits_soft_cap", hint)
    maybe_tensor(call, "bias")
    maybe_tensor(call, "mask")
    flops = product(4, per_example(query.shape), key.shape[1])
    return RuleResult(
        Tensor(query.shape, result_type(query.dtype, key.dtype, value.dtype)), flops=flops
    )


def polar(call: LayerCall) -> RuleResult:
    """Complex numbers from lengths and angles. Keras states float32."""
    x = tensor(call, "abs_")
    angle = operand(call, "angle")
    if isinstance(angle, Tensor) and is_floating(angle.dtype) and angle.dtype != x.dtype:
        message = f"needs lengths and angles of one dtype, got {x.dtype} and {angle.dtype}"
        raise Mismatch(f"{message}: {FIRST_BATCH}")
    dtype = "complex128" if x.dtype == "float64" else "complex64"
    shape = stretched(x.shape, shape_of(angle))
    return RuleResult(Tensor(shape, dtype), flops=product(per_example(shape), 4))


def corrcoef(call: LayerCall) -> RuleResult:
    """Correlations of rows: Keras asks whether all are numbers, which a graph cannot say."""
    tensor(call, "x")
    message = f"cannot run in a graph: {FIRST_BATCH}"
    raise Mismatch(message, hint="`ops.matmul` of normalized rows gives their correlations")


OPS: dict[str, Rule] = {
    "batch_normalization": batch_normalization,
    "corrcoef": corrcoef,
    "cumprod": cumulative(checks_axis=True),
    "cumsum": cumulative(checks_axis=True),
    "dot_product_attention": dot_product_attention,
    "glu": glu,
    "layer_normalization": normalized("gamma", "beta", may_be_scalar=False),
    "log_softmax": along_axis,
    "nancumprod": cumulative(checks_axis=False),
    "nancumsum": cumulative(checks_axis=False),
    "normalize": normalize,
    "polar": polar,
    "rms_normalization": normalized("scale", may_be_scalar=True),
    "softmax": _softmax,
    "sparsemax": along_axis,
}
"""Rules of these ops."""
