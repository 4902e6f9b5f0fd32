"""`image.*`: functions of one image (height, width, channels) or a batch of them."""

from __future__ import annotations

from modelspec.layers.rule import (
    CHANNELS_FIRST,
    Facts,
    Given,
    Mismatch,
    Rule,
    Shape,
    Tensor,
    need_numbers,
    per_axis,
    per_example,
    product,
    slide,
    volume,
)

from .dtypes import is_floating
from .operands import operand, setting, tensor
from .shapes import Size, need_rank_at_least, need_ranks

TAPS = {"nearest": 0, "area": 1, "bilinear": 8, "bicubic": 32, "lanczos3": 72, "lanczos5": 200}
"""What one element of a resized image costs: a multiply-add for each pixel that it is made of."""


def _images(given: Given, name: str = "images", least: int = 3, text: bool = False) -> Tensor:
    x = tensor(given, name)
    if not text:
        need_numbers(x)
    if x.rank not in range(least, 5):
        alone = "3 axes (one image) or " if least == 3 else ""
        raise Mismatch(f"needs {alone}4 axes (a batch of images), got {x.shape}")
    return x


def _last(given: Given) -> bool:
    return bool(setting(given, "data_format") != CHANNELS_FIRST)


def _channels(given: Given, x: Tensor) -> Size:
    return x.shape[-1] if _last(given) else x.shape[-3]


def _resized(given: Given, x: Tensor, height: Size, width: Size) -> Tensor:
    if _last(given):
        return Tensor((*x.shape[:-3], height, width, x.shape[-1]), x.dtype)
    return Tensor((*x.shape[:-2], height, width), x.dtype)


def same(given: Given) -> Facts:
    """`image.gaussian_blur` and kin: images of the same size."""
    x = _images(given)
    return Facts(x, flops=None)


def affine_transform(given: Given) -> Facts:
    """Images turned, moved and stretched by rows of 8 numbers."""
    x, by = _images(given), tensor(given, "transform")
    need_ranks(by, 1, 2, name="transform")
    return Facts(x, flops=None)


def perspective_transform(given: Given) -> Facts:
    """Images pulled by their 4 corners."""
    x = _images(given)
    start, end = tensor(given, "start_points"), tensor(given, "end_points")
    for name, points in (("start_points", start), ("end_points", end)):
        if points.rank not in (2, 3) or points.shape[-2:] != (4, 2):
            raise Mismatch(f"needs `{name}` of shape (4, 2) or (batch, 4, 2), got {points.shape}")
    if start.shape != end.shape:
        raise Mismatch(f"needs as many start as end points, got {start.shape} and {end.shape}")
    return Facts(x, flops=None)


def resize(given: Given) -> Facts:
    """Images of a new height and width."""
    x, size = _images(given), setting(given, "size")
    if isinstance(size, int):
        raise Mismatch("needs a list: [height, width]", "size")
    if setting(given, "pad_to_aspect_ratio") and setting(given, "crop_to_aspect_ratio"):
        raise Mismatch("either pads or crops, not both", "pad_to_aspect_ratio")
    height, width = size
    output = _resized(given, x, height, width)
    batched = output.shape if x.rank == 4 else (None, *output.shape)
    return Facts(output, flops=product(TAPS[setting(given, "interpolation")], per_example(batched)))


def to_grayscale(given: Given) -> Facts:
    """One channel of three."""
    x = _images(given, text=True)
    if _channels(given, x) != 1:
        need_numbers(x)
    if _channels(given, x) not in (None, 1, 3):
        raise Mismatch(f"needs 1 or 3 channels, got {x.shape}")
    shape = list(x.shape)
    shape[-1 if _last(given) else -3] = 1
    flops = product(5, per_example(tuple(shape) if x.rank == 4 else (None, *shape)))
    return Facts(Tensor(tuple(shape), x.dtype), flops=flops)


def colors(given: Given) -> Facts:
    """`image.rgb_to_hsv`, `image.hsv_to_rgb`: three channels of floats."""
    x = _images(given)
    if not is_floating(x.dtype):
        raise Mismatch(f"needs floating numbers, got {x.dtype}", hint="cast or rescale them first")
    if _channels(given, x) not in (None, 3):
        raise Mismatch(f"needs 3 channels, got {x.shape}")
    return Facts(x, flops=None)


def sobel_edges(given: Given) -> Facts:
    """Slopes downwards and to the right, as a new last axis."""
    x = _images(given, least=4)
    return Facts(Tensor((*x.shape, 2), x.dtype), flops=None)


def ssim(given: Given) -> Facts:
    """How alike two images are: one number for each pair."""
    one = _images(given, "image1")
    _images(given, "image2")
    return Facts(Tensor(one.shape[:1] if one.rank == 4 else (), one.dtype), flops=None)


def extract_patches(given: Given) -> Facts:
    """Windows of images as channels."""
    size = setting(given, "size")
    n = len(size) if isinstance(size, list) else 2
    return _patches(given, tensor(given, "images"), n)


def extract_patches_3d(given: Given) -> Facts:
    """Windows of volumes as channels."""
    return _patches(given, tensor(given, "volumes"), 3)


def _patches(given: Given, x: Tensor, n: int) -> Facts:
    need_numbers(x)
    need_ranks(x, n + 1, n + 2, name="images" if n == 2 else "volumes")
    window = per_axis(setting(given, "size"), n, "size")
    strides, dilation = setting(given, "strides"), setting(given, "dilation_rate")
    steps = window if strides is None else per_axis(strides, n, "strides")
    gaps = per_axis(dilation, n, "dilation_rate")
    at = -1 if _last(given) else -(n + 1)
    channels = x.shape[at]
    if channels is None:
        raise Mismatch(f"needs to know how many channels there are, got {x.shape}")
    batch, spatial = x.shape[: x.rank - n - 1], x.shape[x.rank - n :]
    if _last(given):
        spatial = x.shape[x.rank - n - 1 : -1]
    padding = setting(given, "padding")
    each = zip(spatial, window, steps, gaps, strict=True)
    places = tuple(slide(s, w, t, padding, d) for s, w, t, d in each)
    patch = product(volume(window), channels)
    shape = (*batch, *places, patch) if _last(given) else (*batch, patch, *places)
    return Facts(Tensor(shape, x.dtype))


def map_coordinates(given: Given) -> Facts:
    """Values at places between the elements."""
    x, places = tensor(given, "inputs"), tensor(given, "coordinates")
    need_numbers(x)
    need_rank_at_least(places, 2, "coordinates")
    if places.shape[0] != x.rank:
        raise Mismatch(
            f"needs a first axis of {x.rank} in `coordinates`, one row for each axis of "
            f"{x.shape}, got {places.shape}"
        )
    return Facts(Tensor(places.shape[1:], x.dtype), flops=None)


def scale_and_translate(given: Given) -> Facts:
    """Images of a given shape, batch axis included."""
    x = tensor(given, "images")
    need_numbers(x)
    operand(given, "scale")
    operand(given, "translation")
    shape: Shape = tuple(setting(given, "output_shape"))
    return Facts(Tensor(shape, x.dtype), flops=None)


def pad_images(given: Given) -> Facts:
    """Images with rows and columns added: two of before, after and target for each axis."""
    return _bordered(given, "padding", 1)


def crop_images(given: Given) -> Facts:
    """Images with rows and columns taken away: two of before, after and target for each axis."""
    return _bordered(given, "cropping", -1)


def _bordered(given: Given, what: str, sign: int) -> Facts:
    x = _images(given, text=True)
    at = -3 if _last(given) else -2
    height = _length(given, x.shape[at], (f"top_{what}", f"bottom_{what}", "target_height"), sign)
    width = _length(given, x.shape[at + 1], (f"left_{what}", f"right_{what}", "target_width"), sign)
    return Facts(_resized(given, x, height, width))


def _length(given: Given, size: Size, names: tuple[str, str, str], sign: int) -> Size:
    before, after, target = (setting(given, name) for name in names)
    if (before, after, target).count(None) != 1:
        raise Mismatch(f"needs two of {names[0]}, {names[1]} and {names[2]}", names[2])
    if size is None:
        if target is None and sign < 0:
            raise Mismatch("needs a target where the size of the images is not known", names[2])
        return target  # type: ignore[no-any-return]
    if target is None:
        target = size + sign * (before + after)
    rest = sign * (target - size) - ((before or 0) + (after or 0))
    if target < 0 or rest < 0:
        raise Mismatch(f"cannot make a size of {target} out of {size} that way", names[2])
    return int(target)


OPS: dict[str, Rule] = {
    "image.affine_transform": affine_transform,
    "image.crop_images": crop_images,
    "image.elastic_transform": same,
    "image.extract_patches": extract_patches,
    "image.extract_patches_3d": extract_patches_3d,
    "image.gaussian_blur": same,
    "image.hsv_to_rgb": colors,
    "image.map_coordinates": map_coordinates,
    "image.pad_images": pad_images,
    "image.perspective_transform": perspective_transform,
    "image.resize": resize,
    "image.rgb_to_grayscale": to_grayscale,
    "image.rgb_to_hsv": colors,
    "image.scale_and_translate": scale_and_translate,
    "image.sobel_edges": sobel_edges,
    "image.ssim": ssim,
}
"""Rules of these ops. What resampling costs depends on how it is done, so it is not known."""
