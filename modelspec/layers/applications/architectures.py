"""The architectures of `keras.applications`: which images they take.

Keras makes such a model for images of one shape before it sees the tensor that flows into it: that
of `input_shape`, or its own. Where it does not fit, building fails; where Keras does not look (one
channel in place of three), the first batch does. What they give follows from their layers (see
`inner_model.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from modelspec.diagnostics import join_words
from modelspec.layers.rule import LayerCall, Mismatch, Shape, need_rank
from modelspec.spec.model import KerasObject

IMAGENET = "imagenet"
CLASSES = 1000
RGB = 3


BESIDE = ("outputs", "trainable", "dtype")
"""What a spec says of an application that Keras's function does not take."""

OWN_NAME_ONLY = "applications.EfficientNetV2"
"""How architectures begin whose functions in Keras fail for a `name` other than their own."""


class _Architecture(NamedTuple):
    """What is particular to some architectures.

    Attributes:
        size: the height and width of its images, unless `input_shape` says another.
        least: the smallest size that `input_shape` may have.
        fits: the smallest image that its windows fit into, where no size is set.
        always_sized: whether the size is set without its top layers too.
        any_size: whether no size is set with its top layers either.
        needs_size: whether it cannot run where the size is left open.
        widens: the argument that makes three channels of one before the first kernel sees them;
            "" for an architecture that always does, None for one that never does.
        alphas: the widths for which there are weights of ImageNet.
        other_sizes: sizes for which there are weights of ImageNet with the top layers, too.
    """

    size: int = 224
    least: int = 32
    fits: int = 1
    always_sized: bool = False
    any_size: bool = False
    needs_size: bool = False
    widens: str | None = None
    alphas: tuple[float, ...] = ()
    other_sizes: tuple[int, ...] = ()


_PREPROCESSING = "include_preprocessing"
_INCEPTION = _Architecture(size=299, least=75, fits=75)
_CONVNEXT = _Architecture(fits=32, widens=_PREPROCESSING)
_DENSENET = _Architecture(fits=29)
_VGG = _Architecture(fits=32)
_MOBILENET_V3 = _Architecture(fits=31, any_size=True, alphas=(0.75, 1.0))


def _efficient(size: int) -> _Architecture:
    return _Architecture(size=size, fits=32, widens="")


ARCHITECTURES: dict[str, _Architecture] = {
    "ConvNeXtBase": _CONVNEXT,
    "ConvNeXtLarge": _CONVNEXT,
    "ConvNeXtSmall": _CONVNEXT,
    "ConvNeXtTiny": _CONVNEXT,
    "ConvNeXtXLarge": _CONVNEXT,
    "DenseNet121": _DENSENET,
    "DenseNet169": _DENSENET,
    "DenseNet201": _DENSENET,
    "EfficientNetB0": _efficient(224),
    "EfficientNetB1": _efficient(240),
    "EfficientNetB2": _efficient(260),
    "EfficientNetB3": _efficient(300),
    "EfficientNetB4": _efficient(380),
    "EfficientNetB5": _efficient(456),
    "EfficientNetB6": _efficient(528),
    "EfficientNetB7": _efficient(600),
    "EfficientNetV2B0": _Architecture(size=224, widens=_PREPROCESSING),
    "EfficientNetV2B1": _Architecture(size=240, widens=_PREPROCESSING),
    "EfficientNetV2B2": _Architecture(size=260, widens=_PREPROCESSING),
    "EfficientNetV2B3": _Architecture(size=300, widens=_PREPROCESSING),
    "EfficientNetV2L": _Architecture(size=480),
    "EfficientNetV2M": _Architecture(size=480),
    "EfficientNetV2S": _Architecture(size=384),
    "InceptionResNetV2": _INCEPTION,
    "InceptionV3": _INCEPTION,
    "MobileNet": _Architecture(fits=31, alphas=(0.25, 0.5, 0.75, 1.0), other_sizes=(128, 160, 192)),
    "MobileNetV2": _Architecture(
        fits=31, alphas=(0.35, 0.5, 0.75, 1.0, 1.3, 1.4), other_sizes=(96, 128, 160, 192)
    ),
    "MobileNetV3Large": _MOBILENET_V3,
    "MobileNetV3Small": _MOBILENET_V3,
    "NASNetLarge": _Architecture(size=331, needs_size=True),
    "NASNetMobile": _Architecture(always_sized=True, needs_size=True),
    "VGG16": _VGG,
    "VGG19": _VGG,
    "Xception": _Architecture(size=299, least=71, fits=7),
}
"""Those that differ from `_Architecture()`, as the ResNets do not."""


def check_application(name: str, call: LayerCall) -> Shape:
    """Refuse arguments that Keras has no architecture for, and images that do not fit.

    Args:
        name: of the architecture.
        call: has the architecture's arguments, all of them, and the images.

    Returns:
        Height, width and channels of the images that Keras makes it for.

    Raises:
        Mismatch: with the argument at fault, or None for the images.
    """
    known = ARCHITECTURES.get(name, _Architecture())
    if call.args["weights"] is not None:
        _check_pretrained(known, call.args)
    own = _own_shape(known, call.args)
    x = call.x
    need_rank(x, "batch, height, width, channels")
    _check_channels(known, own, x.shape, call.args)
    _check_size(known, own, x.shape, call.args)
    if known.needs_size and None in own:
        size = [
            got or own_size or known.size for got, own_size in zip(x.shape[1:3], own, strict=False)
        ]
        message = "cannot run where `input_shape` leaves a size open: it joins unlike sizes inside"
        raise Mismatch(message, "input_shape", f"write `input_shape: {[*size, own[2]]}`")
    return own


def _check_pretrained(known: _Architecture, args: Mapping[str, Any]) -> None:
    """What there are weights for: Keras refuses all else before it looks for a file."""
    top = args["include_top"]
    if top and _activation(args["classifier_activation"]) not in (None, "linear", "softmax"):
        hint = "write softmax or null, or `weights: null`"
        raise Mismatch("has weights for softmax alone", "classifier_activation", hint)
    if args["weights"] != IMAGENET:
        return
    if top and args["classes"] != CLASSES:
        hint = "write `include_top: false` and your own Dense after it, or `weights: null`"
        message = f"has weights of ImageNet for {CLASSES} classes, not for {args['classes']}"
        raise Mismatch(message, "classes", hint)
    if args.get("depth_multiplier", 1) != 1:
        message = "has weights of ImageNet for a depth_multiplier of 1 alone"
        raise Mismatch(message, "depth_multiplier", "leave it out, or write `weights: null`")
    alphas = (1.0,) if args.get("minimalistic") else known.alphas
    if alphas and args["alpha"] not in alphas:
        listed = join_words(map(str, alphas), "or")
        message = f"has weights of ImageNet for an alpha of {listed}, not {args['alpha']}"
        raise Mismatch(message, "alpha", "write one of these, or `weights: null`")


def _activation(given: Any) -> str | None:
    return given.class_name if isinstance(given, KerasObject) else given


def _own_shape(known: _Architecture, args: Mapping[str, Any]) -> Shape:
    """Height, width and channels of the images that Keras makes the model for."""
    given, top = args["input_shape"], args["include_top"]
    pretrained = args["weights"] == IMAGENET
    sized = known.always_sized or (top and not known.any_size)
    if given is None:
        size = known.size if sized else None
        return (size, size, RGB)
    height, width, channels = given
    if pretrained and channels != RGB:
        message = f"has weights of ImageNet for {RGB} channels, not for {channels}"
        raise Mismatch(message, "input_shape", f"write {RGB}, or `weights: null`")
    known_sizes = [size for size in (height, width) if size is not None]
    both = len(known_sizes) == 2 or not known.any_size  # MobileNetV3 looks at two sizes or none
    if both and any(size < known.least for size in known_sizes):
        message = f"takes images of {known.least} x {known.least} or larger, got {list(given)}"
        raise Mismatch(message, "input_shape", f"write {known.least} or more")
    if top and not known.any_size:
        sizes = (known.size, *known.other_sizes)
        if pretrained and (height != width or height not in sizes):
            listed = join_words((f"{size} x {size}" for size in sorted(sizes)), "or")
            message = (
                f"has top layers with weights of ImageNet for images of {listed}, got {list(given)}"
            )
            hint = "write `include_top: false`, or `weights: null`, for another size"
            raise Mismatch(message, "input_shape", hint)
        if len(known_sizes) < 2:
            hint = "write numbers, or `include_top: false`"
            raise Mismatch("needs a height and a width for its top layers", "input_shape", hint)
    return (height, width, channels)


def _check_channels(
    known: _Architecture, own: Shape, shape: Shape, args: Mapping[str, Any]
) -> None:
    got, wanted = shape[3], own[2]
    if got is None or wanted is None or got == wanted:
        return
    widens = known.widens is not None and (not known.widens or args[known.widens])
    if got == 1 and widens:
        return
    hint = f"write `input_shape: [{_text(own[0])}, {_text(own[1])}, {got}]`"
    if args["weights"] == IMAGENET:
        hint = "bring images to three channels, or write `weights: null` and an `input_shape`"
    raise Mismatch(f"takes images of {wanted} channels, got {shape}", hint=hint)


def _check_size(known: _Architecture, own: Shape, shape: Shape, args: Mapping[str, Any]) -> None:
    got = shape[1:3]
    for size, wanted in zip(got, own[:2], strict=True):
        if size is None:
            continue
        if wanted is not None and size != wanted:
            message = f"takes images of {_text(own[0])} x {_text(own[1])}, got {shape}"
            raise Mismatch(message, hint=_other_size(known, own, shape, args))
        if wanted is None and size < known.fits:
            hint = f"put `Resizing: {{height: {known.least}, width: {known.least}}}` before it"
            message = f"takes images of {known.fits} x {known.fits} or larger, got {shape}"
            raise Mismatch(message, hint=hint)


def _other_size(known: _Architecture, own: Shape, shape: Shape, args: Mapping[str, Any]) -> str:
    """An `input_shape` for these images, or a layer that brings them to its size."""
    height, width, channels = (*shape[1:3], own[2])
    fixed = args["include_top"] and args["weights"] == IMAGENET
    fixed = fixed and (height != width or height not in (known.size, *known.other_sizes))
    fits = all(size is None or size >= known.least for size in (height, width))
    if fits and not fixed and None not in (height, width):
        return f"write `input_shape: [{height}, {width}, {channels}]`"
    size = f"height: {own[0] or known.size}, width: {own[1] or known.size}"
    return f"put `Resizing: {{{size}}}` before it"


def _text(size: int | None) -> str:
    return "null" if size is None else str(size)
