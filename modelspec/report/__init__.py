"""Findings and tables for people and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .findings import FORMATS, coloured, render_findings, tally
from .pages import known_codes, page_of
from .summary import SUMMARY_FORMATS, Summary, summary_of
from .table import table

if TYPE_CHECKING:
    from .manual import class_names, class_page, classes_called, code_page

__all__ = [
    "FORMATS",
    "SUMMARY_FORMATS",
    "Summary",
    "class_names",
    "class_page",
    "classes_called",
    "code_page",
    "coloured",
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
            "class_names": "manual",
            "class_page": "manual",
            "classes_called": "manual",
            "code_page": "manual",
        },
    )
