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
    per_example,
    product,
    result_type,
    standard,
    volume,
)

from .operands import maybe, maybe_tensor, need_floats, need_numbers, operand, setting, tensor


def along_axis(cost: int = 1, dtype: str | None = None, takes_no_half: bool = False) -> Rule:
    """The rule of a function along `axis` that keeps the shape.

    Args:
        cost: operations for each element.
        dtype: the dtype of the result, if it is not the tensor's.
        takes_no_half: whether it has no kernel for float16.
    """

    def rule(call: LayerCall) -> RuleResult:
        x = tensor(call, "x")
        need_floats(x)
        if takes_no_half and x.dtype == "float16":
            raise Mismatch(f"has no kernel for float16: {FIRST_BATCH}", hint="cast it to float32")
        axis = setting(call, "axis")
        if axis is not None:
            find_axes(axis, x.shape)
        flops = product(per_example(x.shape), cost)
        return RuleResult(Tensor(x.shape, dtype or x.dtype), flops=flops)

    return rule


def glu(call: LayerCall) -> RuleResult:
    """One half of an axis times the sigmoid of the other."""
    x = tensor(call, "x")
    need_floats(x)
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
    """Complex numbers from lengths and angles. Keras announces float32."""
    x = tensor(call, "abs_")
    operand(call, "angle")
    return RuleResult(Tensor(x.shape, FLOATX), flops=product(per_example(x.shape), 4))


def corrcoef(call: LayerCall) -> RuleResult:
    """Correlations of rows."""
    x = tensor(call, "x")
    need_numbers(x)
    dtype = "float64" if x.dtype == "int64" else result_type(x.dtype, "float")
    return RuleResult(Tensor(x.shape, dtype))


OPS: dict[str, Rule] = {
    "batch_normalization": batch_normalization,
    "corrcoef": corrcoef,
    "cumprod": cumulative(checks_axis=True),
    "cumsum": cumulative(checks_axis=True),
    "dot_product_attention": dot_product_attention,
    "glu": glu,
    "layer_normalization": normalized("gamma", "beta", may_be_scalar=False),
    "log_softmax": along_axis(),
    "nancumprod": cumulative(checks_axis=False),
    "nancumsum": cumulative(checks_axis=False),
    "normalize": along_axis(cost=3, dtype=FLOATX),
    "polar": polar,
    "rms_normalization": normalized("scale", may_be_scalar=True),
    "softmax": along_axis(),
    "sparsemax": along_axis(takes_no_half=True),
}
"""Rules of these ops."""
