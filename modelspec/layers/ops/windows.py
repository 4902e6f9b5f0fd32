"""Convolutions and pooling as functions: the kernel is a tensor."""

from __future__ import annotations

from typing import NamedTuple

from modelspec.layers.rule import (
    CHANNELS_FIRST,
    Facts,
    Given,
    Mismatch,
    Rule,
    Shape,
    Tensor,
    join,
    need_numbers,
    per_axis,
    product,
    slide,
    split,
    unslide,
    volume,
)

from .operands import setting, tensor
from .shapes import fits

SPATIAL_AXES = {3: 1, 4: 2, 5: 3}
"""The number of axes of a batch of signals, images or volumes, and how many are spatial."""


def _spatial_axes(x: Tensor) -> int:
    if x.rank not in SPATIAL_AXES:
        hint = "a batch of signals has 3 axes, of images 4, of volumes 5"
        raise Mismatch(f"needs 3, 4 or 5 axes in `inputs`, got {x.shape}", hint=hint)
    return SPATIAL_AXES[x.rank]


def pool(given: Given) -> Facts:
    """`max_pool`, `average_pool`: (batch, *spatial, channels) -> (batch, *places, channels)."""
    x, data_format = tensor(given, "inputs"), setting(given, "data_format")
    need_numbers(x)
    n = _spatial_axes(x)
    window = per_axis(setting(given, "pool_size"), n, "pool_size")
    strides = setting(given, "strides")
    steps = window if strides is None else per_axis(strides, n, "strides")
    spatial, channels = split(x, n, data_format)
    padding = setting(given, "padding")
    out = tuple(slide(s, w, t, padding) for s, w, t in zip(spatial, window, steps, strict=True))
    shape = join(x.shape[0], out, channels, data_format)
    return Facts(Tensor(shape, x.dtype), flops=product(volume(out), channels, volume(window)))


def adaptive_pool(given: Given) -> Facts:
    """`adaptive_max_pool` and kin: the spatial sizes become `output_size`, a list.

    Of batches in channels_last Keras announces the sizes behind the batch and the first spatial
    axes, which makes axes too many.
    """
    x, data_format = tensor(given, "inputs"), setting(given, "data_format")
    need_numbers(x)
    sizes = setting(given, "output_size")
    if isinstance(sizes, int):
        raise Mismatch("needs a list with one size for each spatial axis", "output_size")
    spatial, channels = split(x, _spatial_axes(x), data_format)
    shape: Shape = (x.shape[0], channels, *sizes)
    if data_format != CHANNELS_FIRST:
        shape = (*x.shape[: -len(sizes)], *sizes, channels)
    return Facts(Tensor(shape, x.dtype), flops=product(volume(spatial), channels))


class _Call(NamedTuple):
    """The operands of a convolution, in sight.

    Attributes:
        x: the inputs.
        kernel: the kernel.
        spatial: the spatial sizes of the inputs.
        channels: how many channels they have.
        strides: the step of the window for each spatial axis.
        dilation: the distance of the elements that it looks at.
    """

    x: Tensor
    kernel: Tensor
    spatial: Shape
    channels: int | None
    strides: tuple[int, ...]
    dilation: tuple[int, ...]

    @property
    def window(self) -> tuple[int, ...]:
        """The spatial sizes of the kernel."""
        return tuple(size or 1 for size in self.kernel.shape[:-2])


def _call(given: Given, kernel_name: str = "kernel", channels_at: int = -2) -> _Call:
    x, kernel = tensor(given, "inputs"), tensor(given, kernel_name)
    need_numbers(x, kernel)
    n = _spatial_axes(x)
    if kernel.rank != x.rank:
        raise Mismatch(f"needs {x.rank} axes in `{kernel_name}`, got {kernel.shape}")
    slides = channels_at == -2 and setting(given, "padding") == "valid"
    if slides and None in kernel.shape[:-2]:
        raise Mismatch(f"needs a `{kernel_name}` of known size, got {kernel.shape}")
    spatial, channels = split(x, n, setting(given, "data_format"))
    if not fits(channels, kernel.shape[channels_at]):
        raise Mismatch(
            f"needs a `{kernel_name}` for {channels} channels, got one for "
            f"{kernel.shape[channels_at]}: {kernel.shape}"
        )
    strides = per_axis(setting(given, "strides"), n, "strides")
    dilation = per_axis(setting(given, "dilation_rate"), n, "dilation_rate")
    return _Call(x, kernel, spatial, channels, strides, dilation)


def _slid(given: Given, call: _Call) -> Shape:
    padding = setting(given, "padding")
    each = zip(call.spatial, call.window, call.strides, call.dilation, strict=True)
    return tuple(slide(s, w, t, padding, d) for s, w, t, d in each)


def _output(given: Given, call: _Call, out: Shape, filters: int | None) -> Tensor:
    shape = join(call.x.shape[0], out, filters, setting(given, "data_format"))
    return Tensor(shape, call.x.dtype)


def conv(given: Given) -> Facts:
    """Kernel (*window, channels, filters)."""
    call = _call(given)
    out = _slid(given, call)
    flops = product(2, volume(out), volume(call.kernel.shape))
    return Facts(_output(given, call, out, call.kernel.shape[-1]), flops=flops)


def depthwise_conv(given: Given) -> Facts:
    """Kernel (*window, channels, multiplier)."""
    call = _call(given)
    out = _slid(given, call)
    filters = _deep(call)
    flops = product(2, volume(out), volume(call.kernel.shape))
    return Facts(_output(given, call, out, filters), flops=flops)


def _deep(call: _Call) -> int:
    deep = product(call.kernel.shape[-1], call.kernel.shape[-2])
    if deep is None:
        raise Mismatch(f"needs a kernel of known channels, got {call.kernel.shape}")
    return deep


def separable_conv(given: Given) -> Facts:
    """Kernels (*window, channels, multiplier) and (1, ..., channels * multiplier, filters)."""
    call = _call(given, "depthwise_kernel")
    pointwise = tensor(given, "pointwise_kernel")
    if pointwise.rank != call.kernel.rank:
        raise Mismatch(f"needs {call.kernel.rank} axes in `pointwise_kernel`, "
                       f"got {pointwise.shape}")  # fmt: skip
    if not fits(_deep(call), pointwise.shape[-2]):
        raise Mismatch(
            f"needs {call.kernel.shape[-1]} times {call.kernel.shape[-2]} channels in "
            f"`pointwise_kernel`, got {pointwise.shape}"
        )
    out = _slid(given, call)
    flops = product(2, volume(out), volume(call.kernel.shape))
    more = product(2, volume(out), volume(pointwise.shape))
    return Facts(
        _output(given, call, out, pointwise.shape[-1]),
        flops=None if flops is None or more is None else flops + more,
    )


def conv_transpose(given: Given) -> Facts:
    """Kernel (*window, filters, channels)."""
    call = _call(given, channels_at=-1)
    pairs = zip(call.spatial, call.kernel.shape, strict=False)
    if any(size is not None and window is None for size, window in pairs):
        raise Mismatch(f"needs a `kernel` of known size, got {call.kernel.shape}")
    extra = setting(given, "output_padding")
    n = len(call.spatial)
    extras = (None,) * n if extra is None else per_axis(extra, n, "output_padding")
    padding = setting(given, "padding")
    each = zip(call.spatial, call.window, call.strides, call.dilation, extras, strict=True)
    out = tuple(unslide(s, (w - 1) * d + 1, t, padding, e) for s, w, t, d, e in each)
    flops = product(2, volume(call.spatial), volume(call.kernel.shape))
    return Facts(_output(given, call, out, call.kernel.shape[-2]), flops=flops)


OPS: dict[str, Rule] = {
    "adaptive_average_pool": adaptive_pool,
    "adaptive_max_pool": adaptive_pool,
    "average_pool": pool,
    "conv": conv,
    "conv_transpose": conv_transpose,
    "depthwise_conv": depthwise_conv,
    "max_pool": pool,
    "separable_conv": separable_conv,
}
"""Rules of these ops."""
