"""Findings and tables for people and for machines."""

from .findings import FORMATS, render_findings
from .summary import SUMMARY_FORMATS, LayerSummary, Summary
from .table import table

__all__ = [
    "FORMATS",
    "SUMMARY_FORMATS",
    "LayerSummary",
    "Summary",
    "render_findings",
    "table",
]
