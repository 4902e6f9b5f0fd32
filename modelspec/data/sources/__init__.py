"""The sources that `data` may name: which files they are, and how they become a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .csv_text import csv_columns, report_no_rows, report_wrong_width
    from .files import DataFile, find_files, fingerprint, report_missing_package, report_unreadable
    from .folders import folder_files
    from .source import OpenSource, check_columns, open_sources
    from .sources import (
        LARGE_BYTES,
        SUFFIXES,
        needs_streaming,
        open_source,
        read_source,
        source_from_name,
    )

__all__ = [
    "LARGE_BYTES",
    "SUFFIXES",
    "DataFile",
    "OpenSource",
    "check_columns",
    "csv_columns",
    "find_files",
    "fingerprint",
    "folder_files",
    "needs_streaming",
    "open_source",
    "open_sources",
    "read_source",
    "report_missing_package",
    "report_no_rows",
    "report_unreadable",
    "report_wrong_width",
    "source_from_name",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "csv_columns": "csv_text",
            "report_no_rows": "csv_text",
            "report_wrong_width": "csv_text",
            "DataFile": "files",
            "find_files": "files",
            "fingerprint": "files",
            "report_missing_package": "files",
            "report_unreadable": "files",
            "folder_files": "folders",
            "OpenSource": "source",
            "check_columns": "source",
            "open_sources": "source",
            "LARGE_BYTES": "sources",
            "SUFFIXES": "sources",
            "needs_streaming": "sources",
            "open_source": "sources",
            "read_source": "sources",
            "source_from_name": "sources",
        },
    )
