"""Findings and tables for people and for machines."""

from .findings import FORMATS, render_findings
from .pages import Page, known_codes, page_of
from .summary import SUMMARY_FORMATS, LayerSummary, Summary, summary_of
from .table import table

__all__ = [
    "FORMATS",
    "SUMMARY_FORMATS",
    "LayerSummary",
    "Page",
    "Summary",
    "known_codes",
    "page_of",
    "render_findings",
    "summary_of",
    "table",
]
