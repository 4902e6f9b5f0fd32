"""A first spec: from a template, or from a data file and the profile of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .spec_draft import draft_spec
    from .template import TEMPLATES, template_text

__all__ = [
    "TEMPLATES",
    "draft_spec",
    "template_text",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "draft_spec": "spec_draft",
            "TEMPLATES": "template",
            "template_text": "template",
        },
    )
