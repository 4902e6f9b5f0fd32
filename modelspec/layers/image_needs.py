"""What layers of images need of these: pixels, channels, and a batch in its place."""

from __future__ import annotations

from modelspec.layers.rule import CHANNELS_FIRST, IN_TRAINING, LayerCall, Mismatch, Tensor

ONE_IMAGE = 3
"""The axes of an image without a batch."""

_LARGER = "give the input larger sizes, or leave this layer out"


def height_axis(call: LayerCall) -> int:
    """Where the height stands, counted from the last axis; the width is behind it."""
    return -2 if call.args["data_format"] == CHANNELS_FIRST else -3


def channel_axis(call: LayerCall) -> int:
    """Where the channels stand, counted from the last axis."""
    return -3 if call.args["data_format"] == CHANNELS_FIRST else -1


def need_pixels(call: LayerCall, x: Tensor, least: int = 1, when: str = IN_TRAINING) -> None:
    """Refuse images with fewer pixels in a row or a column than `least`."""
    at = height_axis(call)
    for size in (x.shape[at], x.shape[at + 1]):
        if size is not None and size < least:
            pixels = "1 pixel" if least == 1 else f"{least} pixels"
            message = f"needs images of at least {pixels} on each side, got {x.shape}"
            raise Mismatch(f"{message}: {when}", hint=_LARGER)


def need_a_channel(call: LayerCall, x: Tensor, when: str = IN_TRAINING) -> None:
    """Refuse images without channels."""
    if x.shape[channel_axis(call)] == 0:
        message = f"needs images of at least 1 channel, got {x.shape}"
        raise Mismatch(f"{message}: {when}", hint=_LARGER)


def need_height(call: LayerCall, x: Tensor, when: str = IN_TRAINING) -> None:
    """Refuse one image whose height is the batch, a size that no graph knows."""
    if x.rank == ONE_IMAGE and call.args["data_format"] != CHANNELS_FIRST:
        raise one_image(x, "height", when)


def need_batch(call: LayerCall, x: Tensor, when: str = IN_TRAINING) -> None:
    """Refuse a tensor of 3 axes, which is taken for one image."""
    need_height(call, x, when)
    if x.rank == ONE_IMAGE:
        raise one_image(x, "channels", when)


def one_image(x: Tensor, axis: str, when: str) -> Mismatch:
    """The refusal of a tensor of 3 axes that is taken for one image, with the batch as an axis."""
    hint = (
        "images have 4 axes: give the input a `shape` of 3 sizes, or put Reshape before this layer"
    )
    message = f"takes {x.shape} for one image, with the batch as its {axis}"
    return Mismatch(f"{message}: {when}", hint=hint)
