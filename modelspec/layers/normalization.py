"""Normalization: BatchNormalization, LayerNormalization, SpectralNormalization and kin."""

from __future__ import annotations

from typing import Any

from modelspec.layers.rule import (
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    Weight,
    find_axes,
    find_axis,
    loses_batch,
    marked,
    mask_met,
    need_distinct,
    need_floats,
    need_known,
    need_min_rank,
    need_numbers,
    per_example,
    product,
    stretches_to,
    unmarked,
)
from modelspec.schema import UNKNOWN_LAYER, class_schema
from modelspec.spec.model import KerasObject

SPECTRAL = frozenset(
    ("Dense", "EinsumDense", "Embedding", "ReversibleEmbedding", "Conv1D", "Conv2D", "Conv3D",
     "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "DepthwiseConv1D",
     "DepthwiseConv2D", "SpectralNormalization")
)  # fmt: skip
"""Layers with one kernel (or table of embeddings), which is first among their weights."""

MOMENTS = 4
"""Operations for each element to find mean and variance: sum, difference, square, sum."""


def _same(call: LayerCall) -> Tensor:
    return Tensor(call.x.shape, call.policy.compute)


def batch_normalization(call: LayerCall) -> RuleResult:
    """BatchNormalization: any shape -> the same shape.

    Weights, each with the size of `axis`: gamma and beta, and moving_mean and moving_variance,
    which are not trained; with `renorm` three more of those. In inference it is one
    multiplication and one addition for each element.
    """
    x = call.x
    need_numbers(x)
    axis = find_axis(call.args["axis"], x.shape)
    size = need_known(x.shape[axis], "size on `axis`", x.shape)
    _need_other_axes(x, (axis,))
    _need_possible_renorm(call)
    _need_possible_mask(call)
    dtype = call.policy.variable
    trained = [n for n, on in (("gamma", "scale"), ("beta", "center")) if call.args[on]]
    kept = ["moving_mean", "moving_variance"]
    if call.args["renorm"]:
        kept += ["moving_stddev", "renorm_mean", "renorm_stddev"]
    weights = [Weight(name, (size,), dtype) for name in trained]
    weights += [Weight(name, (size,), dtype, trainable=False) for name in kept]
    return RuleResult(_same(call), tuple(weights), product(2, per_example(x.shape)))


def _need_other_axes(x: Tensor, axes: tuple[int, ...]) -> None:
    """Refuse the axis of a stated batch: graphs of training are made for batches of any size, and
    Keras writes the size of the axis into a shape."""
    if 0 in axes and not loses_batch(x):
        message = f"cannot normalize along the batch, whose size no graph knows: {FIRST_BATCH}"
        raise Mismatch(message, "axis", "name axes from 1 on")


def _need_possible_renorm(call: LayerCall) -> None:
    clipping = call.args["renorm_clipping"]
    if not call.args["renorm"] or not clipping:
        return
    low, high, most = (clipping.get(key) for key in ("rmin", "rmax", "dmax"))
    if low is not None and high is not None and high < low:
        raise Mismatch(f"needs an rmax above rmin, got {high} and {low}", "renorm_clipping")
    if most is not None and most < 0:
        raise Mismatch(f"needs a dmax of at least 0, got {most}", "renorm_clipping")


def _need_possible_mask(call: LayerCall) -> None:
    """Refuse a mask that is not that of all axes but the last; Keras reads it in training only."""
    mask, x = mask_met(call, call.x), call.x
    if mask is None:
        return
    if len(mask) != x.rank - 1:
        raise Mismatch(f"needs a mask of {x.rank - 1} axes, got {unmarked(mask)}")
    if not stretches_to((*mask, 1), marked(x.shape)):
        raise Mismatch(f"needs a mask of shape {x.shape[:-1]}, got {unmarked(mask)}")


def layer_normalization(call: LayerCall) -> RuleResult:
    """LayerNormalization: any shape -> the same shape.

    Weights, each with the sizes of `axis` in the order of the tensor: gamma, beta.
    """
    x, axis = call.x, call.args["axis"]
    need_numbers(x)
    axes = find_axes(axis if isinstance(axis, int) else sorted(axis), x.shape)
    need_distinct(axes, x.shape)
    names = [n for n, on in (("gamma", "scale"), ("beta", "center")) if call.args[on]]
    weights: tuple[Weight, ...] = ()
    if names:
        sizes = tuple(need_known(x.shape[a], "size on `axis`", x.shape) for a in axes)
        if len(axes) < x.rank:  # else the weights have the shape of the tensor
            _need_other_axes(x, axes)
        weights = tuple(Weight(name, sizes, call.policy.variable) for name in names)
    each = MOMENTS + 2 + len(names)
    return RuleResult(_same(call), weights, product(each, per_example(x.shape)))


def group_normalization(call: LayerCall) -> RuleResult:
    """GroupNormalization: any shape -> the same shape. Weights: gamma, beta (size of `axis`)."""
    x, groups = call.x, call.args["groups"]
    need_numbers(x)
    axis = find_axis(call.args["axis"], x.shape)
    size = need_known(x.shape[axis], "size on `axis`", x.shape)
    _need_other_axes(x, (axis,))
    if groups == -1:
        groups = size
    if not groups or size < groups or size % groups:
        raise Mismatch(
            f"an axis of {size} does not divide into {groups} groups",
            "groups",
            f"choose a number that {size} is a multiple of (32 is the default)",
        )
    names = [n for n, on in (("gamma", "scale"), ("beta", "center")) if call.args[on]]
    weights = tuple(Weight(name, (size,), call.policy.variable) for name in names)
    return RuleResult(_same(call), weights, product(MOMENTS + 2, per_example(x.shape)))


def rms_normalization(call: LayerCall) -> RuleResult:
    """RMSNormalization: any shape -> the same shape. Weights: scale (sizes of `axis`)."""
    x, axis = call.x, call.args["axis"]
    need_numbers(x)
    axes = find_axes(axis if isinstance(axis, int) else sorted(axis), x.shape)
    sizes = tuple(need_known(x.shape[a], "size on `axis`", x.shape) for a in axes)
    need_distinct(axes, x.shape)
    _need_fitting_scale(sizes, x.shape)
    scale = Weight("scale", sizes, call.policy.variable)
    return RuleResult(x, (scale,), product(4, per_example(x.shape)))


def _need_fitting_scale(scale: tuple[int, ...], shape: Shape) -> None:
    """Keras multiplies by the scale as it is, so that its sizes meet the last axes, whichever
    `axis` names. LayerNormalization turns its own to the right axes."""
    pairs = zip(reversed(shape), reversed(scale), strict=False)
    if any(size is not None and size != own for size, own in pairs):
        last = f"the last {len(scale)} axes" if len(scale) > 1 else "the last axis"
        raise Mismatch(
            f"has a scale of {list(scale)} for `axis`, and multiplies {last} of {shape} by it: "
            f"{FIRST_BATCH}",
            "axis",
            "write `LayerNormalization` with this `axis`, or move the axis to the end with Permute",
        )


def unit_normalization(call: LayerCall) -> RuleResult:
    """UnitNormalization: any shape -> the same shape, of length 1 along `axis`."""
    x = call.x
    need_floats(x)
    need_distinct(find_axes(call.args["axis"], x.shape), x.shape)
    return RuleResult(_same(call), flops=product(3, per_example(x.shape)))


def spectral_normalization(call: LayerCall) -> RuleResult:
    """SpectralNormalization: inputs and output of its layer.

    Weights: the layer's kernel, vector_u (1, columns of the kernel), the layer's other weights.
    """
    layer = call.args["layer"]
    if _kind(layer) not in SPECTRAL and layer.class_name != UNKNOWN_LAYER:
        raise Mismatch(
            f"needs a layer with one kernel, and {layer.class_name} has none",
            "layer",
            "it takes Dense, EinsumDense, Embedding and the convolutions, not the separable ones",
        )
    need_min_rank(call.x, 1, "features")
    if call.apply is None:
        raise TypeError("the rule of a wrapper needs `apply`")
    inner = call.apply(layer, call.x)
    kernel, *others = inner.weights
    vector = Weight("vector_u", (1, kernel.shape[-1]), kernel.dtype, trainable=False)
    output = Tensor(inner.output.shape, call.x.dtype)  # cast back to what came in, indices too
    return RuleResult(output, (kernel, vector, *others), inner.flops)


def _kind(layer: Any) -> str | None:
    if not isinstance(layer, KerasObject):
        return None
    known = class_schema("layer", layer.class_name)
    return known.name if known is not None else layer.class_name


RULES: dict[str, Rule] = {
    "BatchNormalization": batch_normalization,
    "GroupNormalization": group_normalization,
    "LayerNormalization": layer_normalization,
    "RMSNormalization": rms_normalization,
    "SpectralNormalization": spectral_normalization,
    "UnitNormalization": unit_normalization,
}
