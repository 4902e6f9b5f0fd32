"""HTML and SVG elements as text, with what they hold escaped: no text of a file becomes markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from modelspec.diagnostics import printable_lines


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Content = str | int | float | None | Iterable["Content"]
"""Text, which is escaped; `Markup`, which is not; None, which is nothing; or several of them."""


def element(name: str, /, *content: Content, **attributes: object) -> Markup:
    """An element. Of an attribute's name, `_` is written `-` and one at the end is left out; an
    attribute that is None or False is left out, and one that is True has no value."""
    shown = "".join(
        f" {_attribute(key)}" if value is True else f' {_attribute(key)}="{_text(value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _EMPTY:
        return Markup(f"<{name}{shown}/>")
    return Markup(f"<{name}{shown}>{joined(*content)}</{name}>")


def joined(*content: Content) -> Markup:
    """Several contents in a row."""
    return Markup("".join(map(_shown, content)))


_EMPTY = frozenset(("path", "circle", "rect", "line", "meta", "br", "img"))


def _shown(one: Content) -> str:
    if isinstance(one, Markup):
        return one
    if one is None:
        return ""
    if isinstance(one, (str, int, float)):
        return escape(printable_lines(str(one)), quote=False)
    return joined(*one)


def _attribute(key: str) -> str:
    return key.removesuffix("_").replace("_", "-")


def _text(value: object) -> str:
    """The value of an attribute; lengths in tenths are as fine as anyone sees."""
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return escape(printable_lines(str(value)))
