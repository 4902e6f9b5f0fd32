"""The arithmetic of a window that slides over spatial axes."""

from __future__ import annotations

from collections.abc import Sequence

from .rule import Mismatch, Shape, Tensor
from .shapes import need_rank

CHANNELS_FIRST = "channels_first"
SPATIAL = {1: "steps", 2: "height, width", 3: "depth, height, width"}
LETTERS = {1: "features", 2: "channels", 3: "channels"}


def per_axis(value: int | Sequence[int], n: int, arg: str) -> tuple[int, ...]:
    """3 -> (3, 3); [2, 3] -> (2, 3)."""
    sizes = (value,) * n if isinstance(value, int) else tuple(value)
    if len(sizes) != n:
        raise Mismatch(f"takes one number or {n}, got {value}", arg)
    return sizes


def axes_named(n: int, data_format: str | None) -> str:
    """The axes of a batch of signals, images or volumes: "batch, height, width, channels"."""
    names = (SPATIAL[n], LETTERS[n])
    return ", ".join(("batch", *(names[::-1] if data_format == CHANNELS_FIRST else names)))


def split(x: Tensor, n: int, data_format: str | None) -> tuple[Shape, int | None]:
    """The `n` spatial sizes and the number of channels of a batch.

    `data_format` None is channels_last. A tensor that has not n + 2 axes is a Mismatch.
    """
    need_rank(x, axes_named(n, data_format))
    if data_format == CHANNELS_FIRST:
        return x.shape[2:], x.shape[1]
    return x.shape[1:-1], x.shape[-1]


def join(batch: int | None, spatial: Shape, channels: int | None, data_format: str | None) -> Shape:
    """The opposite of split."""
    if data_format == CHANNELS_FIRST:
        return (batch, channels, *spatial)
    return (batch, *spatial, channels)


def state_pooled(shape: Shape, keepdims: bool, data_format: str | None) -> Shape:
    """What Keras states of global pooling, however many axes it is asked for: (batch, channels).

    Args:
        shape: what is pooled, of two axes or more.
        keepdims: leaves an axis of 1 in place of each that is pooled.
        data_format: says whether the channels are axis 1 or the last.
    """
    channels = shape[1 if data_format == CHANNELS_FIRST else -1]
    return join(shape[0], (1,) * (len(shape) - 2) if keepdims else (), channels, data_format)


def slide(
    size: int | None, window: int, stride: int, padding: str, dilation: int = 1
) -> int | None:
    """The number of positions of a window along one axis.

    Args:
        size: the length of the axis.
        window: the number of elements in the window.
        stride: the distance between positions.
        padding: "valid", "same" or "causal".
        dilation: the distance between the elements of the window.
    """
    if size is None:
        return None
    if padding != "valid":
        return -(-size // stride)
    reach = (window - 1) * dilation + 1
    if reach > size:
        raise Mismatch(
            f"a window of extent {reach} does not fit into an axis of size {size}",
            "padding",
            "write `padding: same`, a smaller window, or give it a larger input",
        )
    return (size - reach) // stride + 1


def unslide(
    size: int | None, window: int, stride: int, padding: str, extra: int | None
) -> int | None:
    """The length of the output axis of a transposed window.

    Args:
        size: the length of the input axis.
        window: the extent of the window, with dilation.
        stride: the distance between positions.
        padding: "valid" or "same".
        extra: `output_padding`; None chooses it so that a convolution of the same arguments
            could have made the input from the output.
    """
    if size is None:
        return None
    if padding == "same":
        made = size * stride if extra is None else (size - 1) * stride + window % 2 + extra
        if made < 0:
            raise Mismatch("makes nothing from an empty axis", "output_padding")
        return made
    return (size - 1) * stride + window + (max(stride - window, 0) if extra is None else extra)
