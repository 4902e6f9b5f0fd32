"""Random calls of image preprocessing layers: all arguments that a schema offers, and images."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

import draw
from draw import Draft, asked
from question import Question

from modelspec.layers.rule.rule import Tensor
from modelspec.schema.catalogue import class_schema
from modelspec.schema.files import load_file

FAMILY = "layers/image_preprocessing.json"
CHOICES: dict[str, tuple[Any, ...]] = {
    "bits_factor": (4, 1, [2, 6]),
    "bounding_box_format_or_null": (None, "xyxy"),
    "data_format_or_null": (None, "channels_last", "channels_first"),
    "number_pair": ([0, 255], [0.0, 1.0]),
    "positive_integer": (1, 3, 5),
    "positive_number": (0.2, 1.0),
    "shear_factor": (0.2, [0.1, 0.3]),
    "shift_factor": (0.2, [-0.1, 0.3]),
    "signed_factor": (0.2, [-0.1, 0.3], 0.0),
    "signed_factor_or_null": (None, 0.2),
    "unit_factor": (0.2, [0.1, 0.3], 1.0),
    "unit_factor_or_null": (None, 0.3),
    "zoom_factor": (0.2, [-0.1, 0.3]),
    "zoom_factor_or_null": (None, 0.2),
    "boolean": (True, False),
    "fraction": (0.3, 1.0),
    "odd_window": (3, [3, 5]),
    "tile_grid": ([4, 4],),
    "resize_interpolation": ("bilinear", "nearest", "lanczos3"),
    "image_interpolation": ("bilinear", "nearest"),
    "fill_mode": ("reflect", "constant"),
    "flip_mode": ("horizontal", "vertical"),
}
"""Values for the named types of the schema; arguments of other types stay as they are."""

OUTER = ("name", "trainable", "dtype", "autocast", "activity_regularizer")


def names() -> list[str]:
    return list(load_file(FAMILY)["$defs"])


def call(rng: Random, layer: str) -> Question:
    """A call of any of these layers."""
    known = class_schema("layer", layer)
    if known is None:
        raise LookupError(layer)
    args: dict[str, Any] = {}
    for key, schema in known.properties.items():
        kind = schema["$ref"].rpartition("/")[2]
        if key not in OUTER and kind in CHOICES and ("default" not in schema or draw.flag(rng)):
            args[key] = rng.choice(CHOICES[kind])
    size, channels = rng.choice((8, 9, None)), rng.choice((3, 3, 3, 1, 4, None))
    last = args.get("data_format") != "channels_first"
    rest = (size, 8, channels) if last else (channels, size, 8)
    shape = (None, *rest) if draw.chance(rng, 0.75) else rest
    if draw.chance(rng, 0.12):
        shape = draw.shape(rng, rng.choice((0, 1, 2, 5)))
    x = Tensor(shape, rng.choice(("float32",) * 4 + ("uint8", "int32", "float16", "string")))
    if draw.chance(rng, 0.06):
        return asked(args, {"images": x, "labels": Tensor((None,))})
    return asked(args, x)


DRAFTS: dict[str, Draft] = {name: partial(call, layer=name) for name in names()}
