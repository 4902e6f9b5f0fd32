"""How wide a text is, without a font at hand."""

from __future__ import annotations

from functools import cache

_FIRST = " "
_SANS = (
    "32 40 46 84 64 95 78 27 39 39 50 84 32 36 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 "
    "84 84 53 100 68 69 70 77 63 58 77 75 29 29 66 56 86 75 79 60 79 69 63 61 73 68 99 69 61 "
    "69 39 34 39 84 50 50 61 63 55 63 62 35 63 63 28 28 58 28 97 63 61 63 63 41 52 39 63 59 "
    "82 59 59 52 64 34 64 84 "
)
"""Hundredths of the size for each character from the blank on, in DejaVu Sans, which is wider than
the other fonts that a picture asks for: what fits in it fits in them."""

_WIDTHS = [int(width) / 100 for width in _SANS.split()]
_BOLD = 1.11
"""How much wider bold letters are."""

_WIDE = 1.0
"""Of a character that is not in the table, such as a Chinese one."""

MONO = 0.61
"""Of each character of a font whose characters are equally wide."""

ELLIPSIS = "…"


@cache
def text_width(text: str, size: float, *, bold: bool = False, mono: bool = False) -> float:
    """The width of a text in pixels.

    Args:
        text: one line.
        size: of the font, in pixels.
        bold: whether it is bold.
        mono: whether all characters of the font are equally wide.
    """
    if mono:
        return sum(MONO if ord(c) < 0x2000 else _WIDE for c in text) * size
    width = sum(_width(character) for character in text) * size
    return width * _BOLD if bold else width


def _width(character: str) -> float:
    place = ord(character) - ord(_FIRST)
    if 0 <= place < len(_WIDTHS):
        return _WIDTHS[place]
    return 0.7 if place < 0x2000 else _WIDE


def shorten(text: str, most: int) -> str:
    """A text of at most that many characters, with its middle left out where it is longer."""
    if len(text) <= most:
        return text
    head = most // 2
    return f"{text[:head]}{ELLIPSIS}{text[len(text) - (most - 1 - head) :]}"
