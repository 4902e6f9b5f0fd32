"""`image.*`: functions of one image (height, width, channels) or a batch of them."""

from __future__ import annotations

from modelspec.layers.rule import (
    CHANNELS_FIRST,
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    find_axes,
    is_floating,
    moving_limit,
    need_numbers,
    per_axis,
    per_example,
    product,
    resizing_limit,
    slide,
    volume,
)

from .kernels import FLOATS, need_dtype
from .operands import operand, setting, tensor
from .shapes import Size, need_rank_at_least, need_ranks

TAPS = {"nearest": 0, "area": 1, "bilinear": 8, "bicubic": 32, "lanczos3": 72, "lanczos5": 200}
"""FLOPs for one element of a resized image: a multiply-add for each contributing pixel."""


def _images(call: LayerCall, name: str = "images", least: int = 3, text: bool = False) -> Tensor:
    x = tensor(call, name)
    if not text:
        need_numbers(x)
    if x.rank not in range(least, 5):
        alone = "3 axes (one image) or " if least == 3 else ""
        raise Mismatch(f"needs {alone}4 axes (a batch of images), got {x.shape}")
    return x


def _last(call: LayerCall) -> bool:
    return bool(setting(call, "data_format") != CHANNELS_FIRST)


def _channels(call: LayerCall, x: Tensor) -> Size:
    return x.shape[-1] if _last(call) else x.shape[-3]


def _resized(call: LayerCall, x: Tensor, height: Size, width: Size) -> Tensor:
    if _last(call):
        return Tensor((*x.shape[:-3], height, width, x.shape[-1]), x.dtype)
    return Tensor((*x.shape[:-2], height, width), x.dtype)


def same(call: LayerCall) -> RuleResult:
    """`image.gaussian_blur` and kin: images of the same size."""
    x = _images(call)
    return RuleResult(x, flops=None)


def affine_transform(call: LayerCall) -> RuleResult:
    """Images turned, moved and stretched by rows of 8 numbers."""
    x, by = _images(call), tensor(call, "transform")
    need_ranks(by, 1, 2, name="transform")
    return RuleResult(x, flops=None, gradient_limit=moving_limit(x.dtype))


def perspective_transform(call: LayerCall) -> RuleResult:
    """Images pulled by their 4 corners."""
    x = _images(call)
    start, end = tensor(call, "start_points"), tensor(call, "end_points")
    for name, points in (("start_points", start), ("end_points", end)):
        if points.rank not in (2, 3) or points.shape[-2:] != (4, 2):
            raise Mismatch(f"needs `{name}` of shape (4, 2) or (batch, 4, 2), got {points.shape}")
    if start.shape != end.shape:
        raise Mismatch(f"needs as many start as end points, got {start.shape} and {end.shape}")
    return RuleResult(x, flops=None, gradient_limit=moving_limit(x.dtype))


def resize(call: LayerCall) -> RuleResult:
    """Images of a new height and width."""
    x, size = _images(call), setting(call, "size")
    if isinstance(size, int):
        raise Mismatch("needs a list: [height, width]", "size")
    if setting(call, "pad_to_aspect_ratio") and setting(call, "crop_to_aspect_ratio"):
        raise Mismatch("either pads or crops, not both", "pad_to_aspect_ratio")
    if setting(call, "pad_to_aspect_ratio"):
        need_dtype(x, FLOATS)  # the bars are of a floating number, which is not cast in a graph
    height, width = size
    output = _resized(call, x, height, width)
    batched = output.shape if x.rank == 4 else (None, *output.shape)
    way = setting(call, "interpolation")
    return RuleResult(
        output,
        flops=product(TAPS[way], per_example(batched)),
        gradient_limit=resizing_limit(way, x.dtype, antialias=setting(call, "antialias")),
    )


def to_grayscale(call: LayerCall) -> RuleResult:
    """One channel of three."""
    x = _images(call, text=True)
    if _channels(call, x) != 1:
        need_numbers(x)
    if _channels(call, x) not in (None, 1, 3):
        raise Mismatch(f"needs 1 or 3 channels, got {x.shape}")
    shape = list(x.shape)
    shape[-1 if _last(call) else -3] = 1
    flops = product(5, per_example(tuple(shape) if x.rank == 4 else (None, *shape)))
    return RuleResult(Tensor(tuple(shape), x.dtype), flops=flops)


def colors(call: LayerCall) -> RuleResult:
    """`image.rgb_to_hsv`, `image.hsv_to_rgb`: three channels of floats."""
    x = _images(call)
    if not is_floating(x.dtype):
        raise Mismatch(f"needs floating numbers, got {x.dtype}", hint="cast or rescale them first")
    if _channels(call, x) not in (None, 3):
        raise Mismatch(f"needs 3 channels, got {x.shape}")
    return RuleResult(x, flops=None)


def sobel_edges(call: LayerCall) -> RuleResult:
    """Slopes downwards and to the right, as a new last axis."""
    x = _images(call, least=4)
    return RuleResult(Tensor((*x.shape, 2), x.dtype), flops=None)


def ssim(call: LayerCall) -> RuleResult:
    """How alike two images are: one number for each pair."""
    one = _images(call, "image1")
    _images(call, "image2")
    window = setting(call, "filter_size")
    for size in one.shape[-3:-1] if _last(call) else one.shape[-2:]:
        if size is not None and size < window:
            message = f"needs images of at least {window} pixels on each side, got {one.shape}"
            raise Mismatch(f"{message}: {FIRST_BATCH}", "filter_size", "choose a smaller filter")
    return RuleResult(Tensor(one.shape[:1] if one.rank == 4 else (), one.dtype), flops=None)


def extract_patches(call: LayerCall) -> RuleResult:
    """Windows of images as channels."""
    size = setting(call, "size")
    n = len(size) if isinstance(size, list) else 2
    return _patches(call, tensor(call, "images"), n)


def extract_patches_3d(call: LayerCall) -> RuleResult:
    """Windows of volumes as channels."""
    return _patches(call, tensor(call, "volumes"), 3)


def _patches(call: LayerCall, x: Tensor, n: int) -> RuleResult:
    need_numbers(x)
    need_ranks(x, n + 1, n + 2, name="images" if n == 2 else "volumes")
    window = per_axis(setting(call, "size"), n, "size")
    strides, dilation = setting(call, "strides"), setting(call, "dilation_rate")
    steps = window if strides is None else per_axis(strides, n, "strides")
    gaps = per_axis(dilation, n, "dilation_rate")
    if max(steps) > 1 and max(gaps) > 1:
        message = f"takes strides or a dilation rate above 1, not both: {FIRST_BATCH}"
        raise Mismatch(message, "dilation_rate", "write `strides: 1`; left out, they are the size")
    at = -1 if _last(call) else -(n + 1)
    channels = x.shape[at]
    if channels is None:
        raise Mismatch(f"needs to know how many channels there are, got {x.shape}")
    batch, spatial = x.shape[: x.rank - n - 1], x.shape[x.rank - n :]
    if _last(call):
        spatial = x.shape[x.rank - n - 1 : -1]
    padding = setting(call, "padding")
    each = zip(spatial, window, steps, gaps, strict=True)
    positions = tuple(slide(s, w, t, padding, d) for s, w, t, d in each)
    patch = product(volume(window), channels)
    shape = (*batch, *positions, patch) if _last(call) else (*batch, patch, *positions)
    return RuleResult(Tensor(shape, x.dtype))


def map_coordinates(call: LayerCall) -> RuleResult:
    """Values at coordinates between the elements."""
    x, positions = tensor(call, "inputs"), tensor(call, "coordinates")
    need_numbers(x)
    need_rank_at_least(positions, 2, "coordinates")
    if positions.shape[0] != x.rank:
        raise Mismatch(
            f"needs a first axis of {x.rank} in `coordinates`, one row for each axis of "
            f"{x.shape}, got {positions.shape}"
        )
    return RuleResult(Tensor(positions.shape[1:], x.dtype), flops=None)


def scale_and_translate(call: LayerCall) -> RuleResult:
    """Images of a given shape, batch axis included."""
    x = tensor(call, "images")
    need_ranks(x, len(setting(call, "output_shape")), name="images")
    need_numbers(x)
    operand(call, "scale")
    operand(call, "translation")
    stated: Shape = tuple(setting(call, "output_shape"))
    spatial = find_axes(setting(call, "spatial_dims"), stated, "spatial_dims")
    # Keras states the whole `output_shape`; the other axes stay as they are
    pairs = enumerate(zip(x.shape, stated, strict=True))
    shape = tuple(new if i in spatial else old for i, (old, new) in pairs)
    return RuleResult(Tensor(shape, x.dtype).built_as(stated), flops=None)


def pad_images(call: LayerCall) -> RuleResult:
    """Images with rows and columns added: two of before, after and target for each axis."""
    return _bordered(call, "padding", 1)


def crop_images(call: LayerCall) -> RuleResult:
    """Images with rows and columns taken away: two of before, after and target for each axis."""
    return _bordered(call, "cropping", -1)


def _bordered(call: LayerCall, what: str, sign: int) -> RuleResult:
    x = _images(call, text=True)
    at = -3 if _last(call) else -2
    height = _length(call, x.shape[at], (f"top_{what}", f"bottom_{what}", "target_height"), sign)
    width = _length(call, x.shape[at + 1], (f"left_{what}", f"right_{what}", "target_width"), sign)
    return RuleResult(_resized(call, x, height, width))


def _length(call: LayerCall, size: Size, names: tuple[str, str, str], sign: int) -> Size:
    before, after, target = (setting(call, name) for name in names)
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
