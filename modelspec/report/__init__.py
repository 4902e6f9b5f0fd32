"""Findings and tables for people and for machines."""

from .findings import FORMATS, render_findings
from .table import table

__all__ = ["FORMATS", "render_findings", "table"]
