"""A picture as PNG, drawn from its SVG by resvg."""

from __future__ import annotations

from modelspec.diagnostics import CannotRunError
from modelspec.plotting.placing import Picture

from .palette import Theme
from .svg import as_svg

INSTALL = "pip install 'keras-modelspec[plot]'"

MOST_PIXELS = 16_000
"""Of the longer side: few programs open a larger picture."""


SCALE = 2
"""Pixels of the PNG for each of the SVG."""


def as_png(picture: Picture, theme: Theme = Theme.LIGHT) -> bytes:
    """The picture in pixels; one that would be very large is drawn smaller.

    Args:
        picture: what is drawn.
        theme: the colours; "auto" is light.

    Raises:
        CannotRunError: resvg is not installed.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        message = (
            f"a picture as PNG needs resvg: {INSTALL}; svg, html, mermaid and dot need nothing"
        )
        raise CannotRunError(message) from error
    svg = as_svg(picture, Theme.LIGHT if theme is Theme.AUTO else theme)
    zoom = int(min(SCALE, MOST_PIXELS / max(picture.width, picture.height, 1)))
    is_wide = picture.width > picture.height
    drawn: bytes = svg_to_bytes(
        svg_string=svg,
        zoom=zoom or None,
        width=MOST_PIXELS if not zoom and is_wide else None,
        height=MOST_PIXELS if not zoom and not is_wide else None,
        sans_serif_family="DejaVu Sans",
        monospace_family="DejaVu Sans Mono",
    )
    return drawn
