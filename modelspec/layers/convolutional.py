"""Convolutions: Conv2D, Conv3DTranspose, DepthwiseConv1D, SeparableConv2D and kin."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from modelspec.layers.rule import (
    CHANNELS_FIRST,
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    Weight,
    join,
    lora_weights,
    need_floats,
    need_known,
    need_no_empty_axis,
    per_axis,
    product,
    slide,
    split,
    total,
    unslide,
    volume,
)

from .activations import activation_flops, after_activation

XLA_AXES = 3
ONEDNN = "run on a GPU, and on a CPU only where TensorFlow uses oneDNN, which is not every machine"


class _Window(NamedTuple):
    """The arguments of a window, one number for each spatial axis."""

    size: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]

    def output_sizes(self, spatial: Shape, padding: str) -> Shape:
        return tuple(
            slide(size, window, stride, padding, dilation)
            for size, window, stride, dilation in zip(spatial, *self, strict=True)
        )


def _window(call: LayerCall, n: int, may_dilate_strides: bool) -> _Window:
    names = ("kernel_size", "strides", "dilation_rate")
    window = _Window(*(per_axis(call.args[name], n, name) for name in names))
    if not may_dilate_strides and max(window.strides) > 1 and max(window.dilation) > 1:
        raise Mismatch(
            f"takes strides above 1 or a dilation above 1, not both: got strides "
            f"{call.args['strides']} and dilation_rate {call.args['dilation_rate']}",
            "dilation_rate",
            "set one of them to 1",
        )
    return window


def _split(call: LayerCall, n: int) -> tuple[Shape, int]:
    x, data_format = call.x, call.args["data_format"]
    spatial, channels = split(x, n, data_format)
    need_floats(x)
    need_no_empty_axis(x)
    which = "axis 1 (channels_first)" if data_format == CHANNELS_FIRST else "last axis (channels)"
    return spatial, need_known(channels, which, x.shape)


def _facts(
    call: LayerCall,
    spatial: Shape,
    channels: int,
    kernels: tuple[Weight, ...],
    macs: int | None,
    lora: tuple[Weight, ...] = (),
) -> RuleResult:
    """The facts of any convolution.

    Args:
        call: of the layer.
        spatial: the spatial sizes of the output.
        channels: the channels of the output.
        kernels: the weights before the bias.
        macs: multiply-adds for one example.
        lora: the weights after the bias.
    """
    shape = join(call.x.shape[0], spatial, channels, call.args["data_format"])
    size = product(volume(spatial), channels)
    flops = total(product(2, macs), activation_flops(call.args["activation"], size))
    bias: tuple[Weight, ...] = ()
    if call.args["use_bias"]:
        bias = (Weight("bias", (channels,), call.policy.variable),)
        flops = total(flops, size)
    output = after_activation(call, Tensor(shape, call.policy.compute))
    return RuleResult(output, (*kernels, *bias, *lora), flops)


def conv(call: LayerCall, n: int) -> RuleResult:
    """ConvND: (batch, *spatial, channels) -> (batch, *out, filters).

    Weights: kernel (*kernel_size, channels / groups, filters), bias (filters).
    """
    filters, groups = call.args["filters"], call.args["groups"]
    if filters % groups:
        hint = f"choose filters that are a multiple of {groups}"
        raise Mismatch(f"{filters} filters do not divide into {groups} groups", "groups", hint)
    window = _window(call, n, may_dilate_strides=False)
    spatial, channels = _split(call, n)
    if channels % groups:
        hint = f"choose a number that {channels} and {filters} are multiples of"
        raise Mismatch(f"{channels} channels do not divide into {groups} groups", "groups", hint)
    out = window.output_sizes(spatial, call.args["padding"])
    if n == 2 and groups == 1 and call.args["padding"] == "valid":
        _need_channels_as_they_are(call)
    shape = (*window.size, channels // groups, filters)
    kernel, lora, more = lora_weights(call, Weight("kernel", shape, call.policy.variable))
    macs = product(volume(out), volume(shape))
    facts = _facts(call, out, filters, (kernel,), macs, lora)
    facts = replace(facts, flops=total(facts.flops, more))
    # Keras compiles these with XLA, which can do it on every device.
    compiled = groups > 1 or n == XLA_AXES
    return facts if compiled else limited_by_format(call, facts)


def _need_channels_as_they_are(call: LayerCall) -> None:
    """Refuse padded channels: outside of a training TensorFlow takes the padding into the kernel of
    the convolution, which pads rows and columns only."""
    if call.x.padded_channels and call.args["data_format"] != CHANNELS_FIRST:
        raise Mismatch(
            "reads channels that were padded right before it: Keras trains this, but TensorFlow "
            "leaves that padding out in `predict`",
            hint="pad rows and columns (`data_format: channels_last`), or put another layer, such "
            "as an activation, between them",
        )


def conv_transpose(call: LayerCall, n: int) -> RuleResult:
    """ConvNDTranspose: (batch, *spatial, channels) -> (batch, *larger, filters).

    Weights: kernel (*kernel_size, filters, channels), bias (filters).
    """
    window = _window(call, n, may_dilate_strides=False)
    extra = _output_padding(call, window)
    spatial, channels = _split(call, n)
    out = tuple(
        unslide(size, (k - 1) * d + 1, s, call.args["padding"], e)
        for size, k, s, d, e in zip(spatial, *window, extra, strict=True)
    )
    kernel = Weight("kernel", (*window.size, call.args["filters"], channels), call.policy.variable)
    macs = product(volume(spatial), volume(kernel.shape))
    facts = _facts(call, out, call.args["filters"], (kernel,), macs)
    if max(window.dilation) > 1:
        limit = f"dilated transposed convolutions {ONEDNN}"
        return replace(facts, device_limit=limit, device_hint="leave out `dilation_rate`")
    return limited_by_format(call, facts)


def _output_padding(call: LayerCall, window: _Window) -> tuple[int | None, ...]:
    strides = window.strides
    if call.args["output_padding"] is None:
        return (None,) * len(strides)
    extra = per_axis(call.args["output_padding"], len(strides), "output_padding")
    if any(more >= stride for more, stride in zip(extra, strides, strict=True)):
        raise Mismatch(
            f"needs an output_padding below the strides {strides}, got {extra}",
            "output_padding",
            "leave it out, or choose a smaller one",
        )
    _need_way_back(call, window, extra)
    return extra


def _need_way_back(call: LayerCall, window: _Window, extra: tuple[int, ...]) -> None:
    """Refuse an output from which a convolution makes fewer positions than the input has:
    TensorFlow computes this layer as the gradient of that one, and compares the sizes."""
    if call.args["padding"] != "same":
        return
    for k, stride, dilation, more in zip(*window, extra, strict=True):
        extent = (k - 1) * dilation + 1
        if extent % 2 == 0 and not more:
            larger = ", or choose one of at least 1" if stride > 1 else ""
            raise Mismatch(
                f"makes one position too few with `output_padding: 0`, `padding: same` and a "
                f"kernel of even extent ({extent}): {FIRST_BATCH}",
                "output_padding",
                f"leave it out{larger}",
            )


def depthwise_conv(call: LayerCall, n: int) -> RuleResult:
    """DepthwiseConvND: (batch, *spatial, channels) -> (batch, *out, channels * multiplier).

    Weights: kernel (*kernel_size, channels, multiplier), bias (channels * multiplier).
    """
    window = _window(call, n, may_dilate_strides=True)
    spatial, channels = _split(call, n)
    out = window.output_sizes(spatial, call.args["padding"])
    shape = (*window.size, channels, call.args["depth_multiplier"])
    macs = product(volume(out), volume(shape))
    kernel = Weight("kernel", shape, call.policy.variable)
    facts = _facts(call, out, channels * call.args["depth_multiplier"], (kernel,), macs)
    return _limited_by_strides(window, facts)


def separable_conv(call: LayerCall, n: int) -> RuleResult:
    """SeparableConvND: (batch, *spatial, channels) -> (batch, *out, filters).

    Weights: depthwise_kernel (*kernel_size, channels, multiplier), pointwise_kernel
    (1, ..., channels * multiplier, filters), bias (filters).
    """
    window = _window(call, n, may_dilate_strides=True)
    spatial, channels = _split(call, n)
    out = window.output_sizes(spatial, call.args["padding"])
    multiplier, filters = call.args["depth_multiplier"], call.args["filters"]
    deep = (*window.size, channels, multiplier)
    wide = (*(1,) * n, channels * multiplier, filters)
    macs = product(volume(out), (volume(deep) or 0) + (volume(wide) or 0))
    kernels = (
        Weight("depthwise_kernel", deep, call.policy.variable),
        Weight("pointwise_kernel", wide, call.policy.variable),
    )
    return _limited_by_strides(window, _facts(call, out, filters, kernels, macs))


def limited_by_format(call: LayerCall, facts: RuleResult) -> RuleResult:
    """TensorFlow's own kernels for CPUs know channels_last only."""
    if call.args["data_format"] != CHANNELS_FIRST:
        return facts
    limit = f"convolutions in channels_first {ONEDNN}"
    hint = "write `data_format: channels_last`, and put the channels last in the input"
    return replace(facts, device_limit=limit, device_hint=hint)


def _limited_by_strides(window: _Window, facts: RuleResult) -> RuleResult:
    """TensorFlow's own depthwise kernel takes one stride for both axes, on CPU and GPU alike.

    Where a dilation comes with the strides, Keras computes all positions and leaves some out.
    """
    if len(set(window.strides)) == 1 or max(window.dilation) > 1:
        return facts
    limit = (
        f"unequal strides {list(window.strides)} of a depthwise convolution run on a CPU only "
        "where TensorFlow uses oneDNN, and on a GPU only with `jit_compile: true`"
    )
    hint = f"use one stride for all axes, such as `strides: {min(window.strides)}`"
    return replace(facts, device_limit=limit, device_hint=hint)


RULES: dict[str, Rule] = {
    "Conv1D": partial(conv, n=1),
    "Conv2D": partial(conv, n=2),
    "Conv3D": partial(conv, n=3),
    "Conv1DTranspose": partial(conv_transpose, n=1),
    "Conv2DTranspose": partial(conv_transpose, n=2),
    "Conv3DTranspose": partial(conv_transpose, n=3),
    "DepthwiseConv1D": partial(depthwise_conv, n=1),
    "DepthwiseConv2D": partial(depthwise_conv, n=2),
    "SeparableConv1D": partial(separable_conv, n=1),
    "SeparableConv2D": partial(separable_conv, n=2),
}
