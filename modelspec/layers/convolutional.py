"""Convolutions: Conv2D, Conv3DTranspose, DepthwiseConv1D, SeparableConv2D and kin."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from modelspec.layers.rule import (
    CHANNELS_FIRST,
    Facts,
    Given,
    Mismatch,
    Rule,
    Shape,
    Tensor,
    Weight,
    adapters,
    join,
    need_known,
    need_numbers,
    per_axis,
    product,
    slide,
    split,
    total,
    unslide,
    volume,
)

from .activations import activation_flops


class _Window(NamedTuple):
    """The arguments of a window, one number for each spatial axis."""

    size: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]

    def places(self, spatial: Shape, padding: str) -> Shape:
        return tuple(
            slide(size, window, stride, padding, dilation)
            for size, window, stride, dilation in zip(spatial, *self, strict=True)
        )


def _window(given: Given, n: int, may_dilate_strides: bool) -> _Window:
    names = ("kernel_size", "strides", "dilation_rate")
    window = _Window(*(per_axis(given.args[name], n, name) for name in names))
    if not may_dilate_strides and max(window.strides) > 1 and max(window.dilation) > 1:
        raise Mismatch(
            f"takes strides above 1 or a dilation above 1, not both: got strides "
            f"{given.args['strides']} and dilation_rate {given.args['dilation_rate']}",
            "dilation_rate",
            "set one of them to 1",
        )
    return window


def _split(given: Given, n: int) -> tuple[Shape, int]:
    x, data_format = given.x, given.args["data_format"]
    spatial, channels = split(x, n, data_format)
    need_numbers(x)
    which = "axis 1 (channels_first)" if data_format == CHANNELS_FIRST else "last axis (channels)"
    return spatial, need_known(channels, which, x.shape)


def _facts(
    given: Given,
    spatial: Shape,
    channels: int,
    kernels: tuple[Weight, ...],
    macs: int | None,
    lora: tuple[Weight, ...] = (),
) -> Facts:
    """The facts of any convolution.

    Args:
        given: what the rule is given.
        spatial: the spatial sizes of the output.
        channels: the channels of the output.
        kernels: the weights before the bias.
        macs: multiply-adds for one example.
        lora: the weights after the bias.
    """
    shape = join(given.x.shape[0], spatial, channels, given.args["data_format"])
    size = product(volume(spatial), channels)
    flops = total(product(2, macs), activation_flops(given.args["activation"], size))
    bias: tuple[Weight, ...] = ()
    if given.args["use_bias"]:
        bias = (Weight("bias", (channels,), given.policy.variable),)
        flops = total(flops, size)
    return Facts(Tensor(shape, given.policy.compute), (*kernels, *bias, *lora), flops)


def conv(given: Given, n: int) -> Facts:
    """ConvND: (batch, *spatial, channels) -> (batch, *places, filters).

    Weights: kernel (*kernel_size, channels / groups, filters), bias (filters).
    """
    filters, groups = given.args["filters"], given.args["groups"]
    if filters % groups:
        hint = f"choose filters that are a multiple of {groups}"
        raise Mismatch(f"{filters} filters do not divide into {groups} groups", "groups", hint)
    window = _window(given, n, may_dilate_strides=False)
    spatial, channels = _split(given, n)
    if channels % groups:
        hint = f"choose a number that {channels} and {filters} are multiples of"
        raise Mismatch(f"{channels} channels do not divide into {groups} groups", "groups", hint)
    out = window.places(spatial, given.args["padding"])
    shape = (*window.size, channels // groups, filters)
    kernel, lora, more = adapters(given, Weight("kernel", shape, given.policy.variable))
    macs = product(volume(out), volume(shape))
    facts = _facts(given, out, filters, (kernel,), macs, lora)
    return replace(facts, flops=total(facts.flops, more))


def conv_transpose(given: Given, n: int) -> Facts:
    """ConvNDTranspose: (batch, *spatial, channels) -> (batch, *larger, filters).

    Weights: kernel (*kernel_size, filters, channels), bias (filters).
    """
    window = _window(given, n, may_dilate_strides=False)
    extra = _output_padding(given, window.strides)
    spatial, channels = _split(given, n)
    out = tuple(
        unslide(size, (k - 1) * d + 1, s, given.args["padding"], e)
        for size, k, s, d, e in zip(spatial, *window, extra, strict=True)
    )
    kernel = Weight(
        "kernel", (*window.size, given.args["filters"], channels), given.policy.variable
    )
    macs = product(volume(spatial), volume(kernel.shape))
    return _facts(given, out, given.args["filters"], (kernel,), macs)


def _output_padding(given: Given, strides: tuple[int, ...]) -> tuple[int | None, ...]:
    if given.args["output_padding"] is None:
        return (None,) * len(strides)
    extra = per_axis(given.args["output_padding"], len(strides), "output_padding")
    if any(more >= stride for more, stride in zip(extra, strides, strict=True)):
        raise Mismatch(
            f"needs an output_padding below the strides {strides}, got {extra}",
            "output_padding",
            "leave it out, or choose a smaller one",
        )
    return extra


def depthwise_conv(given: Given, n: int) -> Facts:
    """DepthwiseConvND: (batch, *spatial, channels) -> (batch, *places, channels * multiplier).

    Weights: kernel (*kernel_size, channels, multiplier), bias (channels * multiplier).
    """
    window = _window(given, n, may_dilate_strides=True)
    spatial, channels = _split(given, n)
    out = window.places(spatial, given.args["padding"])
    shape = (*window.size, channels, given.args["depth_multiplier"])
    macs = product(volume(out), volume(shape))
    kernel = Weight("kernel", shape, given.policy.variable)
    return _facts(given, out, channels * given.args["depth_multiplier"], (kernel,), macs)


def separable_conv(given: Given, n: int) -> Facts:
    """SeparableConvND: (batch, *spatial, channels) -> (batch, *places, filters).

    Weights: depthwise_kernel (*kernel_size, channels, multiplier), pointwise_kernel
    (1, ..., channels * multiplier, filters), bias (filters).
    """
    window = _window(given, n, may_dilate_strides=True)
    spatial, channels = _split(given, n)
    out = window.places(spatial, given.args["padding"])
    multiplier, filters = given.args["depth_multiplier"], given.args["filters"]
    deep = (*window.size, channels, multiplier)
    wide = (*(1,) * n, channels * multiplier, filters)
    macs = product(volume(out), (volume(deep) or 0) + (volume(wide) or 0))
    kernels = (
        Weight("depthwise_kernel", deep, given.policy.variable),
        Weight("pointwise_kernel", wide, given.policy.variable),
    )
    return _facts(given, out, filters, kernels, macs)


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
