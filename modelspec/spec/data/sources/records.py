"""Columns of records that are images: how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict

from .kinds import IMAGES
from .source import Source, options_of

IMAGE_DTYPE = "image"
"""The `dtype` of a feature that holds the bytes of an image file."""

IMAGE_OPTIONS = ("size", "color", "resize", "interpolation")


def images_of_features(features: LocatedDict, findings: Findings) -> dict[str, Source]:
    """Feature to how its images are read, of those that are images.

    Args:
        features: name to the mapping with `dtype`.
        findings: takes options that the dtype of a feature does not have.
    """
    images = {}
    for name, given in features.items():
        place = features.key_spans[name]
        if given["dtype"] == IMAGE_DTYPE:
            _refuse(given, ("shape",), f"`{name}` is an image, which has no `shape`", findings)
            images[name] = image_source(given, place)
        else:
            message = f"`{name}` has `dtype: {given['dtype']}`, and `{{option}}` is for images"
            _refuse(given, IMAGE_OPTIONS, message, findings)
    return images


def images_of_data_set(images: LocatedDict) -> dict[str, Source]:
    """Column to how its images are read, of a data set whose files say all else.

    Args:
        images: column to its options.
    """
    return {name: image_source(given, images.key_spans[name]) for name, given in images.items()}


def image_source(given: Mapping[str, Any], place: Span) -> Source:
    """The source that says how the images of a column are read; it has no path.

    Args:
        given: the options that the spec has, and perhaps other keys.
        place: where the column stands.
    """
    own = {key: given[key] for key in IMAGE_OPTIONS if key in given}
    spans = dict(given.value_spans) if isinstance(given, LocatedDict) else {}
    return Source(IMAGES, (), (place,), place, {**options_of(IMAGES), **own}, spans)


_HINTS = {"shape": "remove it; height and width are the `size`, channels the `color`"}


def _refuse(given: LocatedDict, options: tuple[str, ...], message: str, findings: Findings) -> None:
    """A finding for the first of some options that a feature does not have."""
    option = next((one for one in options if one in given), None)
    if option is not None:
        hint = _HINTS.get(option, f"remove it, or write `dtype: {IMAGE_DTYPE}`")
        place = given.key_spans[option]
        findings.error(place, "wrong-value", message.format(option=option), hint=hint)
