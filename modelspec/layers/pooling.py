"""Pooling: MaxPooling2D, GlobalAveragePooling1D, AdaptiveMaxPooling3D and kin."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from modelspec.layers.rule import (
    CHANNELS_FIRST,
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Tensor,
    argument_of,
    class_of,
    floating,
    join,
    marked,
    mask_met,
    need_floats,
    need_no_booleans,
    need_no_empty_axis,
    need_numbers,
    per_axis,
    per_example,
    product,
    slide,
    split,
    state_pooled,
    stretches_to,
    unmarked,
    volume,
)
from modelspec.spec.model import KerasObject

from .traits import traits_of

KERNEL_AXES = 3
"""From so many spatial axes on, pooling has kernels of its own, for fewer dtypes."""


CALLED = "Keras builds this, but each call outside of a graph fails"


def pool(call: LayerCall, n: int, takes_max: bool) -> RuleResult:
    """MaxPoolingND, AveragePoolingND: (batch, *spatial, channels) -> (batch, *out, channels)."""
    x, data_format = call.x, call.args["data_format"]
    window = per_axis(call.args["pool_size"], n, "pool_size")
    strides = call.args["strides"]
    stride = window if strides is None else per_axis(strides, n, "strides")
    spatial, channels = split(x, n, data_format)
    _need_kernel(x, n, takes_max)
    out = tuple(
        slide(size, w, s, call.args["padding"])
        for size, w, s in zip(spatial, window, stride, strict=True)
    )
    shape = join(x.shape[0], out, channels, data_format)
    flops = product(volume(out), channels, volume(window))
    return _limited(RuleResult(Tensor(shape, x.dtype), flops=flops), x, n)


def _need_kernel(x: Tensor, n: int, takes_max: bool) -> None:
    """Refuse dtypes for which no device has a kernel, and tensors without elements."""
    if takes_max and n < KERNEL_AXES:
        need_no_booleans(x)
    else:
        need_floats(x)
    if takes_max and n == KERNEL_AXES and x.dtype == "float64":
        hint = "give it another `dtype`, such as float32"
        raise Mismatch(f"has no kernel for float64: {FIRST_BATCH}", hint=hint)
    need_no_empty_axis(x)


def _limited(facts: RuleResult, x: Tensor, n: int) -> RuleResult:
    if n < KERNEL_AXES or x.dtype not in ("float16", "float64"):
        return facts
    limit = f"a CPU has no kernel for pooling over {n} axes in {x.dtype}; a GPU has with XLA"
    return replace(facts, device_limit=limit, device_hint="give it `dtype: float32`")


def global_pool(call: LayerCall, n: int, mean: bool) -> RuleResult:
    """GlobalMaxPoolingND, GlobalAveragePoolingND: (batch, *spatial, channels) -> (batch, channels).

    With `keepdims` the spatial axes stay, each of size 1. A `mean` of whole numbers is a floating
    number.
    """
    x, data_format = call.x, call.args["data_format"]
    spatial, channels = split(x, n, data_format)
    need_numbers(x)
    if not mean and 0 in spatial:
        hint = "give each axis that it pools a size of at least 1, or null for one that varies"
        raise Mismatch(f"has no largest of nothing, got {x.shape}: {CALLED}", hint=hint)
    kept = (1,) * n if call.args["keepdims"] else ()
    shape = join(x.shape[0], kept, channels, data_format)
    dtype = floating(x.dtype) if mean else x.dtype
    return RuleResult(Tensor(shape, dtype), flops=product(volume(spatial), channels))


def global_average_of_sequence(call: LayerCall) -> RuleResult:
    """GlobalAveragePooling1D: as `global_pool`; a mask says which steps count."""
    found, x, mask = global_pool(call, 1, mean=True), call.x, mask_met(call, call.x)
    if mask is not None:
        first = call.args["data_format"] == CHANNELS_FIRST
        steps = (*mask[:1], 1, *mask[1:]) if first else (*mask[:2], 1, *mask[2:])
        if len(mask) < 2 or not stretches_to(steps, marked(x.shape)):
            wanted = (x.shape[0], x.shape[2 if first else 1])
            raise Mismatch(f"needs a mask of shape {wanted}, got {unmarked(mask)}")
    return found


def pool_unchecked(item: KerasObject, x: Tensor) -> RuleResult | None:
    """Global pooling inside TimeDistributed, which passes by Keras's check of the number of axes.

    It takes the axes away that it always takes, whichever they are, while Keras states a shape of
    (batch, channels). None for another layer, and where it has the axes that it needs.
    """
    name = class_of(item)
    count = 0 if name is None else traits_of(name).pooled_axes
    data_format = argument_of(item, "data_format") if count else None
    first = data_format == CHANNELS_FIRST
    axes = range(1 + first, 1 + first + count)
    if not count or x.rank == count + 2 or axes.stop > x.rank:
        return None
    need_numbers(x)
    mean, keeps = name in _MEANS, bool(argument_of(item, "keepdims"))
    shape = tuple(
        1 if i in axes else size for i, size in enumerate(x.shape) if keeps or i not in axes
    )
    output = Tensor(shape, floating(x.dtype) if mean else x.dtype)
    output = output.built_as(state_pooled(x.shape, keeps, data_format))
    return RuleResult(output, flops=per_example(x.shape))


def adaptive_pool(call: LayerCall, n: int, takes_max: bool) -> RuleResult:
    """AdaptiveMaxPoolingND and kin: (batch, *spatial, channels) -> (batch, *sizes, channels).

    Keras pools each axis with a window of ceil(size / output size), and again with one that is
    longer by one, whether it needs that or not.
    """
    x, data_format = call.x, call.args["data_format"]
    out = per_axis(call.args["output_size"], n, "output_size")
    spatial, channels = split(x, n, data_format)
    _need_kernel(x, n, takes_max)
    for size, wanted in zip(spatial, out, strict=True):
        _need_longer_axis(size, wanted, f"Global{'Max' if takes_max else 'Average'}Pooling{n}D")
    shape = join(x.shape[0], out, channels, data_format)
    flops = product(volume(spatial), channels)
    return _limited(RuleResult(Tensor(shape, x.dtype), flops=flops), x, n)


def _need_longer_axis(size: int | None, wanted: int, other: str) -> None:
    if size != 1 and wanted > 1:
        return
    raise Mismatch(
        f"cannot pool {'an axis' if size is None else f'an axis of {size}'} to {wanted}, as it "
        f"also lays a window longer by one, which does not fit: {FIRST_BATCH}",
        "output_size",
        f"to pool every axis to 1, write `{other}: {{keepdims: true}}`; for some axes, the pooling "
        "layer with a `pool_size` of their length",
    )


_MEANS = tuple(f"GlobalAveragePooling{n}D" for n in (1, 2, 3))

RULES: dict[str, Rule] = {
    "MaxPooling1D": partial(pool, n=1, takes_max=True),
    "MaxPooling2D": partial(pool, n=2, takes_max=True),
    "MaxPooling3D": partial(pool, n=3, takes_max=True),
    "AveragePooling1D": partial(pool, n=1, takes_max=False),
    "AveragePooling2D": partial(pool, n=2, takes_max=False),
    "AveragePooling3D": partial(pool, n=3, takes_max=False),
    "GlobalMaxPooling1D": partial(global_pool, n=1, mean=False),
    "GlobalMaxPooling2D": partial(global_pool, n=2, mean=False),
    "GlobalMaxPooling3D": partial(global_pool, n=3, mean=False),
    "GlobalAveragePooling1D": global_average_of_sequence,
    "GlobalAveragePooling2D": partial(global_pool, n=2, mean=True),
    "GlobalAveragePooling3D": partial(global_pool, n=3, mean=True),
    "AdaptiveMaxPooling1D": partial(adaptive_pool, n=1, takes_max=True),
    "AdaptiveMaxPooling2D": partial(adaptive_pool, n=2, takes_max=True),
    "AdaptiveMaxPooling3D": partial(adaptive_pool, n=3, takes_max=True),
    "AdaptiveAveragePooling1D": partial(adaptive_pool, n=1, takes_max=False),
    "AdaptiveAveragePooling2D": partial(adaptive_pool, n=2, takes_max=False),
    "AdaptiveAveragePooling3D": partial(adaptive_pool, n=3, takes_max=False),
}
