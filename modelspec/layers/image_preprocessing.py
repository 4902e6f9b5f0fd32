"""Image preprocessing: Resizing, CenterCrop, RandomFlip, RandAugment, MixUp and kin.

Random layers do nothing outside of training, so they cost nothing in a forward pass. What they
cannot take they refuse in training only, when the first batch arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from modelspec.layers.rule import (
    CHANNELS_FIRST,
    FIRST_BATCH,
    IN_TRAINING,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Structure,
    Tensor,
    moving_limit,
    need_no_empty_axis,
    need_numbers,
    per_example,
    product,
    resizing_limit,
)

from .image_needs import (
    ONE_IMAGE,
    channel_axis,
    height_axis,
    need_a_channel,
    need_batch,
    need_height,
    need_pixels,
    one_image,
)

IMAGES = "images"
BOXES = "bounding_boxes"

SAME_SHAPE = ("RandomBrightness", "RandomFlip", "RandomInvert", "RandomPosterization")
"""Layers that take images of any size and any number of channels in any dtype of a layer, and keep
their shape."""


def _tensors(call: LayerCall) -> Structure:
    """The images, or a mapping of them with labels, boxes and masks."""
    value: Structure = call.inputs[0] if call.inputs else call.x
    if isinstance(value, Mapping):
        if IMAGES not in value:
            raise Mismatch(f"needs the key `{IMAGES}` in what it is given, got {list(value)}")
        if BOXES in value and call.args["bounding_box_format"] is None:
            hint = "name it, for example `bounding_box_format: xyxy`"
            raise Mismatch("needs to know the format of its boxes", "bounding_box_format", hint)
        return value
    if not isinstance(value, Tensor):
        raise Mismatch(f"takes images, got {len(value)} tensors")
    return value


def _need_images(x: Structure) -> Tensor:
    if not isinstance(x, Tensor):
        raise Mismatch(f"needs one tensor of images under `{IMAGES}`")
    need_numbers(x)
    if x.rank not in (3, 4):
        axes = "(batch, height, width, channels), or 3 for one image"
        raise Mismatch(f"needs 4 axes {axes}, got {x.shape}")
    return x


def _apply(call: LayerCall, resize: Callable[[Shape], Shape] | None = None) -> RuleResult:
    """The images in the compute dtype, resized where `resize` returns a shape."""
    value = _tensors(call)
    if isinstance(value, Mapping):
        _need_images(value[IMAGES])
        if resize is not None:
            _alone(value)
        return RuleResult(_cast(value, call.policy.compute))
    x = _need_images(value)
    shape = x.shape if resize is None else resize(x.shape)
    return RuleResult(Tensor(shape, call.policy.compute))


def _cast(value: Structure, dtype: str) -> Structure:
    if isinstance(value, Tensor):
        return Tensor(value.shape, dtype)
    if isinstance(value, Mapping):
        return {key: _cast(item, dtype) for key, item in value.items()}
    return tuple(_cast(item, dtype) for item in value)


def same(call: LayerCall) -> RuleResult:
    """Images -> images of the same shape."""
    return _apply(call)


def sampled(
    call: LayerCall,
    dtypes: tuple[str, ...],
    needs: Callable[[LayerCall, Tensor], None] | None = None,
) -> RuleResult:
    """CutMix and kin, which draw numbers in the compute dtype: images -> the same.

    Args:
        call: of the layer.
        dtypes: those in which a training can draw them.
        needs: what a training needs of the images besides.
    """
    if _in_training(call):
        _need_dtype(call, dtypes, IN_TRAINING)
        if needs is not None:
            needs(call, _images(call))
    return _apply(call)


def moved(call: LayerCall) -> RuleResult:
    """RandomRotation and kin, which compute in any dtype of a layer: images -> the same."""
    if _in_training(call):
        need_pixels(call, _images(call))
    return _moving(call, _apply(call))


def sheared(call: LayerCall) -> RuleResult:
    """RandomShear: images -> the same."""
    return _moving(call, sampled(call, FLOATS, need_pixels))


def perspective(call: LayerCall) -> RuleResult:
    """RandomPerspective: images -> the same."""
    return _moving(call, sampled(call, FLOATS, warped))


def _moving(call: LayerCall, found: RuleResult) -> RuleResult:
    limit = moving_limit(call.policy.compute) if _in_training(call) else None
    return replace(found, gradient_limit=limit)


def warped(call: LayerCall, x: Tensor) -> None:
    """What RandomPerspective needs: it solves for the corners of an image, which must differ."""
    need_height(call, x)
    need_pixels(call, x, 2)


def stirred(call: LayerCall, x: Tensor) -> None:
    """What RandomElasticTransform needs."""
    need_batch(call, x)
    need_a_channel(call, x)


def _images(call: LayerCall) -> Tensor:
    value = _tensors(call)
    return _need_images(value[IMAGES] if isinstance(value, Mapping) else value)


def cut_mix(call: LayerCall) -> RuleResult:
    """CutMix: images -> the same. A single image has no other to mix with, and stays as it is."""
    return _apply(call) if _images(call).rank == ONE_IMAGE else sampled(call, SINGLE_OR_DOUBLE)


def auto_contrast(call: LayerCall) -> RuleResult:
    """AutoContrast: images -> the same; outside of training too."""
    _need_dtype(call, FLOATS, FIRST_BATCH)
    need_no_empty_axis(_images(call))
    return _apply(call)


def equalized_in_tiles(call: LayerCall) -> RuleResult:
    """ContrastLimitedAdaptiveHistogramEqualization: images -> the same; outside of training too.

    It mirrors the lower and right edge until the tiles cover the image, and cannot mirror more
    than there is.
    """
    x = _images(call)
    need_batch(call, x, FIRST_BATCH)
    need_a_channel(call, x, FIRST_BATCH)
    at, tiles = height_axis(call), call.args["tile_grid_size"]
    for size, count in zip((x.shape[at], x.shape[at + 1]), tiles, strict=True):
        if size and 2 * size < count:
            message = f"cannot cut {x.shape} into {count} tiles along an axis of {size}"
            hint = f"write at most {2 * size} there, or give the input larger sizes"
            raise Mismatch(f"{message}: {FIRST_BATCH}", "tile_grid_size", hint)
    return _apply(call)


def _need_dtype(call: LayerCall, dtypes: tuple[str, ...], when: str) -> None:
    compute = call.policy.compute
    if compute not in dtypes:
        hint = "write `dtype: float32` at this layer"
        raise Mismatch(f"does not compute in {compute}: {when}", "dtype", hint)


def of_channels(call: LayerCall, allowed: tuple[int, ...], *, floats: bool = False) -> RuleResult:
    """RandomHue and kin: images of so many channels -> the same; with `floats`, they compute in
    floating numbers only."""
    _need_channels(call, allowed)
    if floats and _in_training(call):
        _need_dtype(call, FLOATS, IN_TRAINING)
    return _apply(call)


def _need_channels(
    call: LayerCall, allowed: tuple[int, ...], arg: str | None = None, axis: int | None = None
) -> None:
    x = _images(call)
    if axis is None:
        axis = channel_axis(call)
    if not _in_training(call):
        return
    if axis == -x.rank and x.shape[axis] is None:
        raise one_image(x, "channels", IN_TRAINING)
    if x.shape[axis] not in (*allowed, None):
        wanted = " or ".join(str(count) for count in allowed)
        message = f"needs images of {wanted} channels, got {x.shape}: {IN_TRAINING}"
        hint = "leave it out, or give it three channels, as `color: rgb` of an image source reads"
        raise Mismatch(message, arg, hint)


def _in_training(call: LayerCall) -> bool:
    """Whether a training changes the images, or only hands them on.

    What the spec writes for `training` at a call does not count: `fit` and `predict` pass their
    own value to each layer of a model.
    """
    return call.training


GRAY_OR_COLOR = (1, 3)
FLOATS = ("float16", "bfloat16", "float32", "float64")
NOT_HALF = ("bfloat16", "float32", "float64")
"""TensorFlow counts along an axis in these, but not in float16."""
SINGLE_OR_DOUBLE = ("float32", "float64")


def jitter(call: LayerCall) -> RuleResult:
    """RandomColorJitter: images -> the same; of 3 channels where it changes the colors, which it
    looks for in the last axis whatever `data_format` says."""
    for arg in ("saturation_factor", "hue_factor"):
        if call.args[arg] is not None:
            _need_channels(call, (3,), arg, axis=-1)
    return sampled(call, FLOATS)


def aug_mix(call: LayerCall) -> RuleResult:
    """AugMix: images -> the same; with all operations, one of which takes colors out, of 1 or 3
    channels. It draws some of its operations when a training starts, and fails with that one."""
    if call.args["all_ops"]:
        _need_channels(call, GRAY_OR_COLOR, "all_ops")
    return _moving(call, sampled(call, FLOATS, need_pixels))


def rand_augment(call: LayerCall) -> RuleResult:
    """RandAugment: images of 1 or 3 channels -> the same."""
    if _in_training(call):
        need_pixels(call, _images(call))
    return _moving(call, of_channels(call, GRAY_OR_COLOR, floats=True))


def degeneration(call: LayerCall) -> RuleResult:
    """RandomColorDegeneration: images of 3 channels -> the same."""
    _alone(_tensors(call))
    return of_channels(call, (3,))


def _alone(value: Structure) -> None:
    if isinstance(value, Mapping):
        hint = "pick the images first; the labels need no such layer"
        raise Mismatch("takes images alone, not a mapping", hint=hint)


def as_given(call: LayerCall) -> RuleResult:
    """Equalization: images -> the same, in the dtype that they have."""
    _images(call)
    return RuleResult(_tensors(call))


def grayscale(call: LayerCall) -> RuleResult:
    """RandomGrayscale: images of 1 or 3 channels -> the same. A model that trains or predicts
    hands them over in the compute dtype, whatever dtype they have."""
    _alone(_tensors(call))
    return of_channels(call, GRAY_OR_COLOR)


def _sized(call: LayerCall, shape: Shape) -> Shape:
    height, width = call.args["height"], call.args["width"]
    if call.args["data_format"] == CHANNELS_FIRST:
        return (*shape[:-2], height, width)
    return (*shape[:-3], height, width, shape[-1])


def _resized(call: LayerCall) -> RuleResult:
    """The images in the size that the layer makes; of one image that size takes the place of the
    batch."""
    found = _apply(call, partial(_sized, call))
    before = _images(call).shape
    moved_batch = len(before) == ONE_IMAGE and found.output.shape[0] != before[0]
    return (
        replace(found, output=replace(found.output, trial=found.output.shape))
        if moved_batch
        else found
    )


def _need_some(call: LayerCall, x: Tensor, when: str) -> None:
    """Refuse images without a pixel that could be resampled."""
    need_pixels(call, x, when=when)
    need_a_channel(call, x, when)


def crop(call: LayerCall) -> RuleResult:
    """CenterCrop: images -> images of `height` and `width`; smaller ones are resized."""
    x, at = _images(call), height_axis(call)
    wanted = (call.args["height"], call.args["width"])
    if any(a is not None and a < b for a, b in zip(x.shape[at:], wanted, strict=False)):
        _need_some(call, x, FIRST_BATCH)
    return _resized(call)


def random_crop(call: LayerCall) -> RuleResult:
    """RandomCrop: images -> images of `height` and `width`; outside training they stay whole."""
    x = _images(call)
    need_height(call, x, FIRST_BATCH)
    if not _in_training(call):
        return _apply(call)
    _need_some(call, x, IN_TRAINING)
    return _resized(call)


def resizing(call: LayerCall) -> RuleResult:
    """Resizing: images -> images of `height` and `width`."""
    from modelspec.layers.ops import TAPS  # with all ops, which few specs need

    if call.args["crop_to_aspect_ratio"] and call.args["pad_to_aspect_ratio"]:
        raise Mismatch("either crops or pads, not both", "pad_to_aspect_ratio")
    _need_some(call, _images(call), FIRST_BATCH)
    facts = _resized(call)
    shape = facts.output.shape
    elements = per_example(shape if len(shape) == 4 else (None, *shape))
    way = call.args["interpolation"]
    return replace(
        facts,
        flops=product(TAPS[way], elements),
        gradient_limit=resizing_limit(way, call.policy.compute, antialias=call.args["antialias"]),
    )


def max_boxes(call: LayerCall) -> RuleResult:
    """MaxNumBoundingBoxes: a mapping with `bounding_boxes` -> the same with `max_number` boxes."""
    facts = _apply(call)
    if not isinstance(facts.output, Mapping) or BOXES not in facts.output:
        return facts
    boxes, count = facts.output[BOXES], call.args["max_number"]
    if not isinstance(boxes, Mapping) or set(boxes) != {"boxes", "labels"}:
        raise Mismatch(f"needs `boxes` and `labels` under `{BOXES}`")
    most = {key: Tensor((*x.shape[:1], count, *x.shape[2:]), x.dtype) for key, x in boxes.items()}
    return RuleResult({**facts.output, BOXES: most})


RULES: dict[str, Rule] = {
    **dict.fromkeys(SAME_SHAPE, same),
    **dict.fromkeys(("RandomRotation", "RandomTranslation", "RandomZoom"), moved),
    "AugMix": aug_mix,
    "AutoContrast": auto_contrast,
    "CenterCrop": crop,
    "ContrastLimitedAdaptiveHistogramEqualization": equalized_in_tiles,
    "CutMix": cut_mix,
    "Equalization": as_given,
    "MaxNumBoundingBoxes": max_boxes,
    "MixUp": partial(sampled, dtypes=FLOATS),
    "RandAugment": rand_augment,
    "RandomColorDegeneration": degeneration,
    "RandomColorJitter": jitter,
    "RandomContrast": partial(sampled, dtypes=FLOATS),
    "RandomCrop": random_crop,
    "RandomElasticTransform": partial(sampled, dtypes=NOT_HALF, needs=stirred),
    "RandomErasing": partial(sampled, dtypes=NOT_HALF, needs=need_height),
    "RandomGaussianBlur": partial(sampled, dtypes=NOT_HALF, needs=need_a_channel),
    "RandomGrayscale": grayscale,
    "RandomHue": partial(of_channels, allowed=(3,)),
    "RandomPerspective": perspective,
    "RandomSaturation": partial(of_channels, allowed=(3,), floats=True),
    "RandomSharpness": partial(sampled, dtypes=FLOATS, needs=need_a_channel),
    "RandomShear": sheared,
    "Resizing": resizing,
    "Solarization": partial(sampled, dtypes=FLOATS),
}
