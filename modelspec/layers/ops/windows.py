"""Convolutions and pooling as functions: the kernel is a tensor."""

from __future__ import annotations

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
    join,
    need_numbers,
    per_axis,
    product,
    slide,
    split,
    volume,
)

from .kernels import FLOATS, need_dtype
from .operands import setting, tensor
from .shapes import fits

MOST_AXES_OF_WHOLE = 2
"""Convolutions and max pooling of volumes have no kernels for whole numbers."""

MOST_AXES_OF_DEPTHWISE = 2

SPATIAL_AXES = {3: 1, 4: 2, 5: 3}
"""The number of axes of a batch of signals, images or volumes, and how many are spatial."""


def _spatial_axes(x: Tensor) -> int:
    if x.rank not in SPATIAL_AXES:
        hint = "a batch of signals has 3 axes, of images 4, of volumes 5"
        raise Mismatch(f"needs 3, 4 or 5 axes in `inputs`, got {x.shape}", hint=hint)
    return SPATIAL_AXES[x.rank]


def pool(call: LayerCall) -> RuleResult:
    """`max_pool`, `average_pool`: (batch, *spatial, channels) -> (batch, *out, channels)."""
    x, data_format = tensor(call, "inputs"), setting(call, "data_format")
    need_numbers(x)
    n = _spatial_axes(x)
    if n > MOST_AXES_OF_WHOLE:
        need_dtype(x, FLOATS)
    window = per_axis(setting(call, "pool_size"), n, "pool_size")
    strides = setting(call, "strides")
    steps = window if strides is None else per_axis(strides, n, "strides")
    spatial, channels = split(x, n, data_format)
    padding = setting(call, "padding")
    out = tuple(slide(s, w, t, padding) for s, w, t in zip(spatial, window, steps, strict=True))
    shape = join(x.shape[0], out, channels, data_format)
    return RuleResult(Tensor(shape, x.dtype), flops=product(volume(out), channels, volume(window)))


def adaptive_pool(call: LayerCall) -> RuleResult:
    """`adaptive_max_pool` and kin: the spatial sizes become `output_size`, a list.

    Of batches in channels_last Keras states the sizes behind the batch and the first spatial axes,
    which makes axes too many.
    """
    x, data_format = tensor(call, "inputs"), setting(call, "data_format")
    need_numbers(x)
    sizes = setting(call, "output_size")
    if isinstance(sizes, int):
        raise Mismatch("needs a list with one size for each spatial axis", "output_size")
    spatial, channels = split(x, _spatial_axes(x), data_format)
    if len(sizes) != len(spatial):
        message = f"needs {len(spatial)} sizes for {x.shape}, got {sizes}"
        raise Mismatch(message, "output_size")
    shape = join(x.shape[0], tuple(sizes), channels, data_format)
    stated: Shape = (x.shape[0], channels, *sizes)
    if data_format != CHANNELS_FIRST:
        stated = (*x.shape[: -len(sizes)], *sizes, channels)
    output = Tensor(shape, x.dtype).built_as(stated)
    return RuleResult(output, flops=product(volume(spatial), channels))


class _Convolution(NamedTuple):
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


def _convolution(
    call: LayerCall, kernel_name: str = "kernel", channels_at: int = -2
) -> _Convolution:
    x, kernel = tensor(call, "inputs"), tensor(call, kernel_name)
    need_numbers(x, kernel)
    n = _spatial_axes(x)
    if kernel.rank != x.rank:
        raise Mismatch(f"needs {x.rank} axes in `{kernel_name}`, got {kernel.shape}")
    dilation = per_axis(setting(call, "dilation_rate"), n, "dilation_rate")
    slides = channels_at == -2 and (setting(call, "padding") == "valid" or max(dilation) > 1)
    if slides and None in kernel.shape[:-2]:
        raise Mismatch(f"needs a `{kernel_name}` of known size, got {kernel.shape}")
    spatial, channels = split(x, n, setting(call, "data_format"))
    if not fits(channels, kernel.shape[channels_at]):
        raise Mismatch(
            f"needs a `{kernel_name}` for {channels} channels, got one for "
            f"{kernel.shape[channels_at]}: {kernel.shape}"
        )
    strides = per_axis(setting(call, "strides"), n, "strides")
    return _Convolution(x, kernel, spatial, channels, strides, dilation)


def _slid(call: LayerCall, conv: _Convolution) -> Shape:
    padding = setting(call, "padding")
    each = zip(conv.spatial, conv.window, conv.strides, conv.dilation, strict=True)
    return tuple(slide(s, w, t, padding, d) for s, w, t, d in each)


def _output(call: LayerCall, conv: _Convolution, out: Shape, filters: int | None) -> Tensor:
    shape = join(conv.x.shape[0], out, filters, setting(call, "data_format"))
    return Tensor(shape, conv.x.dtype)


def conv(call: LayerCall) -> RuleResult:
    """Kernel (*window, channels, filters)."""
    conv = _convolution(call)
    if len(conv.spatial) > MOST_AXES_OF_WHOLE:
        need_dtype(conv.x, FLOATS)
    if max(conv.strides) > 1 and max(conv.dilation) > 1:
        message = f"takes strides or a dilation rate above 1, not both: {FIRST_BATCH}"
        raise Mismatch(message, "dilation_rate", "leave one of them at 1")
    out = _slid(call, conv)
    flops = product(2, volume(out), volume(conv.kernel.shape))
    return RuleResult(_output(call, conv, out, conv.kernel.shape[-1]), flops=flops)


def depthwise_conv(call: LayerCall) -> RuleResult:
    """Kernel (*window, channels, multiplier)."""
    conv = _convolution(call)
    _need_no_volumes(conv)
    out = _slid(call, conv)
    filters = _deep(conv)
    flops = product(2, volume(out), volume(conv.kernel.shape))
    return RuleResult(_output(call, conv, out, filters), flops=flops)


def _need_no_volumes(conv: _Convolution) -> None:
    if len(conv.spatial) > MOST_AXES_OF_DEPTHWISE:
        message = f"takes signals and images, of 3 or 4 axes, got {conv.x.shape}: {FIRST_BATCH}"
        raise Mismatch(message, hint="use `ops.conv`")


def _deep(conv: _Convolution) -> int:
    deep = product(conv.kernel.shape[-1], conv.kernel.shape[-2])
    if deep is None:
        raise Mismatch(f"needs a kernel of known channels, got {conv.kernel.shape}")
    return deep


def separable_conv(call: LayerCall) -> RuleResult:
    """Kernels (*window, channels, multiplier) and (1, ..., channels * multiplier, filters)."""
    conv = _convolution(call, "depthwise_kernel")
    _need_no_volumes(conv)
    pointwise = tensor(call, "pointwise_kernel")
    if pointwise.rank != conv.kernel.rank:
        raise Mismatch(f"needs {conv.kernel.rank} axes in `pointwise_kernel`, "
                       f"got {pointwise.shape}")  # fmt: skip
    if any(size not in (1, None) for size in pointwise.shape[:-2]):
        message = f"needs a `pointwise_kernel` of one position, got {pointwise.shape}"
        raise Mismatch(f"{message}: {FIRST_BATCH}")
    if not fits(_deep(conv), pointwise.shape[-2]):
        raise Mismatch(
            f"needs {conv.kernel.shape[-1]} times {conv.kernel.shape[-2]} channels in "
            f"`pointwise_kernel`, got {pointwise.shape}"
        )
    out = _slid(call, conv)
    flops = product(2, volume(out), volume(conv.kernel.shape))
    more = product(2, volume(out), volume(pointwise.shape))
    return RuleResult(
        _output(call, conv, out, pointwise.shape[-1]),
        flops=None if flops is None or more is None else flops + more,
    )


def conv_transpose(call: LayerCall) -> RuleResult:
    """Kernel (*window, filters, channels). Keras hands its arguments on in a wrong order."""
    _convolution(call, channels_at=-1)
    hint = "use the layer Conv1DTranspose, Conv2DTranspose or Conv3DTranspose"
    raise Mismatch(f"cannot run in a model: {FIRST_BATCH}", hint=hint)


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
