"""Pooling: MaxPooling2D, GlobalAveragePooling1D, AdaptiveMaxPooling3D and kin."""

from __future__ import annotations

from functools import partial

from modelspec.layers.rule import (
    CHANNELS_FIRST,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Tensor,
    join,
    marked,
    mask_met,
    need_numbers,
    per_axis,
    product,
    slide,
    split,
    stretches_to,
    unmarked,
    volume,
)


def pool(call: LayerCall, n: int) -> RuleResult:
    """MaxPoolingND, AveragePoolingND: (batch, *spatial, channels) -> (batch, *out, channels)."""
    x, data_format = call.x, call.args["data_format"]
    window = per_axis(call.args["pool_size"], n, "pool_size")
    strides = call.args["strides"]
    stride = window if strides is None else per_axis(strides, n, "strides")
    spatial, channels = split(x, n, data_format)
    need_numbers(x)
    out = tuple(
        slide(size, w, s, call.args["padding"])
        for size, w, s in zip(spatial, window, stride, strict=True)
    )
    shape = join(x.shape[0], out, channels, data_format)
    flops = product(volume(out), channels, volume(window))
    return RuleResult(Tensor(shape, call.policy.compute), flops=flops)


def global_pool(call: LayerCall, n: int) -> RuleResult:
    """GlobalMaxPoolingND, GlobalAveragePoolingND: (batch, *spatial, channels) -> (batch, channels).

    With `keepdims` the spatial axes stay, each of size 1.
    """
    x, data_format = call.x, call.args["data_format"]
    spatial, channels = split(x, n, data_format)
    need_numbers(x)
    kept = (1,) * n if call.args["keepdims"] else ()
    shape = join(x.shape[0], kept, channels, data_format)
    return RuleResult(Tensor(shape, call.policy.compute), flops=product(volume(spatial), channels))


def global_average_of_sequence(call: LayerCall) -> RuleResult:
    """GlobalAveragePooling1D: as `global_pool`; a mask says which steps count."""
    found, x, mask = global_pool(call, 1), call.x, mask_met(call, call.x)
    if mask is not None:
        first = call.args["data_format"] == CHANNELS_FIRST
        steps = (*mask[:1], 1, *mask[1:]) if first else (*mask[:2], 1, *mask[2:])
        if len(mask) < 2 or not stretches_to(steps, marked(x.shape)):
            wanted = (x.shape[0], x.shape[2 if first else 1])
            raise Mismatch(f"needs a mask of shape {wanted}, got {unmarked(mask)}")
    return found


def adaptive_pool(call: LayerCall, n: int) -> RuleResult:
    """AdaptiveMaxPoolingND and kin: (batch, *spatial, channels) -> (batch, *sizes, channels)."""
    x, data_format = call.x, call.args["data_format"]
    out = per_axis(call.args["output_size"], n, "output_size")
    spatial, channels = split(x, n, data_format)
    need_numbers(x)
    shape = join(x.shape[0], out, channels, data_format)
    return RuleResult(Tensor(shape, call.policy.compute), flops=product(volume(spatial), channels))


RULES: dict[str, Rule] = {
    "MaxPooling1D": partial(pool, n=1),
    "MaxPooling2D": partial(pool, n=2),
    "MaxPooling3D": partial(pool, n=3),
    "AveragePooling1D": partial(pool, n=1),
    "AveragePooling2D": partial(pool, n=2),
    "AveragePooling3D": partial(pool, n=3),
    "GlobalMaxPooling1D": partial(global_pool, n=1),
    "GlobalMaxPooling2D": partial(global_pool, n=2),
    "GlobalMaxPooling3D": partial(global_pool, n=3),
    "GlobalAveragePooling1D": global_average_of_sequence,
    "GlobalAveragePooling2D": partial(global_pool, n=2),
    "GlobalAveragePooling3D": partial(global_pool, n=3),
    "AdaptiveMaxPooling1D": partial(adaptive_pool, n=1),
    "AdaptiveMaxPooling2D": partial(adaptive_pool, n=2),
    "AdaptiveMaxPooling3D": partial(adaptive_pool, n=3),
    "AdaptiveAveragePooling1D": partial(adaptive_pool, n=1),
    "AdaptiveAveragePooling2D": partial(adaptive_pool, n=2),
    "AdaptiveAveragePooling3D": partial(adaptive_pool, n=3),
}
