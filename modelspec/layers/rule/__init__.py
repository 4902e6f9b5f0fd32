"""What a rule of a layer is given and returns, and the arithmetic that rules share."""

from .adapters import adapters
from .constants import as_tensor, shape_of_list
from .inner import argument_at, argument_of, class_of, inside
from .rule import Facts, Given, Mismatch, Policy, Rule, Shape, Structure, Tensor, Weight
from .shapes import (
    TEXT,
    broadcast,
    find_axes,
    find_axis,
    need_known,
    need_min_rank,
    need_numbers,
    need_rank,
    per_example,
    product,
    total,
    volume,
)
from .windows import CHANNELS_FIRST, axes_named, join, per_axis, slide, split, unslide

__all__ = [
    "CHANNELS_FIRST",
    "TEXT",
    "Facts",
    "Given",
    "Mismatch",
    "Policy",
    "Rule",
    "Shape",
    "Structure",
    "Tensor",
    "Weight",
    "adapters",
    "argument_at",
    "argument_of",
    "as_tensor",
    "axes_named",
    "broadcast",
    "class_of",
    "find_axes",
    "find_axis",
    "inside",
    "join",
    "need_known",
    "need_min_rank",
    "need_numbers",
    "need_rank",
    "per_axis",
    "per_example",
    "product",
    "shape_of_list",
    "slide",
    "split",
    "total",
    "unslide",
    "volume",
]
