"""Findings and tables for people and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .code_pages import known_codes, page_of
from .findings import FORMATS, render_findings, tally
from .summary import SUMMARY_FORMATS, Summary, summary_of
from .table import table

if TYPE_CHECKING:
    from .explain_pages import class_names, class_page, classes_named, code_page

__all__ = [
    "FORMATS",
    "SUMMARY_FORMATS",
    "Summary",
    "class_names",
    "class_page",
    "classes_named",
    "code_page",
    "known_codes",
    "page_of",
    "render_findings",
    "summary_of",
    "table",
    "tally",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "class_names": "explain_pages",
            "class_page": "explain_pages",
            "classes_named": "explain_pages",
            "code_page": "explain_pages",
        },
    )
