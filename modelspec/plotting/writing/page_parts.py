"""What pages with pictures share: what they may load, and the look of the pictures in them."""

from __future__ import annotations

from .palette import variable_style
from .svg import FONTS

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""The content security policy of a page: it asks no host for anything."""


def page_style() -> str:
    """The style sheet of pictures in a page, with the colours as variables: as the reader's
    setting says, or as the attribute `data-theme` of the page."""
    return FONTS + variable_style()
