"""Sheets of workbooks as a source of `data`."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .excel import EXCEL_SOURCE, sheet_of
else:
    __getattr__ = lazy_names(__name__, {"excel": "EXCEL_SOURCE sheet_of"})
