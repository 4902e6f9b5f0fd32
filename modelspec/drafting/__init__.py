"""A first spec: from a template, or from a data file and what its columns hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .template import TEMPLATES

if TYPE_CHECKING:
    from .spec_draft import draft
    from .template import text_of_template

__all__ = [
    "TEMPLATES",
    "draft",
    "text_of_template",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "draft": "spec_draft",
            "text_of_template": "template",
        },
    )
