"""The formats of pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from modelspec.plotting.opening import Folding, fold
from modelspec.plotting.scene import Drawing

from .palette import Theme


class PictureFormat(NamedTuple):
    """One format: the endings of its files, and what makes one of a drawing with nothing folded."""

    suffixes: tuple[str, ...]
    write: Callable[[Drawing, Folding, Theme], str | bytes]


def _svg(drawing: Drawing, folding: Folding, theme: Theme) -> str:
    from modelspec.plotting.placing import place

    from .svg import as_svg

    return as_svg(place(fold(drawing, folding)), theme)


def _png(drawing: Drawing, folding: Folding, theme: Theme) -> bytes:
    from modelspec.plotting.placing import place

    from .png import as_png

    return as_png(place(fold(drawing, folding)), theme)


def _html(drawing: Drawing, folding: Folding, theme: Theme) -> str:
    from .page import as_page

    return as_page(drawing, folding, theme)


def _mermaid(drawing: Drawing, folding: Folding, theme: Theme) -> str:
    from .mermaid import as_mermaid

    return as_mermaid(fold(drawing, folding))


def _dot(drawing: Drawing, folding: Folding, theme: Theme) -> str:
    from .dot import as_dot

    return as_dot(fold(drawing, folding), theme)


PICTURE_FORMATS: Mapping[str, PictureFormat] = {
    "svg": PictureFormat((".svg",), _svg),
    "png": PictureFormat((".png",), _png),
    "html": PictureFormat((".html", ".htm"), _html),
    "mermaid": PictureFormat((".mmd", ".mermaid"), _mermaid),
    "dot": PictureFormat((".dot", ".gv"), _dot),
}
"""Name to format; the first where nothing says another."""
