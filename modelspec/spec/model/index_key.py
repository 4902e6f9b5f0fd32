"""The text that picks a part of a tensor: `:, 0`, `..., -1`, `::2, None`, as numpy writes it."""

from __future__ import annotations

import re
from typing import Any

_SLICE = re.compile(r"(-?\d+)?:(-?\d+)?(?::(-?\d+)?)?\Z")
_INTEGER = re.compile(r"-?\d+\Z")


def parse_index(key: Any) -> tuple[Any, ...]:
    """The parts of an index: numbers, slices, `...` as Ellipsis, and None for a new axis.

    Args:
        key: the text, or a number, or a list of numbers.

    Raises:
        ValueError: a part is none of these; the message says which.
    """
    if isinstance(key, str):
        parts = "".join(key.split()).removesuffix(",").split(",")
        return tuple(_part(part) for part in parts)
    return tuple(key) if isinstance(key, list) else (key,)


def _part(part: str) -> Any:
    if part == "...":
        return Ellipsis
    if part in ("None", "null", "newaxis"):
        return None
    if _INTEGER.match(part):
        return int(part)
    match = _SLICE.match(part)
    if match is None:
        raise ValueError(f'"{part}" is no number, no slice such as 1:3, no "..." and no None')
    return slice(*(None if group is None else int(group) for group in match.groups()))
